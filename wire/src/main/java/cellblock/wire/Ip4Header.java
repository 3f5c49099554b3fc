package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * The IPv4 header (RFC 791). The value holds no checksum: {@link #emit} computes it. FreeBSD
 * ancestor: {@code struct ip} of {@code sys/netinet/ip.h}; the checks are those of {@code
 * sys/netinet/ip_input.c} ip_input, in its order, less the checksum, which costs and may be
 * offloaded. Differs: lengths and offsets are in host order and in bytes.
 *
 * @param tos type of service: DSCP and ECN
 * @param totalLength header and data, bytes
 * @param id identification
 * @param flags {@link #RF}, {@link #DF}, {@link #MF}, in place in the offset field
 * @param fragmentOffset bytes, a multiple of 8
 * @param ttl time to live
 * @param protocol see {@link IpProtocol}
 * @param source source address
 * @param destination destination address
 * @param options 0 to 40 bytes, a multiple of 4; see {@link Ip4Options}
 */
public record Ip4Header(
    int tos,
    int totalLength,
    int id,
    int flags,
    int fragmentOffset,
    int ttl,
    int protocol,
    Ip4Address source,
    Ip4Address destination,
    Octets options) {
  /** The version in the first four bits. */
  public static final int VERSION = 4;

  /** Bytes without options. */
  public static final int LENGTH = 20;

  /** Bytes with all options. */
  public static final int MAXIMUM_LENGTH = 60;

  /** Largest packet. */
  public static final int MAXIMUM_PACKET = 65535;

  /** Every link must carry this much whole (IP_MSS). */
  public static final int MINIMUM_MTU = 68;

  /** Default time to live (IPDEFTTL). */
  public static final int DEFAULT_TTL = 64;

  /** Largest time to live. */
  public static final int MAXIMUM_TTL = 255;

  /** Reserved flag, in place in the offset field. */
  public static final int RF = 0x8000;

  /** Do not fragment. */
  public static final int DF = 0x4000;

  /** More fragments follow. */
  public static final int MF = 0x2000;

  /** Mask of the fragment offset, units of eight bytes. */
  public static final int OFFSET_MASK = 0x1fff;

  /** Low delay in the old reading of the type of service (ping and telnet still set it). */
  public static final int TOS_LOW_DELAY = 0x10;

  /** Precedence that routing protocols and IGMP use (IPTOS_PREC_INTERNETCONTROL). */
  public static final int TOS_INTERNET_CONTROL = 0xc0;

  /** Congestion experienced, in the two ECN bits (RFC 3168). */
  public static final int ECN_CE = 3;

  /** Rejects fields that do not fit and options that are no multiple of four bytes. */
  public Ip4Header {
    if ((tos | ttl | protocol) >>> 8 != 0
        || (totalLength | id) >>> 16 != 0
        || (flags & ~(RF | DF | MF)) != 0
        || (fragmentOffset & ~(OFFSET_MASK << 3)) != 0
        || (options.length() & 3) != 0
        || options.length() > MAXIMUM_LENGTH - LENGTH) {
      throw new IllegalArgumentException("field out of range");
    }
  }

  /** A header without options or fragmentation. */
  public static Ip4Header of(
      int protocol, Ip4Address source, Ip4Address destination, int ttl, int dataLength) {
    int total = LENGTH + dataLength;
    return new Ip4Header(0, total, 0, 0, 0, ttl, protocol, source, destination, Octets.EMPTY);
  }

  /** Whether the bytes hold a whole IPv4 packet; more bytes than it needs are no defect. */
  public static Defect check(byte[] buf, int off, int length) {
    Defect header = checkHeader(buf, off, length);
    if (header != Defect.NONE) {
      return header;
    }
    int total = totalLength(buf, off);
    if (total < headerLength(buf, off)) {
      return Defect.BAD_LENGTH;
    }
    return total > length ? Defect.TOO_SHORT : Defect.NONE;
  }

  /** Whether the bytes hold a header, its data cut off or not (as quoted in an ICMP error). */
  public static Defect checkHeader(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return Defect.TOO_SMALL;
    }
    if (version(buf, off) != VERSION) {
      return Defect.BAD_VERSION;
    }
    int header = headerLength(buf, off);
    return header < LENGTH || header > length ? Defect.BAD_HEADER_LENGTH : Defect.NONE;
  }

  /** The version. */
  public static int version(byte[] buf, int off) {
    return buf[off] >> 4 & 15;
  }

  /** Header length in bytes. */
  public static int headerLength(byte[] buf, int off) {
    return (buf[off] & 15) << 2;
  }

  /** Stores version 4 and a header length in bytes. */
  public static void putHeaderLength(byte[] buf, int off, int bytes) {
    buf[off] = (byte) (VERSION << 4 | bytes >> 2);
  }

  /** Type of service. */
  public static int tos(byte[] buf, int off) {
    return buf[off + 1] & 0xff;
  }

  /** Stores the type of service. */
  public static void putTos(byte[] buf, int off, int tos) {
    buf[off + 1] = (byte) tos;
  }

  /** Header and data in bytes. */
  public static int totalLength(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 2);
  }

  /** Stores the length of header and data. */
  public static void putTotalLength(byte[] buf, int off, int bytes) {
    BigEndian.put16(buf, off + 2, bytes);
  }

  /** Identification. */
  public static int id(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 4);
  }

  /** Stores the identification. */
  public static void putId(byte[] buf, int off, int id) {
    BigEndian.put16(buf, off + 4, id);
  }

  /** The raw offset field: flags and offset in units of eight bytes (ip_off). */
  public static int offsetField(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 6);
  }

  /** Stores the raw offset field. */
  public static void putOffsetField(byte[] buf, int off, int field) {
    BigEndian.put16(buf, off + 6, field);
  }

  /** Fragment offset in bytes. */
  public static int fragmentOffset(byte[] buf, int off) {
    return (offsetField(buf, off) & OFFSET_MASK) << 3;
  }

  /** Whether the packet is one piece of a larger one. */
  public static boolean isFragment(byte[] buf, int off) {
    return (offsetField(buf, off) & (MF | OFFSET_MASK)) != 0;
  }

  /** Whether more fragments follow. */
  public static boolean moreFragments(byte[] buf, int off) {
    return (offsetField(buf, off) & MF) != 0;
  }

  /** Whether routers must not fragment it. */
  public static boolean dontFragment(byte[] buf, int off) {
    return (offsetField(buf, off) & DF) != 0;
  }

  /** Time to live. */
  public static int ttl(byte[] buf, int off) {
    return buf[off + 8] & 0xff;
  }

  /** Stores the time to live, not the checksum. */
  public static void putTtl(byte[] buf, int off, int ttl) {
    buf[off + 8] = (byte) ttl;
  }

  /** Takes one off the time to live and mends the checksum (RFC 1624); the field must not be 0. */
  public static void decrementTtl(byte[] buf, int off) {
    int before = BigEndian.get16(buf, off + 8);
    int after = before - 0x100;
    BigEndian.put16(buf, off + 8, after);
    putChecksum(buf, off, Checksum.update16(checksum(buf, off), before, after));
  }

  /** Protocol of the data. */
  public static int protocol(byte[] buf, int off) {
    return buf[off + 9] & 0xff;
  }

  /** Stores the protocol. */
  public static void putProtocol(byte[] buf, int off, int protocol) {
    buf[off + 9] = (byte) protocol;
  }

  /** Header checksum. */
  public static int checksum(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 10);
  }

  /** Stores the header checksum. */
  public static void putChecksum(byte[] buf, int off, int checksum) {
    BigEndian.put16(buf, off + 10, checksum);
  }

  /** Computes and stores the header checksum over header and options. */
  public static void fillChecksum(byte[] buf, int off) {
    putChecksum(buf, off, 0);
    putChecksum(buf, off, Checksum.of(buf, off, headerLength(buf, off)));
  }

  /** Whether the header checksum verifies. */
  public static boolean verifies(byte[] buf, int off) {
    int length = headerLength(buf, off);
    return length == LENGTH ? Checksum.verifies20(buf, off) : Checksum.verifies(buf, off, length);
  }

  /** Source address bits. */
  public static int source(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 12);
  }

  /** Stores the source address, not the checksum. */
  public static void putSource(byte[] buf, int off, int bits) {
    BigEndian.put32(buf, off + 12, bits);
  }

  /** Destination address bits. */
  public static int destination(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 16);
  }

  /** Stores the destination address, not the checksum. */
  public static void putDestination(byte[] buf, int off, int bits) {
    BigEndian.put32(buf, off + 16, bits);
  }

  /** Partial sum of the pseudo-header for {@code length} bytes of transport header and data. */
  public static int pseudo(byte[] buf, int off, int length) {
    return Checksum.pseudo4(source(buf, off), destination(buf, off), protocol(buf, off), length);
  }

  /**
   * Writes a header without options and without a fragment offset, checksum included.
   *
   * @param offsetField flags, usually 0 or {@link #DF}
   */
  public static void put(
      byte[] buf,
      int off,
      int tos,
      int totalLength,
      int id,
      int offsetField,
      int ttl,
      int protocol,
      int source,
      int destination) {
    BigEndian.put16(buf, off, 0x4500 | tos & 0xff);
    putTotalLength(buf, off, totalLength);
    putId(buf, off, id);
    putOffsetField(buf, off, offsetField);
    BigEndian.put16(buf, off + 8, ttl << 8 | protocol & 0xff);
    putSource(buf, off, source);
    putDestination(buf, off, destination);
    fillChecksum(buf, off);
  }

  /** The header at {@code off}, null if {@link #checkHeader} refuses it. */
  public static @Nullable Ip4Header parse(byte[] buf, int off, int length) {
    if (checkHeader(buf, off, length) != Defect.NONE) {
      return null;
    }
    return new Ip4Header(
        tos(buf, off),
        totalLength(buf, off),
        id(buf, off),
        offsetField(buf, off) & ~OFFSET_MASK,
        fragmentOffset(buf, off),
        ttl(buf, off),
        protocol(buf, off),
        new Ip4Address(source(buf, off)),
        new Ip4Address(destination(buf, off)),
        Octets.of(buf, off + LENGTH, headerLength(buf, off) - LENGTH));
  }

  /** Header length with options, in bytes. */
  public int headerLength() {
    return LENGTH + options.length();
  }

  /** Writes the header with its checksum at {@code off}; returns its length. */
  public int emit(byte[] buf, int off) {
    int field = flags | fragmentOffset >> 3;
    put(buf, off, tos, totalLength, id, field, ttl, protocol, source.bits(), destination.bits());
    options.emit(buf, off + LENGTH);
    putHeaderLength(buf, off, headerLength());
    fillChecksum(buf, off);
    return headerLength();
  }

  /** {@code tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto ICMP (1), length 84, ...}. */
  @Override
  public String toString() {
    String flagText = flags == 0 ? "none" : (flags & DF) != 0 ? "DF" : "";
    flagText += (flags & MF) != 0 ? "+" : "";
    flagText += (flags & RF) != 0 ? " RF" : "";
    return "IP (tos 0x%x, ttl %d, id %d, offset %d, flags [%s], proto %s (%d), length %d%s) %s > %s"
        .formatted(
            tos,
            ttl,
            id,
            fragmentOffset,
            flagText.strip(),
            IpProtocol.name(protocol),
            protocol,
            totalLength,
            options.length() == 0 ? "" : ", options (" + Ip4Options.text(options) + ")",
            source,
            destination);
  }
}
