package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.route.RouteEntry;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.wire.BigEndian;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routers that advertise themselves, and which of them has the default route (ancestor:
 * netinet6/nd6_rtr.c, defrouter_select_fib; RFC 4861 section 6.3, RFC 4191's preferences): one that
 * answers before one that does not, then the higher preference, then the one known longer.
 * Threading: the vnet's lane.
 */
public final class Nd6Router {
  static final int ADVERT_LENGTH = 16;
  private static final int OPTION_PREFIX = 3;
  private static final int OPTION_MTU = 5;
  private static final int PREFIX_LENGTH = 32;
  private static final int LIMIT = 16;

  /** A router that advertises itself, as ndp -r shows it; {@code expires} in seconds. */
  public record Known(Ip6Address address, String ifname, int flags, long expires) {}

  /** A router on a link. {@code until} 0 = it is no default router, though it has prefixes. */
  static final class Router {
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

    Ip6Address address() {
      return new Ip6Address(hi, lo, in.ifnet().index());
    }

    /** 1 high, 0 medium, -1 low; the reserved value means medium: RFC 4191 section 2.1. */
    int preference() {
      return switch (flags & 0x18) {
        case 0x08 -> 1;
        case 0x18 -> -1;
        default -> 0;
      };
    }
  }

  private final Nd6 nd;
  private final Ip6 ip;
  final Nd6Prefixes prefixes;
  private final Nd6Timer timer;
  private List<Router> routers = List.of();
  private @Nullable Router installed;

  Nd6Router(Nd6 nd, In6Control control) {
    this.nd = nd;
    this.ip = nd.ip;
    this.prefixes = new Nd6Prefixes(nd, control);
    this.timer = new Nd6Timer(ip.vnet, "nd6 routers", this::age);
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
    long lifetime = in.option(In6Ifinfo.NO_RADR) ? 0 : BigEndian.get16(m.buf, at + 6);
    Router r = router(in, hi, lo, m.buf[at + 5] & 0xff, lifetime);
    int end = at + length;
    for (int p = at + ADVERT_LENGTH; p < end; p += (m.buf[p + 1] & 0xff) << 3) {
      int size = (m.buf[p + 1] & 0xff) << 3;
      int type = m.buf[p] & 0xff;
      if (type == OPTION_PREFIX && size == PREFIX_LENGTH) {
        prefixes.advertised(m.buf, p, r == null ? new Router(in, hi, lo) : r);
      } else if (type == OPTION_MTU && size == 8) {
        int mtu = BigEndian.get32(m.buf, p + 4);
        if (mtu >= Ip6Header.MINIMUM_MTU && mtu <= in.ifnet().mtu()) {
          in.advertisedMtu = mtu;
        }
      }
    }
    prefixes.check();
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

  /** defrtrlist_update: the entry, or null where it is no default router. */
  private @Nullable Router router(In6Ifinfo in, long hi, long lo, int flags, long lifetime) {
    Router r = find(in, hi, lo);
    if (lifetime == 0) {
      if (r != null) {
        forget(r);
      }
      return null;
    }
    if (r == null) {
      if (routers.size() >= LIMIT) {
        return null;
      }
      if (routers.isEmpty()) {
        routers = new ArrayList<>(1);
      }
      r = new Router(in, hi, lo);
      routers.add(r);
    }
    r.flags = flags;
    r.until = now() + lifetime * Nd6.SECOND;
    choose();
    arm();
    return r;
  }

  private @Nullable Router find(In6Ifinfo in, long hi, long lo) {
    for (Router known : routers) {
      if (known.in == in && known.hi == hi && known.lo == lo) {
        return known;
      }
    }
    return null;
  }

  private void forget(Router r) {
    if (!routers.isEmpty()) {
      routers.remove(r);
    }
    prefixes.gone(r);
    if (installed == r) {
      uninstall();
    }
    choose();
  }

  /** The neighbour is no router any more: its lifetime is over. */
  void noRouter(Nd6Entry e) {
    Router r = find(e.in, e.hi, e.lo);
    if (r != null) {
      forget(r);
      prefixes.check();
    }
  }

  /** Whether a neighbour that may be a router answers has changed: another may have its turn. */
  void reachability(Nd6Entry e) {
    if (find(e.in, e.hi, e.lo) != null) {
      choose();
      prefixes.check();
    }
  }

  /** Whether a router probably answers: nd6_is_llinfo_probreach. */
  boolean answers(Router r) {
    Nd6Entry e = nd.table.find(r.in, r.hi, r.lo);
    return e != null && e.resolved();
  }

  private int rank(Router r) {
    return (answers(r) ? 10 : 0) + r.preference();
  }

  private void choose() {
    Router best = null;
    for (Router r : routers) {
      if (best == null || rank(r) > rank(best)) {
        best = r;
      }
    }
    Router has = installed;
    if (best == null) {
      return;
    }
    if (has != null && has != best && rank(has) >= rank(best)) {
      best = has;
    }
    if (has == best && there(best)) {
      return;
    }
    uninstall();
    install(best);
  }

  private boolean there(Router r) {
    RouteEntry e = ip.routes.rib(r.in.ifnet().fib(), Family.INET6).fib().exact(IpPrefix.DEFAULT6);
    return e != null;
  }

  private void install(Router r) {
    try {
      ip.routes.add(r.in.ifnet().fib(), defaultBy(r), RouteMessage.Sender.KERNEL);
      installed = r;
    } catch (ErrnoException e) {
      // A default route that somebody set by hand stays.
    }
  }

  private static RouteSpec defaultBy(Router r) {
    return RouteSpec.to(IpPrefix.DEFAULT6).via(r.address()).out(r.in.ifnet());
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

  // ---- time ----

  private void arm() {
    long next = Nd6Timer.NEVER;
    for (Router r : routers) {
      next = Math.min(next, r.until);
    }
    timer.at(next);
  }

  private void age() {
    long now = now();
    for (Router r : List.copyOf(routers)) {
      if (r.until <= now) {
        forget(r);
      }
    }
    prefixes.check();
    arm();
  }

  void purge(In6Ifinfo gone) {
    for (Router r : List.copyOf(routers)) {
      if (r.in == gone) {
        forget(r);
      }
    }
    prefixes.purge(gone);
    arm();
  }

  /** Forgets the routers: ndp -R. */
  void flush() {
    for (Router r : List.copyOf(routers)) {
      forget(r);
    }
    prefixes.check();
    arm();
  }

  void stop() {
    uninstall();
    routers = List.of();
    prefixes.stop();
    timer.stop();
  }

  List<Known> list() {
    List<Known> all = new ArrayList<>();
    for (Router r : routers) {
      long left = Math.max(0, (r.until - now()) / Nd6.SECOND);
      all.add(new Known(r.address(), r.in.ifnet().name(), r.flags, left));
    }
    return all;
  }
}
