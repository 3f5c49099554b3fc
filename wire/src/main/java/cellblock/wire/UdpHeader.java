package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * The UDP header (RFC 768). The checksum covers a pseudo-header and the data, so the value carries
 * the field as it is. FreeBSD ancestor: {@code struct udphdr} of {@code sys/netinet/udp.h}, checks
 * of {@code sys/netinet/udp_usrreq.c} udp_input.
 *
 * @param sourcePort 0 to 65535
 * @param destinationPort 0 to 65535
 * @param length header and data, bytes
 * @param checksum 0 for none (IPv4 only)
 */
public record UdpHeader(int sourcePort, int destinationPort, int length, int checksum) {
  /** Bytes of the header. */
  public static final int LENGTH = 8;

  /** Offset of the checksum. */
  public static final int CHECKSUM = 6;

  /** Rejects a field of more than 16 bits. */
  public UdpHeader {
    if ((sourcePort | destinationPort | length | checksum) >>> 16 != 0) {
      throw new IllegalArgumentException("field out of range");
    }
  }

  /** Whether {@code length} bytes hold a whole datagram; more than it needs is no defect. */
  public static Defect check(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return Defect.TOO_SMALL;
    }
    int field = length(buf, off);
    if (field < LENGTH) {
      return Defect.BAD_LENGTH;
    }
    return field > length ? Defect.TOO_SHORT : Defect.NONE;
  }

  /** Source port. */
  public static int sourcePort(byte[] buf, int off) {
    return BigEndian.get16(buf, off);
  }

  /** Stores the source port. */
  public static void putSourcePort(byte[] buf, int off, int port) {
    BigEndian.put16(buf, off, port);
  }

  /** Destination port. */
  public static int destinationPort(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 2);
  }

  /** Stores the destination port. */
  public static void putDestinationPort(byte[] buf, int off, int port) {
    BigEndian.put16(buf, off + 2, port);
  }

  /** Header and data in bytes. */
  public static int length(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 4);
  }

  /** Stores the length. */
  public static void putLength(byte[] buf, int off, int length) {
    BigEndian.put16(buf, off + 4, length);
  }

  /** The checksum, 0 for none. */
  public static int checksum(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 6);
  }

  /** Stores the checksum. */
  public static void putChecksum(byte[] buf, int off, int checksum) {
    BigEndian.put16(buf, off + 6, checksum);
  }

  /** Writes a header without checksum at {@code off}. */
  public static void put(byte[] buf, int off, int sourcePort, int destinationPort, int length) {
    putSourcePort(buf, off, sourcePort);
    putDestinationPort(buf, off, destinationPort);
    putLength(buf, off, length);
    putChecksum(buf, off, 0);
  }

  /**
   * Computes and stores the checksum.
   *
   * @param pseudo partial sum of the pseudo-header, for the length in the header
   */
  public static void fillChecksum(byte[] buf, int off, int pseudo) {
    putChecksum(buf, off, 0);
    int sum = Checksum.add(pseudo, Checksum.sum(buf, off, length(buf, off)));
    putChecksum(buf, off, Checksum.finishUdp(sum));
  }

  /** Whether the checksum verifies or is absent; {@code pseudo} as in {@link #fillChecksum}. */
  public static boolean verifies(byte[] buf, int off, int pseudo) {
    return checksum(buf, off) == 0
        || Checksum.add(pseudo, Checksum.sum(buf, off, length(buf, off))) == 0xffff;
  }

  /** The header at {@code off}, null if there are fewer than eight bytes. */
  public static @Nullable UdpHeader parse(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return null;
    }
    return new UdpHeader(
        sourcePort(buf, off), destinationPort(buf, off), length(buf, off), checksum(buf, off));
  }

  /** Writes the header, checksum as it is; returns its length. */
  public int emit(byte[] buf, int off) {
    put(buf, off, sourcePort, destinationPort, length);
    putChecksum(buf, off, checksum);
    return LENGTH;
  }

  /** {@code UDP 1024 > 53, length 12}; the length of the data, as tcpdump counts. */
  @Override
  public String toString() {
    return "UDP " + sourcePort + " > " + destinationPort + ", length " + (length - LENGTH);
  }
}
