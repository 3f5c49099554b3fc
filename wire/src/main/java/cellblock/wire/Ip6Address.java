package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * An IPv6 address with the zone that link-local scopes need; the zone is no part of the key.
 * FreeBSD ancestor: {@code struct in6_addr} with {@code sin6_scope_id}, {@code
 * lib/libc/inet/inet_pton.c}, {@code inet_ntop.c}. Text: RFC 4291 section 2.2 in, RFC 5952 out.
 *
 * @param hi the first eight bytes
 * @param lo the last eight bytes
 * @param scopeId interface index of the zone, 0 for none
 */
public record Ip6Address(long hi, long lo, int scopeId) implements IpAddress {
  /** Bytes on the wire. */
  public static final int LENGTH = 16;

  /** The unspecified address, ::. */
  public static final Ip6Address ANY = new Ip6Address(0, 0, 0);

  /** ::1. */
  public static final Ip6Address LOOPBACK = new Ip6Address(0, 1, 0);

  /** Where a key keeps its zone. */
  private static final long EMBEDDED = 0xffffL << 32;

  /** ff02::1, all nodes on the link. */
  public static final Ip6Address ALL_NODES = new Ip6Address(0xff02L << 48, 1, 0);

  /** ff02::2, all routers on the link. */
  public static final Ip6Address ALL_ROUTERS = new Ip6Address(0xff02L << 48, 2, 0);

  /**
   * An address as written, with its zone still a name.
   *
   * @param address the address; {@code scopeId} is set if the zone was a number
   * @param zone what followed the percent sign, empty for none
   */
  public record Zoned(Ip6Address address, String zone) {
    @Override
    public String toString() {
      return zone.isEmpty() ? address.toString() : address.withScope(0) + "%" + zone;
    }
  }

  /** The address at {@code off}, without a zone. */
  public static Ip6Address get(byte[] buf, int off) {
    return new Ip6Address(BigEndian.get64(buf, off), BigEndian.get64(buf, off + 8), 0);
  }

  /** Stores an address at {@code off}. */
  public static void put(byte[] buf, int off, long hi, long lo) {
    BigEndian.put64(buf, off, hi);
    BigEndian.put64(buf, off + 8, lo);
  }

  /** ::ffff:a.b.c.d for an IPv4 address. */
  public static Ip6Address mapped(int bits) {
    return new Ip6Address(0, 0xffffL << 32 | bits & 0xffff_ffffL, 0);
  }

  /** ff00::/8 by the upper half of the key. */
  public static boolean isMulticast(long hi) {
    return hi >>> 56 == 0xff;
  }

  /** fe80::/10 by the upper half of the key. */
  public static boolean isLinkLocal(long hi) {
    return hi >>> 54 == 0xfe80 >>> 6;
  }

  /**
   * The upper half of a key that tells the zones of fe80::/10, ff01::/16 and ff02::/16 apart: the
   * zone stands in the second word, where such an address is zero (ancestor: in6_setscope of
   * netinet6/scope6.c). Such keys never leave the host.
   */
  public static long embedZone(long hi, int zone) {
    return needsZone(hi) ? hi & ~EMBEDDED | (long) zone << 32 & EMBEDDED : hi;
  }

  /** The address of such a key, its zone as scope id (ancestor: sa6_recoverscope). */
  public static Ip6Address recoverZone(long hi, long lo) {
    return needsZone(hi)
        ? new Ip6Address(hi & ~EMBEDDED, lo, (int) ((hi & EMBEDDED) >>> 32))
        : new Ip6Address(hi, lo, 0);
  }

  private static boolean needsZone(long hi) {
    int first = (int) (hi >>> 48);
    return isLinkLocal(hi) || (first & 0xff0f) == 0xff01 || (first & 0xff0f) == 0xff02;
  }

  /** This address as a key that tells zones apart; without scope id it is the address itself. */
  public Ip6Address embedded() {
    return scopeId == 0 ? this : new Ip6Address(embedZone(hi, scopeId), lo, 0);
  }

  @Override
  public Family family() {
    return Family.INET6;
  }

  @Override
  public byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    put(bytes, 0, hi, lo);
    return bytes;
  }

  @Override
  public int emit(byte[] buf, int off) {
    put(buf, off, hi, lo);
    return LENGTH;
  }

  @Override
  public boolean isMulticast() {
    return isMulticast(hi);
  }

  @Override
  public boolean isLoopback() {
    return hi == 0 && lo == 1;
  }

  @Override
  public boolean isUnspecified() {
    return hi == 0 && lo == 0;
  }

  @Override
  public boolean isLinkLocal() {
    return isLinkLocal(hi);
  }

  /** fc00::/7 (RFC 4193). */
  public boolean isUniqueLocal() {
    return hi >>> 57 == 0xfc >>> 1;
  }

  /** Whether this is an IPv4 address in IPv6 clothes, ::ffff:a.b.c.d. */
  public boolean isV4Mapped() {
    return hi == 0 && lo >>> 32 == 0xffff;
  }

  /** Scope of a multicast address (1 interface, 2 link, 5 site, 14 global), 0 otherwise. */
  public int multicastScope() {
    return isMulticast() ? (int) (hi >>> 48) & 15 : 0;
  }

  /** Whether the address means nothing without a zone: fe80::/10, ff01::/16, ff02::/16. */
  public boolean needsZone() {
    int scope = multicastScope();
    return isLinkLocal() || scope == 1 || scope == 2;
  }

  /** ff02::1:ffXX:XXXX of this address (RFC 4291 section 2.7.1). */
  public Ip6Address solicitedNode() {
    return new Ip6Address(0xff02L << 48, 0x1_ff00_0000L | lo & 0xff_ffff, scopeId);
  }

  /** The same address in another zone. */
  public Ip6Address withScope(int scope) {
    return scope == scopeId ? this : new Ip6Address(hi, lo, scope);
  }

  /**
   * An address with an optional zone: {@code fe80::1%em0}. A zone of digits is also the scope id.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Zoned parse(String text) {
    Zoned parsed = tryParse(text);
    if (parsed == null) {
      throw new IllegalArgumentException("not an IPv6 address: " + text);
    }
    return parsed;
  }

  /** As {@link #parse}, null for anything else. */
  public static @Nullable Zoned tryParse(String text) {
    int percent = text.indexOf('%');
    String zone = percent < 0 ? "" : text.substring(percent + 1);
    Ip6Address bare = Ip6Text.parse(percent < 0 ? text : text.substring(0, percent));
    if (bare == null || percent >= 0 && zone.isEmpty()) {
      return null;
    }
    int scope = Math.max(Ip6Text.zoneNumber(zone), 0);
    return new Zoned(bare.withScope(scope), zone);
  }

  /**
   * An address without a zone, or with a zone that is a number.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Ip6Address of(String text) {
    Ip6Address parsed = tryOf(text);
    if (parsed == null) {
      throw new IllegalArgumentException("not an IPv6 address: " + text);
    }
    return parsed;
  }

  /** As {@link #of}, null for anything else. */
  public static @Nullable Ip6Address tryOf(String text) {
    Zoned parsed = tryParse(text);
    boolean named = parsed != null && !parsed.zone.isEmpty() && Ip6Text.zoneNumber(parsed.zone) < 0;
    return parsed == null || named ? null : parsed.address;
  }

  /** RFC 5952 form, and {@code %zone} if {@code zone} is not empty. */
  public String toString(String zone) {
    String text = Ip6Text.format(hi, lo);
    return zone.isEmpty() ? text : text + "%" + zone;
  }

  /** RFC 5952 form, and {@code %n} if there is a scope id. */
  @Override
  public String toString() {
    return toString(scopeId == 0 ? "" : Integer.toUnsignedString(scopeId));
  }
}
