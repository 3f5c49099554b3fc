package cellblock.inet.ip6;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.route.Nexthop;
import cellblock.wire.Ip6Address;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the address to send from (ancestor: in6_selectsrc of netinet6/in6_src.c; RFC 6724 section
 * 5, with the default policy table of section 2.1). Threading: turns of the vnet's lane.
 */
public final class In6Source {
  private final Ip6 ip;

  In6Source(Ip6 ip) {
    this.ip = ip;
  }

  /** The interface that packets to a destination leave by, or null where there is no way. */
  public @Nullable In6Ifinfo way(long hi, long lo, int scope, int fib, @Nullable In6Moptions imo) {
    if (Ip6Address.isMulticast(hi) && imo != null && imo.out != null) {
      return imo.out;
    }
    if (scope != 0 && Ip6.needsZone(hi)) {
      return ip.zone(scope);
    }
    if (Ip6Address.isLinkLocal(hi)) {
      return null;
    }
    Nexthop nh = ip.routes.lookup(fib, cellblock.wire.Family.INET6, hi, lo, 0);
    if (nh != null) {
      return nh.discards() ? null : Ip6.of(nh.addressIfnet());
    }
    if (Ip6Address.isMulticast(hi)) {
      return firstMulticast();
    }
    return null;
  }

  /**
   * The address that packets to a destination come from: in6_selectsrc_addr.
   *
   * @throws ErrnoException EHOSTUNREACH without a way, EADDRNOTAVAIL without an address
   */
  public Ip6Address localFor(long hi, long lo, int zone, int fib, @Nullable In6Moptions imo)
      throws ErrnoException {
    In6Ifinfo out = way(hi, lo, zone, fib, imo);
    if (out == null) {
      throw new ErrnoException(Errno.EHOSTUNREACH);
    }
    In6Address a = select(hi, lo, out);
    if (a == null) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return a.address();
  }

  /** Throws EADDRNOTAVAIL unless a socket may be bound to the address: in6_pcbbind. */
  public void checkLocal(Ip6Address a) throws ErrnoException {
    checkLocal(a, false);
  }

  /** The same; a raw socket may be bound to an anycast address, too: rip6_bind. */
  public void checkLocal(Ip6Address a, boolean raw) throws ErrnoException {
    if (a.isUnspecified() || a.isMulticast()) {
      return;
    }
    In6Address own =
        a.isLinkLocal() && a.scopeId() == 0 ? null : ip.addresses.find(a.hi(), a.lo(), a.scopeId());
    int refused = In6Address.DUPLICATED | In6Address.TENTATIVE;
    if (own == null || own.is(raw ? refused : refused | In6Address.ANYCAST)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
  }

  /** Where a group without route or zone goes: the first interface that is no loopback. */
  @Nullable In6Ifinfo firstMulticast() {
    for (Ifnet ifp : ip.interfaces.walk()) {
      In6Ifinfo in = Ip6.of(ifp);
      if (in != null
          && !in.isLoopback()
          && !in.disabled()
          && (ifp.flags() & cellblock.net.ifnet.IfFlags.MULTICAST) != 0
          && in.up()) {
        return in;
      }
    }
    return null;
  }

  /** The best own address for a destination that packets leave to by {@code out}; null = none. */
  public @Nullable In6Address select(long hi, long lo, In6Ifinfo out) {
    In6Address best = null;
    for (In6Address a : ip.addresses.list()) {
      if (usable(a, hi, lo, out)) {
        if (best == null) {
          ip.stats.chosen(Ip6Stats.Choice.RULE, 0);
          best = a;
        } else if (better(a, best, hi, lo, out)) {
          best = a;
        }
      }
    }
    if (best == null) {
      ip.stats.sourcesNone++;
    } else {
      count(best, hi, lo, out);
    }
    return best;
  }

  private boolean usable(In6Address a, long hi, long lo, In6Ifinfo out) {
    boolean linkOnly = Ip6.needsZone(hi);
    int zone = out.ifnet().index();
    return a.ready()
        && !a.is(In6Address.ANYCAST | In6Address.DETACHED)
        && a.attached()
        && !a.in().disabled()
        && (a.in().up() || a.in().isLoopback())
        && (a.in() == out || (!a.isLinkLocal() && !linkOnly))
        && (a.in() == out || !out.option(In6Ifinfo.NO_PREFER_IFACE) || !a.isLinkLocal())
        && (a.scope() == 0 || a.scope() == zone)
        && !(Ip6.isLoopback(a.hi(), a.lo()) && !Ip6.isLoopback(hi, lo) && !out.isLoopback())
        && (ip.settings.useDeprecated != 0 || !a.is(In6Address.DEPRECATED));
  }

  private void count(In6Address best, long hi, long lo, In6Ifinfo out) {
    int scope = scope(best.hi(), best.lo());
    boolean here = best.in() == out;
    boolean same = scope == scope(hi, lo);
    ip.stats.chosen(here ? Ip6Stats.Choice.SAME_INTERFACE : Ip6Stats.Choice.OTHER_INTERFACE, scope);
    ip.stats.chosen(same ? Ip6Stats.Choice.SAME_SCOPE : Ip6Stats.Choice.OTHER_SCOPE, scope);
    if (best.is(In6Address.DEPRECATED)) {
      ip.stats.chosen(Ip6Stats.Choice.DEPRECATED, scope);
    }
  }

  /** Whether {@code a} is to take the place of {@code b}; the rule that says so is counted. */
  private boolean better(In6Address a, In6Address b, long hi, long lo, In6Ifinfo out) {
    boolean same = a.hi() == hi && a.lo() == lo;
    if (same || (b.hi() == hi && b.lo() == lo)) {
      return by(1, same);
    }
    int order = scopeOrder(scope(a.hi(), a.lo()), scope(b.hi(), b.lo()), scope(hi, lo));
    if (order != 0) {
      return by(2, order < 0);
    }
    boolean old = a.is(In6Address.DEPRECATED);
    if (old != b.is(In6Address.DEPRECATED)) {
      return by(3, !old);
    }
    boolean here = a.in() == out;
    if (here != (b.in() == out)) {
      return by(5, here);
    }
    int label = label(hi, lo);
    boolean matches = label(a.hi(), a.lo()) == label;
    if (matches != (label(b.hi(), b.lo()) == label)) {
      return by(6, matches);
    }
    boolean temporary = a.is(In6Address.TEMPORARY);
    if (temporary != b.is(In6Address.TEMPORARY)) {
      return by(7, temporary == (ip.settings.preferTempaddr != 0));
    }
    boolean preferred = a.is(In6Address.PREFER_SOURCE);
    if (preferred != b.is(In6Address.PREFER_SOURCE)) {
      return by(10, preferred);
    }
    int longer = common(a, hi, lo) - common(b, hi, lo);
    return longer != 0 && by(14, longer > 0);
  }

  private boolean by(int rule, boolean answer) {
    ip.stats.chosen(Ip6Stats.Choice.RULE, rule);
    return answer;
  }

  /** Negative when {@code a} suits the destination's scope better: rule 2. */
  private static int scopeOrder(int a, int b, int destination) {
    if (a == b) {
      return 0;
    }
    if (a < b) {
      return a < destination ? 1 : -1;
    }
    return b < destination ? -1 : 1;
  }

  static int scope(long hi, long lo) {
    if (Ip6Address.isMulticast(hi)) {
      return (int) (hi >>> 48) & 0xf;
    }
    if (Ip6Address.isLinkLocal(hi) || Ip6.isLoopback(hi, lo)) {
      return 2;
    }
    return hi >>> 54 == 0xfec0 >> 6 ? 5 : 14;
  }

  /** The label of RFC 6724's default policy table. */
  static int label(long hi, long lo) {
    if (hi == 0) {
      return lo == 1 ? 0 : lo >>> 32 == 0xffff ? 4 : lo >>> 32 == 0 ? 3 : 1;
    }
    int first = (int) (hi >>> 48);
    if (first == 0x2002) {
      return 2;
    }
    if (hi >>> 32 == 0x20010000L) {
      return 5;
    }
    if (first >>> 9 == 0xfc >> 1) {
      return 13;
    }
    if (first >>> 6 == 0xfec0 >> 6) {
      return 11;
    }
    return first == 0x3ffe ? 12 : 1;
  }

  private static int common(In6Address a, long hi, long lo) {
    long x = a.hi() ^ hi;
    int bits = x != 0 ? Long.numberOfLeadingZeros(x) : 64 + Long.numberOfLeadingZeros(a.lo() ^ lo);
    return Math.min(bits, a.prefixLength());
  }
}
