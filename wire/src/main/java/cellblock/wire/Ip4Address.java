package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * An IPv4 address: the big-endian wire form read as one int. On the hot path the int alone is used,
 * by the static helpers. FreeBSD ancestor: {@code struct in_addr} (which keeps network order),
 * {@code sys/netinet/in.h} IN_ macros, {@code lib/libc/inet/inet_addr.c} and {@code inet_pton.c}.
 *
 * @param bits the address; 192.0.2.1 is 0xc0000201
 */
public record Ip4Address(int bits) implements IpAddress {
  /** Bytes on the wire. */
  public static final int LENGTH = 4;

  /** 0.0.0.0, INADDR_ANY. */
  public static final Ip4Address ANY = new Ip4Address(0);

  /** 255.255.255.255, INADDR_BROADCAST. */
  public static final Ip4Address BROADCAST = new Ip4Address(-1);

  /** 127.0.0.1. */
  public static final Ip4Address LOOPBACK = new Ip4Address(0x7f00_0001);

  /** 224.0.0.1, all systems on this subnet. */
  public static final Ip4Address ALL_HOSTS = new Ip4Address(0xe000_0001);

  /** 224.0.0.2, all routers on this subnet. */
  public static final Ip4Address ALL_ROUTERS = new Ip4Address(0xe000_0002);

  /** 224.0.0.22, IGMPv3 reports go here. */
  public static final Ip4Address ALL_IGMP3 = new Ip4Address(0xe000_0016);

  /** The address at {@code off}. */
  public static int get(byte[] buf, int off) {
    return BigEndian.get32(buf, off);
  }

  /** Stores the address at {@code off}. */
  public static void put(byte[] buf, int off, int bits) {
    BigEndian.put32(buf, off, bits);
  }

  /** 224.0.0.0/4 (IN_MULTICAST). */
  public static boolean isMulticast(int bits) {
    return bits >>> 28 == 0xe;
  }

  /** 224.0.0.0/24, never forwarded (IN_LOCAL_GROUP). */
  public static boolean isLocalGroup(int bits) {
    return bits >>> 8 == 0xe00000;
  }

  /** 240.0.0.0/4, 255.255.255.255 included (IN_EXPERIMENTAL). */
  public static boolean isExperimental(int bits) {
    return bits >>> 28 == 0xf;
  }

  /** 127.0.0.0/8 (IN_LOOPBACK). */
  public static boolean isLoopback(int bits) {
    return bits >>> 24 == 127;
  }

  /** 169.254.0.0/16 (IN_LINKLOCAL). */
  public static boolean isLinkLocal(int bits) {
    return bits >>> 16 == 0xa9fe;
  }

  /** 0.0.0.0/8 (IN_ZERONET). */
  public static boolean isZeroNet(int bits) {
    return bits >>> 24 == 0;
  }

  /** 10/8, 172.16/12 and 192.168/16 (IN_PRIVATE, RFC 1918). */
  public static boolean isPrivate(int bits) {
    return bits >>> 24 == 10 || bits >>> 20 == 0xac1 || bits >>> 16 == 0xc0a8;
  }

  /** The netmask with {@code length} leading ones, 0 to 32. */
  public static int mask(int length) {
    return length == 0 ? 0 : -1 << 32 - length;
  }

  /** How many leading ones {@code mask} has, or -1 if any one follows a zero. */
  public static int maskLength(int mask) {
    int length = Integer.numberOfLeadingZeros(~mask);
    return mask == mask(length) ? length : -1;
  }

  /** The netmask as ifconfig prints it: {@code 0xffffff00}, always eight digits. */
  public static String hexMask(int mask) {
    String digits = Integer.toHexString(mask);
    return "0x" + "0".repeat(8 - digits.length()) + digits;
  }

  /** Length of the class A, B or C network the address is in; 32 for D and E (in_netmask). */
  public static int classLength(int bits) {
    if (bits >= 0) {
      return 8;
    }
    if (bits >>> 30 == 2) {
      return 16;
    }
    return bits >>> 29 == 6 ? 24 : 32;
  }

  @Override
  public Family family() {
    return Family.INET;
  }

  @Override
  public byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    put(bytes, 0, bits);
    return bytes;
  }

  @Override
  public int emit(byte[] buf, int off) {
    put(buf, off, bits);
    return LENGTH;
  }

  @Override
  public long hi() {
    return (long) bits << 32;
  }

  @Override
  public long lo() {
    return 0;
  }

  @Override
  public boolean isMulticast() {
    return isMulticast(bits);
  }

  @Override
  public boolean isLoopback() {
    return isLoopback(bits);
  }

  @Override
  public boolean isUnspecified() {
    return bits == 0;
  }

  @Override
  public boolean isLinkLocal() {
    return isLinkLocal(bits);
  }

  /** Whether this is 255.255.255.255. */
  public boolean isBroadcast() {
    return bits == -1;
  }

  /**
   * A dotted quad: four decimal numbers to 255 without leading zeros (inet_pton).
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Ip4Address parse(String text) {
    Ip4Address parsed = tryParse(text);
    if (parsed == null) {
      throw new IllegalArgumentException("not an IPv4 address: " + text);
    }
    return parsed;
  }

  /** As {@link #parse}, null for anything else. */
  public static @Nullable Ip4Address tryParse(CharSequence text) {
    int bits = 0;
    int dots = 0;
    int digits = 0;
    int octet = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (digits == 0 || ++dots > 3) {
          return null;
        }
        bits = bits << 8 | octet;
        octet = 0;
        digits = 0;
      } else {
        if (c < '0' || c > '9' || digits > 0 && octet == 0) {
          return null;
        }
        octet = octet * 10 + c - '0';
        digits++;
        if (octet > 255) {
          return null;
        }
      }
    }
    return dots == 3 && digits > 0 ? new Ip4Address(bits << 8 | octet) : null;
  }

  /**
   * The forms of inet_aton(3): one to four numbers, each decimal, octal (leading 0) or hex (leading
   * 0x), the last one filling the bytes that remain; blanks may follow. {@code 127.1}, {@code
   * 0x7f000001} and {@code 017700000001} are all 127.0.0.1. Null for anything else.
   */
  public static @Nullable Ip4Address tryParseAton(String text) {
    String body = text.stripTrailing();
    String[] parts = body.split("\\.", -1);
    if (parts.length > 4) {
      return null;
    }
    long bits = 0;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      long limit = last ? 0xffff_ffffL >>> 8 * i : 0xff;
      long number = atonNumber(parts[i]);
      if (number < 0 || number > limit) {
        return null;
      }
      bits |= last ? number : number << 24 - 8 * i;
    }
    return new Ip4Address((int) bits);
  }

  /** One number with C's prefixes, or -1; saturates far above 32 bits. */
  private static long atonNumber(String part) {
    boolean hex = part.length() > 2 && (part.startsWith("0x") || part.startsWith("0X"));
    int radix = hex ? 16 : part.startsWith("0") ? 8 : 10;
    if (part.isEmpty()) {
      return -1;
    }
    long number = 0;
    for (int i = hex ? 2 : 0; i < part.length(); i++) {
      char c = part.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      number = Math.min(number * radix + digit, 1L << 40);
    }
    return number;
  }

  /** The dotted quad of {@code bits}. */
  public static String toString(int bits) {
    StringBuilder text = new StringBuilder(15);
    appendTo(text, bits);
    return text.toString();
  }

  /** Appends the dotted quad of {@code bits}. */
  public static void appendTo(StringBuilder text, int bits) {
    text.append(bits >>> 24).append('.').append(bits >>> 16 & 0xff).append('.');
    text.append(bits >>> 8 & 0xff).append('.').append(bits & 0xff);
  }

  @Override
  public String toString() {
    return toString(bits);
  }
}
