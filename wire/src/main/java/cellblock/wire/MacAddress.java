package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * A 48-bit Ethernet address, in the low 48 bits of a long, first byte on the wire highest. On the
 * hot path the long alone is used, by the static helpers. FreeBSD ancestor: {@code struct
 * ether_addr}, {@code lib/libc/net/linkaddr.c}, {@code ether_ntoa}.
 *
 * @param bits the address; the upper 16 bits are zero
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
  /** Bytes on the wire. */
  public static final int LENGTH = 6;

  /** ff:ff:ff:ff:ff:ff as a long. */
  public static final long BROADCAST_BITS = 0xffff_ffff_ffffL;

  /** ff:ff:ff:ff:ff:ff. */
  public static final MacAddress BROADCAST = new MacAddress(BROADCAST_BITS);

  /** 00:00:00:00:00:00. */
  public static final MacAddress ZERO = new MacAddress(0);

  /** Rejects bits above the low 48. */
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
    }
  }

  /** The six bytes at {@code off}. */
  public static long get(byte[] buf, int off) {
    return BigEndian.get48(buf, off);
  }

  /** Stores six bytes at {@code off}. */
  public static void put(byte[] buf, int off, long bits) {
    BigEndian.put48(buf, off, bits);
  }

  /** Whether the group bit is set; broadcast included (ETHER_IS_MULTICAST). */
  public static boolean isMulticast(long bits) {
    return (bits & 0x0100_0000_0000L) != 0;
  }

  /** Whether all 48 bits are set. */
  public static boolean isBroadcast(long bits) {
    return bits == BROADCAST_BITS;
  }

  /** The group address of an IPv4 multicast group: 01:00:5e and its low 23 bits (RFC 1112). */
  public static long ofGroup4(int group) {
    return 0x0100_5e00_0000L | group & 0x7f_ffffL;
  }

  /** The group address of an IPv6 multicast group: 33:33 and its low 32 bits (RFC 2464). */
  public static long ofGroup6(long lo) {
    return 0x3333_0000_0000L | lo & 0xffff_ffffL;
  }

  /** Whether the group bit is set; broadcast included. */
  public boolean isMulticast() {
    return isMulticast(bits);
  }

  /** Whether this is ff:ff:ff:ff:ff:ff. */
  public boolean isBroadcast() {
    return bits == BROADCAST_BITS;
  }

  /** Whether the "locally administered" bit is set. */
  public boolean isLocal() {
    return (bits & 0x0200_0000_0000L) != 0;
  }

  /** The six bytes, fresh. */
  public byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    put(bytes, 0, bits);
    return bytes;
  }

  /**
   * Six groups of one or two hex digits with colons between.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static MacAddress parse(String text) {
    MacAddress parsed = tryParse(text);
    if (parsed == null) {
      throw new IllegalArgumentException("not an Ethernet address: " + text);
    }
    return parsed;
  }

  /** As {@link #parse}, null for anything else. */
  public static @Nullable MacAddress tryParse(String text) {
    long bits = 0;
    int groups = 0;
    int digits = 0;
    int group = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? ':' : text.charAt(i);
      if (c == ':') {
        if (digits == 0 || groups == LENGTH) {
          return null;
        }
        bits = bits << 8 | group;
        groups++;
        digits = 0;
        group = 0;
      } else {
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0 || ++digits > 2) {
          return null;
        }
        group = group << 4 | digit;
      }
    }
    return groups == LENGTH ? new MacAddress(bits) : null;
  }

  /** The text form of {@code bits}: lower case, always two digits a byte. */
  public static String toString(long bits) {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= 8) {
      int octet = (int) (bits >>> shift) & 0xff;
      text.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 15, 16));
      if (shift > 0) {
        text.append(':');
      }
    }
    return text.toString();
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    return toString(bits);
  }
}
