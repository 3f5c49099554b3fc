package cellblock.net.ifnet;

import cellblock.kern.ledger.Ledger;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A network address of an interface (ancestor: struct ifaddr). Families extend it with what they
 * alone know. Immutable here; whether it is attached is the interface's list's business.
 *
 * <p>Keys are 128 bits, left-aligned: an IPv4 address is the upper half of {@code hi}.
 */
public class IfAddress {
  private final Ifnet ifp;
  private final Family family;
  private final long hi;
  private final long lo;
  private final int prefixLength;
  Ledger.@Nullable Entry entry;
  volatile boolean attached;
  private int nexthops;

  public IfAddress(Ifnet ifp, Family family, long hi, long lo, int prefixLength) {
    if (prefixLength < 0 || prefixLength > family.width()) {
      throw new IllegalArgumentException("prefix length " + prefixLength);
    }
    this.ifp = ifp;
    this.family = family;
    this.hi = hi;
    this.lo = lo;
    this.prefixLength = prefixLength;
  }

  public final Ifnet ifnet() {
    return ifp;
  }

  public final Family family() {
    return family;
  }

  public final long hi() {
    return hi;
  }

  public final long lo() {
    return lo;
  }

  public final int prefixLength() {
    return prefixLength;
  }

  /** How many nexthops have it as their source: nobody need look for them when there is none. */
  public final int nexthops() {
    return nexthops;
  }

  /** A nexthop of it came (1) or went (-1); the route tables say so, in turns of the lane. */
  public final void countNexthop(int more) {
    nexthops += more;
  }

  /** Whether it stands on its interface now. */
  public final boolean attached() {
    return attached;
  }

  /** Whether an address lies in this one's prefix. */
  public final boolean covers(long otherHi, long otherLo) {
    if (prefixLength == 0) {
      return true;
    }
    if (prefixLength <= 64) {
      return (hi ^ otherHi) >>> (64 - prefixLength) == 0;
    }
    return hi == otherHi && (lo ^ otherLo) >>> (128 - prefixLength) == 0;
  }

  final boolean is(Family f, long otherHi, long otherLo) {
    return family == f && lo == otherLo && hi == otherHi;
  }

  @Override
  public String toString() {
    return IpAddress.ofKey(family, hi, lo) + "/" + prefixLength + " on " + ifp;
  }
}
