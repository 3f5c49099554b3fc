package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * The TCP header (RFC 9293). The checksum covers a pseudo-header and the data, so the value carries
 * the field as it is. Sequence numbers are ints of modulo arithmetic. FreeBSD ancestor: {@code
 * struct tcphdr} and TH_ flags of {@code sys/netinet/tcp.h}.
 *
 * @param sourcePort 0 to 65535
 * @param destinationPort 0 to 65535
 * @param sequence sequence number
 * @param acknowledgment acknowledgment number
 * @param flags {@link #FIN} to {@link #AE}; twelve bits
 * @param window the window field, unscaled
 * @param checksum the field
 * @param urgent urgent pointer
 * @param options 0 to 40 bytes, a multiple of 4; see {@link TcpOptions}
 */
public record TcpHeader(
    int sourcePort,
    int destinationPort,
    int sequence,
    int acknowledgment,
    int flags,
    int window,
    int checksum,
    int urgent,
    Octets options) {
  /** Bytes without options. */
  public static final int LENGTH = 20;

  /** Bytes with all options. */
  public static final int MAXIMUM_LENGTH = 60;

  /** Offset of the checksum. */
  public static final int CHECKSUM = 16;

  /** No more data from the sender. */
  public static final int FIN = 0x01;

  /** Synchronise sequence numbers. */
  public static final int SYN = 0x02;

  /** Reset. */
  public static final int RST = 0x04;

  /** Push. */
  public static final int PSH = 0x08;

  /** The acknowledgment field counts. */
  public static final int ACK = 0x10;

  /** The urgent pointer counts. */
  public static final int URG = 0x20;

  /** ECN echo (RFC 3168). */
  public static final int ECE = 0x40;

  /** Congestion window reduced (RFC 3168). */
  public static final int CWR = 0x80;

  /** Accurate ECN (formerly the nonce sum). */
  public static final int AE = 0x100;

  /** Rejects fields that do not fit and options that are no multiple of four bytes. */
  public TcpHeader {
    if ((sourcePort | destinationPort | window | checksum | urgent) >>> 16 != 0
        || flags >>> 12 != 0
        || (options.length() & 3) != 0
        || options.length() > MAXIMUM_LENGTH - LENGTH) {
      throw new IllegalArgumentException("field out of range");
    }
  }

  /** Whether {@code length} bytes of segment hold a header with its options. */
  public static Defect check(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return Defect.TOO_SMALL;
    }
    int header = headerLength(buf, off);
    return header < LENGTH || header > length ? Defect.BAD_HEADER_LENGTH : Defect.NONE;
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

  /** Sequence number. */
  public static int sequence(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 4);
  }

  /** Stores the sequence number. */
  public static void putSequence(byte[] buf, int off, int sequence) {
    BigEndian.put32(buf, off + 4, sequence);
  }

  /** Acknowledgment number. */
  public static int acknowledgment(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 8);
  }

  /** Stores the acknowledgment number. */
  public static void putAcknowledgment(byte[] buf, int off, int acknowledgment) {
    BigEndian.put32(buf, off + 8, acknowledgment);
  }

  /** Header length with options, in bytes. */
  public static int headerLength(byte[] buf, int off) {
    return buf[off + 12] >> 2 & 0x3c;
  }

  /** Flags, twelve bits. */
  public static int flags(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 12) & 0xfff;
  }

  /** Stores header length in bytes and flags. */
  public static void putLengthAndFlags(byte[] buf, int off, int headerLength, int flags) {
    BigEndian.put16(buf, off + 12, headerLength << 10 | flags & 0xfff);
  }

  /** The window field, unscaled. */
  public static int window(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 14);
  }

  /** Stores the window field. */
  public static void putWindow(byte[] buf, int off, int window) {
    BigEndian.put16(buf, off + 14, window);
  }

  /** The checksum. */
  public static int checksum(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 16);
  }

  /** Stores the checksum. */
  public static void putChecksum(byte[] buf, int off, int checksum) {
    BigEndian.put16(buf, off + 16, checksum);
  }

  /** Urgent pointer. */
  public static int urgent(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 18);
  }

  /** Stores the urgent pointer. */
  public static void putUrgent(byte[] buf, int off, int urgent) {
    BigEndian.put16(buf, off + 18, urgent);
  }

  /**
   * Computes and stores the checksum of a segment.
   *
   * @param pseudo partial sum of the pseudo-header
   * @param length header and data, bytes
   */
  public static void fillChecksum(byte[] buf, int off, int pseudo, int length) {
    putChecksum(buf, off, 0);
    int sum = Checksum.add(pseudo, Checksum.sum(buf, off, length));
    putChecksum(buf, off, Checksum.finish(sum));
  }

  /** Whether a segment verifies; arguments as of {@link #fillChecksum}. */
  public static boolean verifies(byte[] buf, int off, int pseudo, int length) {
    return Checksum.add(pseudo, Checksum.sum(buf, off, length)) == 0xffff;
  }

  /** The header at {@code off}, null if {@link #check} refuses it. */
  public static @Nullable TcpHeader parse(byte[] buf, int off, int length) {
    if (check(buf, off, length) != Defect.NONE) {
      return null;
    }
    return new TcpHeader(
        sourcePort(buf, off),
        destinationPort(buf, off),
        sequence(buf, off),
        acknowledgment(buf, off),
        flags(buf, off),
        window(buf, off),
        checksum(buf, off),
        urgent(buf, off),
        Octets.of(buf, off + LENGTH, headerLength(buf, off) - LENGTH));
  }

  /** Header length with options, in bytes. */
  public int headerLength() {
    return LENGTH + options.length();
  }

  /** Writes the header, checksum as it is; returns its length. */
  public int emit(byte[] buf, int off) {
    putSourcePort(buf, off, sourcePort);
    putDestinationPort(buf, off, destinationPort);
    putSequence(buf, off, sequence);
    putAcknowledgment(buf, off, acknowledgment);
    putLengthAndFlags(buf, off, headerLength(), flags);
    putWindow(buf, off, window);
    putChecksum(buf, off, checksum);
    putUrgent(buf, off, urgent);
    options.emit(buf, off + LENGTH);
    return headerLength();
  }

  /** Flags as tcpdump prints them: {@code S}, {@code S.}, {@code P.}, {@code none}. */
  public static String flagText(int flags) {
    String letters = "FSRP.UEWe";
    StringBuilder text = new StringBuilder(9);
    for (int i = 0; i < letters.length(); i++) {
      if ((flags >> i & 1) != 0) {
        text.append(letters.charAt(i));
      }
    }
    return text.isEmpty() ? "none" : text.toString();
  }

  /** {@code Flags [S], seq 1, win 65535, options [mss 1460]}. */
  @Override
  public String toString() {
    return "Flags ["
        + flagText(flags)
        + "], seq "
        + Integer.toUnsignedString(sequence)
        + ((flags & ACK) == 0 ? "" : ", ack " + Integer.toUnsignedString(acknowledgment))
        + ", win "
        + window
        + ((flags & URG) == 0 ? "" : ", urg " + urgent)
        + (options.length() == 0 ? "" : ", options [" + TcpOptions.text(options) + "]");
  }
}
