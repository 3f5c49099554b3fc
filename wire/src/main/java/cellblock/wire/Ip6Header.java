package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * The fixed IPv6 header (RFC 8200) and the walk over extension headers behind it. FreeBSD ancestor:
 * {@code struct ip6_hdr} of {@code sys/netinet/ip6.h}, {@code ip6_lasthdr} of {@code
 * sys/netinet6/ip6_input.c}.
 *
 * @param trafficClass DSCP and ECN, 0 to 255
 * @param flowLabel 20 bits
 * @param payloadLength bytes behind this header, 0 to 65535
 * @param nextHeader see {@link IpProtocol}
 * @param hopLimit 0 to 255
 * @param source source address, without zone
 * @param destination destination address, without zone
 */
public record Ip6Header(
    int trafficClass,
    int flowLabel,
    int payloadLength,
    int nextHeader,
    int hopLimit,
    Ip6Address source,
    Ip6Address destination) {
  /** The version in the first four bits. */
  public static final int VERSION = 6;

  /** Bytes of the fixed header. */
  public static final int LENGTH = 40;

  /** Every link must carry this much. */
  public static final int MINIMUM_MTU = 1280;

  /** Default hop limit. */
  public static final int DEFAULT_HOP_LIMIT = 64;

  /** Bytes of a fragment header. */
  public static final int FRAGMENT_LENGTH = 8;

  /** Rejects fields that do not fit. */
  public Ip6Header {
    if ((trafficClass | nextHeader | hopLimit) >>> 8 != 0
        || flowLabel >>> 20 != 0
        || payloadLength >>> 16 != 0) {
      throw new IllegalArgumentException("field out of range");
    }
  }

  /** Whether the bytes hold a whole packet; more bytes than it needs are no defect. */
  public static Defect check(byte[] buf, int off, int length) {
    Defect header = checkHeader(buf, off, length);
    if (header != Defect.NONE) {
      return header;
    }
    return LENGTH + payloadLength(buf, off) > length ? Defect.TOO_SHORT : Defect.NONE;
  }

  /** Whether the bytes hold a header, its data cut off or not. */
  public static Defect checkHeader(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return Defect.TOO_SMALL;
    }
    return version(buf, off) == VERSION ? Defect.NONE : Defect.BAD_VERSION;
  }

  /** The version. */
  public static int version(byte[] buf, int off) {
    return buf[off] >> 4 & 15;
  }

  /** Traffic class. */
  public static int trafficClass(byte[] buf, int off) {
    return BigEndian.get16(buf, off) >> 4 & 0xff;
  }

  /** Flow label. */
  public static int flowLabel(byte[] buf, int off) {
    return BigEndian.get32(buf, off) & 0xfffff;
  }

  /** Stores version, traffic class and flow label. */
  public static void putFlow(byte[] buf, int off, int trafficClass, int flowLabel) {
    BigEndian.put32(buf, off, VERSION << 28 | (trafficClass & 0xff) << 20 | flowLabel & 0xfffff);
  }

  /** Bytes behind the fixed header. */
  public static int payloadLength(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 4);
  }

  /** Stores the payload length. */
  public static void putPayloadLength(byte[] buf, int off, int length) {
    BigEndian.put16(buf, off + 4, length);
  }

  /** Next header. */
  public static int nextHeader(byte[] buf, int off) {
    return buf[off + 6] & 0xff;
  }

  /** Stores the next header. */
  public static void putNextHeader(byte[] buf, int off, int nextHeader) {
    buf[off + 6] = (byte) nextHeader;
  }

  /** Hop limit. */
  public static int hopLimit(byte[] buf, int off) {
    return buf[off + 7] & 0xff;
  }

  /** Stores the hop limit. */
  public static void putHopLimit(byte[] buf, int off, int hopLimit) {
    buf[off + 7] = (byte) hopLimit;
  }

  /** Upper half of the source address. */
  public static long sourceHi(byte[] buf, int off) {
    return BigEndian.get64(buf, off + 8);
  }

  /** Lower half of the source address. */
  public static long sourceLo(byte[] buf, int off) {
    return BigEndian.get64(buf, off + 16);
  }

  /** Stores the source address. */
  public static void putSource(byte[] buf, int off, long hi, long lo) {
    Ip6Address.put(buf, off + 8, hi, lo);
  }

  /** Upper half of the destination address. */
  public static long destinationHi(byte[] buf, int off) {
    return BigEndian.get64(buf, off + 24);
  }

  /** Lower half of the destination address. */
  public static long destinationLo(byte[] buf, int off) {
    return BigEndian.get64(buf, off + 32);
  }

  /** Stores the destination address. */
  public static void putDestination(byte[] buf, int off, long hi, long lo) {
    Ip6Address.put(buf, off + 24, hi, lo);
  }

  /** Partial sum of the pseudo-header for {@code length} bytes of the upper layer. */
  public static int pseudo(byte[] buf, int off, int nextHeader, int length) {
    return Checksum.add(
        Checksum.sum(buf, off + 8, 2 * Ip6Address.LENGTH),
        Checksum.fold((long) nextHeader + length));
  }

  /** Whether {@code nextHeader} is an extension header that {@link #skip} can pass. */
  public static boolean isExtension(int nextHeader) {
    return switch (nextHeader) {
      case IpProtocol.HOPOPTS,
          IpProtocol.ROUTING,
          IpProtocol.FRAGMENT,
          IpProtocol.AH,
          IpProtocol.DSTOPTS ->
          true;
      default -> false;
    };
  }

  /**
   * Passes one extension header.
   *
   * @param nextHeader its kind, for which {@link #isExtension} holds
   * @param at its first byte, whose value is the kind of what follows
   * @param end where the packet ends
   * @return index of what follows, or -1 if the header overruns
   */
  public static int skip(byte[] buf, int nextHeader, int at, int end) {
    if (end - at < 8) {
      return -1;
    }
    int units = buf[at + 1] & 0xff;
    int length =
        switch (nextHeader) {
          case IpProtocol.FRAGMENT -> FRAGMENT_LENGTH;
          case IpProtocol.AH -> units + 2 << 2;
          default -> units + 1 << 3;
        };
    return length > end - at ? -1 : at + length;
  }

  /** The header at {@code off}, null if {@link #checkHeader} refuses it. */
  public static @Nullable Ip6Header parse(byte[] buf, int off, int length) {
    if (checkHeader(buf, off, length) != Defect.NONE) {
      return null;
    }
    return new Ip6Header(
        trafficClass(buf, off),
        flowLabel(buf, off),
        payloadLength(buf, off),
        nextHeader(buf, off),
        hopLimit(buf, off),
        Ip6Address.get(buf, off + 8),
        Ip6Address.get(buf, off + 24));
  }

  /** Writes the header at {@code off}; returns its length. */
  public int emit(byte[] buf, int off) {
    putFlow(buf, off, trafficClass, flowLabel);
    putPayloadLength(buf, off, payloadLength);
    putNextHeader(buf, off, nextHeader);
    putHopLimit(buf, off, hopLimit);
    source.emit(buf, off + 8);
    destination.emit(buf, off + 24);
    return LENGTH;
  }

  /** {@code IP6 (hlim 64, next-header UDP (17) payload length: 12) a > b}. */
  @Override
  public String toString() {
    return "IP6 (%s%shlim %d, next-header %s (%d) payload length: %d) %s > %s"
        .formatted(
            trafficClass == 0 ? "" : "class 0x%02x, ".formatted(trafficClass),
            flowLabel == 0 ? "" : "flowlabel 0x%05x, ".formatted(flowLabel),
            hopLimit,
            IpProtocol.name(nextHeader),
            nextHeader,
            payloadLength,
            source,
            destination);
  }
}
