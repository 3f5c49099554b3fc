package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * An Internet address of either family. Tables key on {@link #hi} and {@link #lo}: 128 bits,
 * left-aligned, so that a prefix of length n is the upper n bits in both families. Immutable.
 */
public sealed interface IpAddress extends Comparable<IpAddress> permits Ip4Address, Ip6Address {
  /** Which family. */
  Family family();

  /** The address in network order, 4 or 16 bytes, fresh. */
  byte[] bytes();

  /** The upper 64 bits of the left-aligned key; an IPv4 address sits in the top 32 of them. */
  long hi();

  /** The lower 64 bits of the left-aligned key; zero for IPv4. */
  long lo();

  /** 224.0.0.0/4 or ff00::/8. */
  boolean isMulticast();

  /** 127.0.0.0/8 or ::1. */
  boolean isLoopback();

  /** 0.0.0.0 or ::. */
  boolean isUnspecified();

  /** 169.254.0.0/16 or fe80::/10. */
  boolean isLinkLocal();

  /** Bits in the address: 32 or 128. */
  default int width() {
    return family().width();
  }

  /** Writes the address in network order at {@code off}; returns its length in bytes. */
  int emit(byte[] buf, int off);

  /** IPv4 before IPv6, then by unsigned value, then by scope. */
  @Override
  default int compareTo(IpAddress other) {
    int order = family().compareTo(other.family());
    if (order == 0) {
      order = Long.compareUnsigned(hi(), other.hi());
    }
    if (order == 0) {
      order = Long.compareUnsigned(lo(), other.lo());
    }
    return order == 0 ? Integer.compareUnsigned(scopeOf(this), scopeOf(other)) : order;
  }

  /** The address with this left-aligned key; an IPv4 address ignores all but the top 32 bits. */
  static IpAddress ofKey(Family family, long hi, long lo) {
    return family == Family.INET ? new Ip4Address((int) (hi >>> 32)) : new Ip6Address(hi, lo, 0);
  }

  /**
   * The address in 4 or 16 bytes of network order.
   *
   * @throws IllegalArgumentException for another length
   */
  static IpAddress of(byte... bytes) {
    return switch (bytes.length) {
      case 4 -> new Ip4Address(BigEndian.get32(bytes, 0));
      case 16 -> Ip6Address.get(bytes, 0);
      default -> throw new IllegalArgumentException("not 4 or 16 bytes: " + bytes.length);
    };
  }

  /**
   * A strict dotted quad or an IPv6 address, whose zone may only be a number.
   *
   * @throws IllegalArgumentException for anything else
   */
  static IpAddress parse(String text) {
    IpAddress parsed = tryParse(text);
    if (parsed == null) {
      throw new IllegalArgumentException("not an IP address: " + text);
    }
    return parsed;
  }

  /** As {@link #parse}, null for anything else. */
  static @Nullable IpAddress tryParse(String text) {
    return text.indexOf(':') < 0 ? Ip4Address.tryParse(text) : Ip6Address.tryOf(text);
  }

  private static int scopeOf(IpAddress address) {
    return address instanceof Ip6Address six ? six.scopeId() : 0;
  }
}
