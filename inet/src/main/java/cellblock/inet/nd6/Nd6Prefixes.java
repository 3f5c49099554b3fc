package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.route.RouteFlags;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes that routers advertise, their routes, and the addresses that are made of them
 * (ancestor: prelist_update, pfxlist_onlink_check of netinet6/nd6_rtr.c; RFC 4861 section 6.3.4,
 * RFC 4862 section 5.5). Threading: the vnet's lane.
 */
final class Nd6Prefixes {
  private static final int ON_LINK = 0x80;
  private static final int AUTONOMOUS = 0x40;
  private static final long TWO_HOURS = 7200;
  private static final int LIMIT = 32;

  private final Nd6 nd;
  private final Ip6 ip;
  private final In6Control control;
  private final Nd6Temporary temporary;
  private final Nd6Timer timer;
  private List<Nd6Prefix> prefixes = List.of();

  Nd6Prefixes(Nd6 nd, In6Control control) {
    this.nd = nd;
    this.ip = nd.ip;
    this.control = control;
    this.temporary = new Nd6Temporary(ip, control);
    this.timer = new Nd6Timer(ip.vnet, "nd6 prefixes", this::age);
  }

  private long now() {
    return ip.vnet.lane().now();
  }

  // ---- RA ----

  /** Takes the prefix option at {@code p} of a router's advertisement in. */
  void advertised(byte[] buf, int p, Nd6Router.Router by) {
    int length = buf[p + 2] & 0xff;
    int flags = buf[p + 3] & 0xff;
    long valid = BigEndian.get32(buf, p + 4) & 0xffff_ffffL;
    long preferred = BigEndian.get32(buf, p + 8) & 0xffff_ffffL;
    Ip6Address net = Ip6Address.get(buf, p + 16);
    if (length > 128 || net.isLinkLocal() || net.isMulticast() || preferred > valid) {
      return;
    }
    IpPrefix prefix = new IpPrefix(net, length).canonical();
    Nd6Prefix a = find(by.in, prefix);
    if (a == null) {
      if (valid == 0 || prefixes.size() >= LIMIT) {
        return;
      }
      if (prefixes.isEmpty()) {
        prefixes = new ArrayList<>(1);
      }
      a = new Nd6Prefix(by.in, prefix);
      prefixes.add(a);
    }
    boolean autonomous = (flags & AUTONOMOUS) != 0;
    if ((flags & ON_LINK) != 0) {
      a.onLink = true;
      lifetimes(a, valid, preferred);
    } else if (a.valid == 0) {
      lifetimes(a, valid, preferred);
    }
    a.autonomous |= autonomous;
    if (by.until != 0 && !a.routers.contains(by)) {
      a.routers.add(by);
    }
    if (!a.detached) {
      route(a);
    }
    if (autonomous && length == 64) {
      address(by.in, prefix, valid, preferred);
    }
    arm();
  }

  private void lifetimes(Nd6Prefix a, long valid, long preferred) {
    a.validSeconds = valid;
    a.preferredSeconds = preferred;
    a.valid = valid == Nd6Prefix.FOREVER ? Long.MAX_VALUE : now() + valid * Nd6.SECOND;
  }

  private @Nullable Nd6Prefix find(In6Ifinfo in, IpPrefix prefix) {
    for (Nd6Prefix a : prefixes) {
      if (a.in == in && a.prefix.equals(prefix)) {
        return a;
      }
    }
    return null;
  }

  // ---- the route ----

  private void route(Nd6Prefix a) {
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

  private void unroute(Nd6Prefix a) {
    if (!a.routed) {
      return;
    }
    a.routed = false;
    try {
      ip.routes.delete(a.in.ifnet().fib(), onLink(a), RouteMessage.Sender.KERNEL);
    } catch (ErrnoException e) {
      // A flush was faster.
    }
  }

  private static RouteSpec onLink(Nd6Prefix a) {
    return RouteSpec.to(a.prefix).out(a.in.ifnet()).flags(RouteFlags.PINNED);
  }

  // ---- addresses ----

  private static boolean of(In6Address a, IpPrefix prefix) {
    return a.is(In6Address.AUTOCONF)
        && a.prefixLength() == prefix.length()
        && prefix.contains(a.address());
  }

  /** Makes or renews the addresses of an advertised prefix: RFC 4862 section 5.5.3. */
  private void address(In6Ifinfo in, IpPrefix prefix, long valid, long preferred) {
    long wanted = valid == Nd6Prefix.FOREVER ? In6Address.FOREVER : valid;
    long liked = preferred == Nd6Prefix.FOREVER ? In6Address.FOREVER : preferred;
    boolean known = false;
    for (In6Address a : in.addresses()) {
      if (!of(a, prefix)) {
        continue;
      }
      if (a.is(In6Address.TEMPORARY)) {
        temporary.renew(a, wanted, liked);
      } else {
        known = true;
        control.lifetimes(a, liked, allowed(a, wanted));
      }
    }
    if (known || valid == 0) {
      return;
    }
    In6Address own = in.linkLocal(true);
    long id = own == null ? In6Control.interfaceId(in.ifnet()) : own.lo();
    if (id == 0) {
      return;
    }
    try {
      Ip6Address a = new Ip6Address(prefix.address().hi(), id, 0);
      In6Address made =
          control.add(
              in.ifnet(), new In6Control.Wish(a, 64, null, liked, wanted, In6Address.AUTOCONF));
      temporary.make(made);
    } catch (ErrnoException e) {
      // The vnet is going away.
    }
  }

  /** Nobody shortens a valid lifetime to less than two hours: section 5.5.3 e. */
  private long allowed(In6Address a, long wanted) {
    long left = a.valid(now());
    boolean less = wanted >= 0 && wanted <= TWO_HOURS && (left < 0 || wanted < left);
    if (!less) {
      return wanted;
    }
    return left >= 0 && left <= TWO_HOURS ? left : TWO_HOURS;
  }

  // ---- which of them are on the link ----

  /** A router is one no more: what it alone advertised has nobody now. */
  void gone(Nd6Router.Router r) {
    for (Nd6Prefix a : prefixes) {
      a.routers.remove(r);
    }
  }

  private boolean attached(Nd6Prefix a) {
    for (Nd6Router.Router r : a.routers) {
      if (nd.routers.answers(r)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where the routers of some prefixes answer, those of which none does are not on the link: their
   * routes go and their addresses rest (pfxlist_onlink_check).
   */
  void check() {
    boolean any = false;
    for (Nd6Prefix a : prefixes) {
      any |= attached(a);
    }
    for (Nd6Prefix a : prefixes) {
      boolean detached = any && a.onLink && !attached(a);
      if (detached == a.detached) {
        continue;
      }
      a.detached = detached;
      if (detached) {
        unroute(a);
      } else {
        route(a);
      }
      for (In6Address own : a.in.addresses()) {
        if (of(own, a.prefix)) {
          control.detached(own, detached);
        }
      }
    }
  }

  // ---- time ----

  private void arm() {
    long next = Nd6Timer.NEVER;
    for (Nd6Prefix a : prefixes) {
      next = Math.min(next, a.valid);
    }
    timer.at(next);
  }

  private void age() {
    long now = now();
    for (Nd6Prefix a : List.copyOf(prefixes)) {
      if (a.valid <= now) {
        drop(a);
      }
    }
    check();
    arm();
  }

  private void drop(Nd6Prefix a) {
    unroute(a);
    prefixes.remove(a);
  }

  void purge(In6Ifinfo gone) {
    for (Nd6Prefix a : List.copyOf(prefixes)) {
      if (a.in == gone) {
        drop(a);
      }
    }
    arm();
  }

  /** Forgets the prefixes and the addresses made of them: ndp -P. */
  void flush() {
    for (Nd6Prefix a : List.copyOf(prefixes)) {
      for (In6Address own : a.in.addresses()) {
        if (of(own, a.prefix)) {
          control.remove(own);
        }
      }
      drop(a);
    }
    arm();
  }

  void stop() {
    List.copyOf(prefixes).forEach(this::drop);
    prefixes = List.of();
    temporary.stop();
    timer.stop();
  }

  // ---- ndp -p ----

  /** All prefixes: those of routers, and those of addresses that were set by hand. */
  List<Nd6Prefix.Shown> list() {
    List<Nd6Prefix.Shown> all = new ArrayList<>();
    for (Nd6Prefix a : prefixes) {
      all.add(shown(a));
    }
    for (In6Ifinfo in : interfaces()) {
      Set<IpPrefix> seen = new LinkedHashSet<>();
      for (In6Address a : in.addresses()) {
        IpPrefix net = In6Control.prefix(a);
        if (net != null && a.destination() == null && find(in, net) == null && seen.add(net)) {
          all.add(byHand(in, net));
        }
      }
    }
    return all;
  }

  private Set<In6Ifinfo> interfaces() {
    Set<In6Ifinfo> all = new LinkedHashSet<>();
    ip.addresses.list().forEach(a -> all.add(a.in()));
    return all;
  }

  private Nd6Prefix.Shown shown(Nd6Prefix a) {
    int references = 0;
    for (In6Address own : a.in.addresses()) {
      references += of(own, a.prefix) ? 1 : 0;
    }
    List<String> by = new ArrayList<>();
    for (Nd6Router.Router r : a.routers) {
      Nd6Entry e = nd.table.find(r.in, r.hi, r.lo);
      String state = e == null ? "no neighbor state" : e.resolved() ? "reachable" : "unreachable";
      by.add(new Ip6Address(r.hi, r.lo, 0).toString(r.in.ifnet().name()) + " (" + state + ")");
    }
    String flags =
        (a.onLink ? "L" : "")
            + (a.autonomous ? "A" : "")
            + (a.routed ? "O" : "")
            + (a.detached ? "D" : "");
    return new Nd6Prefix.Shown(
        a.prefix,
        a.in.ifnet().name(),
        flags,
        a.validSeconds == Nd6Prefix.FOREVER ? -1 : a.validSeconds,
        a.preferredSeconds == Nd6Prefix.FOREVER ? -1 : a.preferredSeconds,
        a.valid == Long.MAX_VALUE ? -1 : Math.max(0, (a.valid - now()) / Nd6.SECOND),
        references,
        by);
  }

  private Nd6Prefix.Shown byHand(In6Ifinfo in, IpPrefix net) {
    long valid = 0;
    long preferred = 0;
    long left = 0;
    int references = 0;
    for (In6Address a : in.addresses()) {
      if (net.equals(In6Control.prefix(a))) {
        valid = longer(valid, a.validSeconds());
        preferred = longer(preferred, a.preferredSeconds());
        left = longer(left, a.valid(now()));
        references++;
      }
    }
    boolean auto = Ip6Address.isLinkLocal(net.address().hi());
    String flags = auto ? "LAO" : "LO";
    return new Nd6Prefix.Shown(
        net, in.ifnet().name(), flags, valid, preferred, left, references, List.of());
  }

  private static long longer(long a, long b) {
    return a < 0 || b < 0 ? -1 : Math.max(a, b);
  }
}
