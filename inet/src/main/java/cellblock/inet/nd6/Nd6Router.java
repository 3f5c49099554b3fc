package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.net.route.RouteFlags;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What routers advertise: themselves, prefixes, addresses to be made of them, the link's sizes
 * (ancestor: netinet6/nd6_rtr.c; RFC 4861 section 6.3, RFC 4862 section 5.5). The first router
 * known has the default route. Threading: the vnet's lane.
 */
public final class Nd6Router {
  static final int ADVERT_LENGTH = 16;
  private static final int OPTION_PREFIX = 3;
  private static final int OPTION_MTU = 5;
  private static final int PREFIX_LENGTH = 32;
  private static final int ON_LINK = 0x80;
  private static final int AUTONOMOUS = 0x40;
  private static final long FOREVER = 0xffff_ffffL;
  private static final long TWO_HOURS = 7200;
  private static final int LIMIT = 16;

  /** A router that advertises itself, as ndp -r shows it. */
  public record Known(Ip6Address address, String ifname, int flags, long expires) {}

  /** A prefix on a link, as ndp -p shows it; lifetimes in seconds, -1 = for ever. */
  public record Prefix(
      IpPrefix prefix, String ifname, boolean onLink, boolean autonomous, long valid, long pref) {}

  private static final class Router {
    final In6Ifinfo in;
    final long hi;
    final long lo;
    int flags;
    long until;

    Router(In6Ifinfo in, long hi, long lo) {
      this.in = in;
      this.hi = hi;
      this.lo = lo;
    }
  }

  private static final class Advertised {
    final In6Ifinfo in;
    final IpPrefix prefix;
    boolean onLink;
    boolean autonomous;
    boolean routed;
    long valid;
    long preferred;

    Advertised(In6Ifinfo in, IpPrefix prefix) {
      this.in = in;
      this.prefix = prefix;
    }
  }

  private final Nd6 nd;
  private final Ip6 ip;
  private final In6Control control;
  private @Nullable Callout timer; // from the first router on
  private List<Router> routers = List.of();
  private List<Advertised> prefixes = List.of();
  private @Nullable Router installed;

  Nd6Router(Nd6 nd, In6Control control) {
    this.nd = nd;
    this.ip = nd.ip;
    this.control = control;
  }

  private long now() {
    return ip.vnet.lane().now();
  }

  // ---- RA ----

  /** Takes a router's advertisement in; false when it is malformed. */
  boolean advertised(Mbuf m, int at, int length, long mac, In6Ifinfo in) {
    long hi = Ip6Header.sourceHi(m.buf, m.off);
    long lo = Ip6Header.sourceLo(m.buf, m.off);
    if (!Ip6Address.isLinkLocal(hi)) {
      return false;
    }
    boolean listens =
        in.option(In6Ifinfo.ACCEPT_RTADV)
            && (ip.settings.forwarding == 0 || ip.settings.rfc6204w3 != 0);
    if (!listens) {
      return true;
    }
    link(m, at, in);
    nd.learn(in, hi, lo, mac, true);
    long lifetime = BigEndian.get16(m.buf, at + 6);
    router(in, hi, lo, m.buf[at + 5] & 0xff, in.option(In6Ifinfo.NO_RADR) ? 0 : lifetime);
    int end = at + length;
    for (int p = at + ADVERT_LENGTH; p < end; p += (m.buf[p + 1] & 0xff) << 3) {
      int size = (m.buf[p + 1] & 0xff) << 3;
      int type = m.buf[p] & 0xff;
      if (type == OPTION_PREFIX && size == PREFIX_LENGTH) {
        prefix(m.buf, p, in);
      } else if (type == OPTION_MTU && size == 8) {
        int mtu = BigEndian.get32(m.buf, p + 4);
        if (mtu >= Ip6Header.MINIMUM_MTU && mtu <= in.ifnet().mtu()) {
          in.advertisedMtu = mtu;
        }
      }
    }
    return true;
  }

  private static void link(Mbuf m, int at, In6Ifinfo in) {
    int limit = m.buf[at + 4] & 0xff;
    if (limit != 0) {
      in.hopLimit = limit;
    }
    long reachable = BigEndian.get32(m.buf, at + 8) & 0xffff_ffffL;
    if (reachable != 0 && reachable <= 3_600_000) {
      in.reachableTime = reachable * 1_000_000;
    }
    long retrans = BigEndian.get32(m.buf, at + 12) & 0xffff_ffffL;
    if (retrans != 0 && retrans <= 3_600_000) {
      in.retransTimer = retrans * 1_000_000;
    }
  }

  private void router(In6Ifinfo in, long hi, long lo, int flags, long lifetime) {
    Router r = null;
    for (Router known : routers) {
      if (known.in == in && known.hi == hi && known.lo == lo) {
        r = known;
      }
    }
    if (lifetime == 0) {
      if (r != null) {
        forget(r);
      }
      return;
    }
    if (r == null) {
      if (routers.size() >= LIMIT) {
        return;
      }
      r = new Router(in, hi, lo);
      if (routers.isEmpty()) {
        routers = new ArrayList<>(1);
      }
      routers.add(r);
    }
    r.flags = flags;
    r.until = now() + lifetime * Nd6.SECOND;
    choose();
    arm();
  }

  private void forget(Router r) {
    routers.remove(r);
    if (installed == r) {
      uninstall();
      choose();
    }
  }

  /** The neighbour is no router any more, or does not answer: another one has its turn. */
  void unreachable(Nd6Entry e) {
    for (Router r : List.copyOf(routers)) {
      if (r.in == e.in && r.hi == e.hi && r.lo == e.lo) {
        forget(r);
      }
    }
  }

  private void choose() {
    if (installed != null || routers.isEmpty()) {
      return;
    }
    Router r = routers.getFirst();
    try {
      ip.routes.add(r.in.ifnet().fib(), defaultBy(r), RouteMessage.Sender.KERNEL);
      installed = r;
    } catch (ErrnoException e) {
      // A default route that somebody set by hand stays.
    }
  }

  private static RouteSpec defaultBy(Router r) {
    return RouteSpec.to(IpPrefix.DEFAULT6)
        .via(new Ip6Address(r.hi, r.lo, r.in.ifnet().index()))
        .out(r.in.ifnet());
  }

  private void uninstall() {
    Router r = installed;
    installed = null;
    if (r != null) {
      try {
        ip.routes.delete(r.in.ifnet().fib(), defaultBy(r), RouteMessage.Sender.KERNEL);
      } catch (ErrnoException e) {
        // A flush was faster.
      }
    }
  }

  // ---- prefixes ----

  private void prefix(byte[] buf, int p, In6Ifinfo in) {
    int length = buf[p + 2] & 0xff;
    int flags = buf[p + 3] & 0xff;
    long valid = BigEndian.get32(buf, p + 4) & 0xffff_ffffL;
    long preferred = BigEndian.get32(buf, p + 8) & 0xffff_ffffL;
    Ip6Address net = Ip6Address.get(buf, p + 16);
    if (length > 128 || net.isLinkLocal() || net.isMulticast() || preferred > valid) {
      return;
    }
    IpPrefix prefix = new IpPrefix(net, length).canonical();
    Advertised a = find(in, prefix);
    if (a == null) {
      if (valid == 0 || prefixes.size() >= LIMIT) {
        return;
      }
      a = new Advertised(in, prefix);
      if (prefixes.isEmpty()) {
        prefixes = new ArrayList<>(1);
      }
      prefixes.add(a);
    }
    a.autonomous = (flags & AUTONOMOUS) != 0;
    if ((flags & ON_LINK) != 0) {
      a.onLink = true;
      a.valid = valid == FOREVER ? Long.MAX_VALUE : now() + valid * Nd6.SECOND;
      a.preferred = preferred == FOREVER ? Long.MAX_VALUE : now() + preferred * Nd6.SECOND;
      route(a);
    } else if (a.valid == 0) {
      a.valid = valid == FOREVER ? Long.MAX_VALUE : now() + valid * Nd6.SECOND;
      a.preferred = a.valid;
    }
    if (a.autonomous && length == 64) {
      address(in, net, valid, preferred);
    }
    arm();
  }

  private @Nullable Advertised find(In6Ifinfo in, IpPrefix prefix) {
    for (Advertised a : prefixes) {
      if (a.in == in && a.prefix.equals(prefix)) {
        return a;
      }
    }
    return null;
  }

  private void route(Advertised a) {
    if (a.routed || !a.onLink) {
      return;
    }
    try {
      ip.routes.add(a.in.ifnet().fib(), onLink(a), RouteMessage.Sender.KERNEL);
      a.routed = true;
    } catch (ErrnoException e) {
      // An address of the same prefix has the route.
    }
  }

  private static RouteSpec onLink(Advertised a) {
    return RouteSpec.to(a.prefix).out(a.in.ifnet()).flags(RouteFlags.PINNED);
  }

  /** Makes or renews an address of an advertised prefix: RFC 4862 section 5.5.3. */
  private void address(In6Ifinfo in, Ip6Address net, long valid, long preferred) {
    In6Address known = null;
    for (In6Address a : in.addresses()) {
      if (a.is(In6Address.AUTOCONF) && a.hi() == net.hi()) {
        known = a;
      }
    }
    long wanted = valid == FOREVER ? In6Address.FOREVER : valid;
    long liked = preferred == FOREVER ? In6Address.FOREVER : preferred;
    if (known != null) {
      long left = known.valid(now());
      long use = wanted;
      boolean less = wanted >= 0 && wanted <= TWO_HOURS && (left < 0 || wanted < left);
      if (less) {
        use = left >= 0 && left <= TWO_HOURS ? left : TWO_HOURS;
      }
      control.lifetimes(known, liked, use);
      return;
    }
    long id = In6Control.interfaceId(in.ifnet());
    if (valid == 0 || id == 0) {
      return;
    }
    try {
      Ip6Address a = new Ip6Address(net.hi(), id, 0);
      control.add(in.ifnet(), new In6Control.Wish(a, 64, null, liked, wanted, In6Address.AUTOCONF));
    } catch (ErrnoException e) {
      // The vnet is going away.
    }
  }

  // ---- time ----

  private void arm() {
    long next = Long.MAX_VALUE;
    for (Router r : routers) {
      next = Math.min(next, r.until);
    }
    for (Advertised a : prefixes) {
      next = Math.min(next, a.valid);
    }
    if (timer == null && next != Long.MAX_VALUE) {
      timer = ip.vnet.callout("nd6 routers", this::age);
    }
    if (timer == null) {
      return;
    }
    if (next == Long.MAX_VALUE) {
      timer.stop();
    } else {
      timer.reset(Math.max(1, next - now()));
    }
  }

  private void age() {
    long now = now();
    for (Router r : List.copyOf(routers)) {
      if (r.until <= now) {
        forget(r);
      }
    }
    for (Advertised a : List.copyOf(prefixes)) {
      if (a.valid <= now) {
        drop(a);
      }
    }
    arm();
  }

  private void drop(Advertised a) {
    prefixes.remove(a);
    if (a.routed) {
      a.routed = false;
      try {
        ip.routes.delete(a.in.ifnet().fib(), onLink(a), RouteMessage.Sender.KERNEL);
      } catch (ErrnoException e) {
        // A flush was faster.
      }
    }
  }

  void purge(In6Ifinfo gone) {
    for (Router r : List.copyOf(routers)) {
      if (r.in == gone) {
        forget(r);
      }
    }
    for (Advertised a : List.copyOf(prefixes)) {
      if (a.in == gone) {
        drop(a);
      }
    }
    arm();
  }

  void stop() {
    uninstall();
    routers = List.of();
    List.copyOf(prefixes).forEach(this::drop);
    if (timer != null) {
      timer.stop();
    }
  }

  List<Known> list() {
    List<Known> all = new ArrayList<>();
    for (Router r : routers) {
      Ip6Address a = new Ip6Address(r.hi, r.lo, r.in.ifnet().index());
      long left = Math.max(0, (r.until - now()) / Nd6.SECOND);
      all.add(new Known(a, r.in.ifnet().name(), r.flags, left));
    }
    return all;
  }

  List<Prefix> prefixes() {
    List<Prefix> all = new ArrayList<>();
    for (Advertised a : prefixes) {
      all.add(
          new Prefix(
              a.prefix,
              a.in.ifnet().name(),
              a.onLink,
              a.autonomous,
              left(a.valid),
              left(a.preferred)));
    }
    return all;
  }

  private long left(long until) {
    return until == Long.MAX_VALUE ? -1 : Math.max(0, (until - now()) / Nd6.SECOND);
  }
}
