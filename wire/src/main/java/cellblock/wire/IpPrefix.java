package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * An address and how many of its leading bits name a network. Host bits may be set, as in an
 * interface address; {@link #canonical} clears them. FreeBSD ancestor: the address and mask pair of
 * {@code rt_addrinfo}, {@code in_mask2len} of {@code sys/netinet/in.c}.
 *
 * @param address the address
 * @param length 0 to 32 or 128
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {
  /** 0.0.0.0/0. */
  public static final IpPrefix DEFAULT4 = new IpPrefix(Ip4Address.ANY, 0);

  /** The IPv6 default, ::/0. */
  public static final IpPrefix DEFAULT6 = new IpPrefix(Ip6Address.ANY, 0);

  /** Rejects a length outside the address. */
  public IpPrefix {
    if (length < 0 || length > address.width()) {
      throw new IllegalArgumentException("prefix length " + length + " of " + address.family());
    }
  }

  /** The prefix that holds {@code address} alone. */
  public static IpPrefix host(IpAddress address) {
    return new IpPrefix(address, address.width());
  }

  /**
   * An address and a netmask.
   *
   * @throws IllegalArgumentException if the mask is of the other family or not contiguous
   */
  public static IpPrefix of(IpAddress address, IpAddress netmask) {
    int length = maskLength(netmask);
    if (length < 0 || address.family() != netmask.family()) {
      throw new IllegalArgumentException("netmask " + netmask + " for " + address);
    }
    return new IpPrefix(address, length);
  }

  /**
   * {@code address/length}, or a bare address for its host prefix.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static IpPrefix parse(String text) {
    IpPrefix parsed = tryParse(text);
    if (parsed == null) {
      throw new IllegalArgumentException("not a prefix: " + text);
    }
    return parsed;
  }

  /** As {@link #parse}, null for anything else. */
  public static @Nullable IpPrefix tryParse(String text) {
    int slash = text.indexOf('/');
    IpAddress address = IpAddress.tryParse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int length = slash < 0 ? address.width() : Ip6Text.zoneNumber(text.substring(slash + 1));
    return length < 0 || length > address.width() ? null : new IpPrefix(address, length);
  }

  /** The upper half of a left-aligned key's mask for 0 to 128 bits. */
  public static long maskHi(int length) {
    return length == 0 ? 0 : length >= 64 ? -1 : -1L << 64 - length;
  }

  /** The lower half of a left-aligned key's mask for 0 to 128 bits. */
  public static long maskLo(int length) {
    return length <= 64 ? 0 : maskHi(length - 64);
  }

  /** The netmask of {@code length} leading ones. */
  public static IpAddress mask(Family family, int length) {
    return IpAddress.ofKey(family, maskHi(length), maskLo(length));
  }

  /** How many leading ones {@code mask} has, or -1 if any one follows a zero. */
  public static int maskLength(IpAddress mask) {
    int length = Long.numberOfLeadingZeros(~mask.hi());
    if (length == 64) {
      length += Long.numberOfLeadingZeros(~mask.lo());
    }
    return mask.hi() == maskHi(length) && mask.lo() == maskLo(length) ? length : -1;
  }

  /** Which family. */
  public Family family() {
    return address.family();
  }

  /** The netmask as an address. */
  public IpAddress netmask() {
    return mask(family(), length);
  }

  /** Whether no host bit is set. */
  public boolean isCanonical() {
    return (address.hi() & ~maskHi(length)) == 0 && (address.lo() & ~maskLo(length)) == 0;
  }

  /** The same network with host bits cleared; keeps an IPv6 zone. */
  public IpPrefix canonical() {
    if (isCanonical()) {
      return this;
    }
    long hi = address.hi() & maskHi(length);
    long lo = address.lo() & maskLo(length);
    return switch (address) {
      case Ip4Address _ -> new IpPrefix(new Ip4Address((int) (hi >>> 32)), length);
      case Ip6Address six -> new IpPrefix(new Ip6Address(hi, lo, six.scopeId()), length);
    };
  }

  /** Whether {@code other} is in this network; zones are not compared. */
  public boolean contains(IpAddress other) {
    return other.family() == family()
        && ((other.hi() ^ address.hi()) & maskHi(length)) == 0
        && ((other.lo() ^ address.lo()) & maskLo(length)) == 0;
  }

  /** Whether all of {@code other} is in this network. */
  public boolean contains(IpPrefix other) {
    return other.length >= length && contains(other.address);
  }

  /** Whether one of the two networks holds the other. */
  public boolean overlaps(IpPrefix other) {
    return contains(other) || other.contains(this);
  }

  /** Whether the prefix is as long as the address. */
  public boolean isHost() {
    return length == address.width();
  }

  /** Whether this is the default route's destination. */
  public boolean isDefault() {
    return length == 0 && address.isUnspecified();
  }

  /** The directed broadcast address of an IPv4 network shorter than /31, else null. */
  public @Nullable Ip4Address broadcast() {
    return address instanceof Ip4Address four && length < 31
        ? new Ip4Address(four.bits() | ~Ip4Address.mask(length))
        : null;
  }

  /** By address, then the shorter first. */
  @Override
  public int compareTo(IpPrefix other) {
    int order = address.compareTo(other.address);
    return order == 0 ? Integer.compare(length, other.length) : order;
  }

  /** {@code 192.0.2.0/24}. */
  @Override
  public String toString() {
    return address + "/" + length;
  }
}
