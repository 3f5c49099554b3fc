package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.time.Callout;
import cellblock.wire.MacAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Duplicate address detection (ancestor: nd6_dad_start and friends of netinet6/nd6_nbr.c; RFC 4862
 * section 5.4, RFC 7527's nonce). net.inet6.ip6.dad_count questions, one retransmission time apart;
 * silence makes an address ready. Threading: the vnet's lane.
 */
final class Nd6Dad implements In6Control.Duplicates {
  private static final class Search {
    final Callout timer;
    final long nonce;
    int left;

    Search(Callout timer, long nonce, int left) {
      this.timer = timer;
      this.nonce = nonce;
      this.left = left;
    }
  }

  private final Ip6 ip;
  private final Nd6Output output;
  private Map<In6Address, Search> searches = Map.of(); // while there are any

  Nd6Dad(Ip6 ip, Nd6Output output) {
    this.ip = ip;
    this.output = output;
  }

  @Override
  public void start(In6Address a) {
    if (searches.containsKey(a) || a.in().disabled() || !a.in().up()) {
      return;
    }
    int count = ip.settings.dadCount;
    if (count <= 0
        || a.in().option(In6Ifinfo.NO_DAD)
        || a.is(In6Address.ANYCAST | In6Address.NODAD)) {
      a.flags(0, In6Address.TENTATIVE);
      return;
    }
    Callout timer = ip.vnet.callout("dad " + a.address(), () -> expire(a));
    long nonce = ip.random.nextLong() & 0xffff_ffff_ffffL | 1;
    Search s = new Search(timer, nonce, count);
    if (searches.isEmpty()) {
      searches = new LinkedHashMap<>(2);
    }
    searches.put(a, s);
    ask(a, s);
  }

  private void ask(In6Address a, Search s) {
    s.left--;
    s.timer.reset(a.in().retransTimer);
    output.solicit(a.in(), a.hi(), a.lo(), null, false, s.nonce);
  }

  private void expire(In6Address a) {
    Search s = searches.get(a);
    if (s == null) {
      return;
    }
    if (s.left > 0) {
      ask(a, s);
      return;
    }
    forget(a);
    a.flags(0, In6Address.TENTATIVE);
  }

  @Override
  public void stop(In6Address a) {
    Search s = forget(a);
    if (s != null) {
      s.timer.stop();
    }
  }

  private @Nullable Search forget(In6Address a) {
    if (searches.isEmpty()) {
      return null;
    }
    Search s = searches.remove(a);
    if (searches.isEmpty()) {
      searches = Map.of();
    }
    return s;
  }

  /** Whether a question that came is our own. */
  boolean isOurs(In6Address a, long nonce) {
    Search s = searches.get(a);
    return s != null && nonce != 0 && s.nonce == nonce;
  }

  /** Somebody else has the address or wants it: nd6_dad_duplicated. */
  void duplicated(In6Address a, long mac) {
    stop(a);
    a.flags(In6Address.DUPLICATED, In6Address.TENTATIVE);
    ip.vnet
        .machine()
        .messages()
        .log(
            a.ifnet().name()
                + ": DAD detected duplicate IPv6 address "
                + a.address()
                + (mac < 0 ? "" : ", link layer address " + mac(mac)));
  }

  private static String mac(long bits) {
    return MacAddress.toString(bits);
  }

  void stopAll() {
    searches.values().forEach(s -> s.timer.stop());
    searches = Map.of();
  }
}
