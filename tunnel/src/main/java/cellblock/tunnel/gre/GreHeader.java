package cellblock.tunnel.gre;

import cellblock.wire.BigEndian;
import cellblock.wire.Checksum;
import cellblock.wire.EtherHeader;

/**
 * The GRE header (RFC 2784 section 2.1, RFC 2890 section 2): flags and version, protocol, then
 * checksum, key, sequence number where their flags are set. Big-endian.
 */
final class GreHeader {
  static final int LENGTH = 4;
  static final int CHECKSUM = 0x8000;
  static final int KEY = 0x2000;
  static final int SEQUENCE = 0x1000;

  /** Web cache coordination protocol: IPv4, behind a redirect header of four bytes in version 2. */
  static final int WCCP = 0x883e;

  private GreHeader() {}

  /** Bytes of a header with these flags. */
  static int length(int flags) {
    int words = LENGTH;
    words += (flags & CHECKSUM) != 0 ? 4 : 0;
    words += (flags & KEY) != 0 ? 4 : 0;
    words += (flags & SEQUENCE) != 0 ? 4 : 0;
    return words;
  }

  /** Writes a header before {@code length} bytes of payload. */
  static void put(byte[] buf, int off, int flags, int type, int key, int sequence, int payload) {
    BigEndian.put16(buf, off, flags);
    BigEndian.put16(buf, off + 2, type);
    int at = off + LENGTH;
    if ((flags & CHECKSUM) != 0) {
      BigEndian.put32(buf, at, 0);
      at += 4;
    }
    if ((flags & KEY) != 0) {
      BigEndian.put32(buf, at, key);
      at += 4;
    }
    if ((flags & SEQUENCE) != 0) {
      BigEndian.put32(buf, at, sequence);
    }
    if ((flags & CHECKSUM) != 0) {
      BigEndian.put16(buf, off + LENGTH, Checksum.of(buf, off, length(flags) + payload));
    }
  }

  /**
   * Bytes to skip to the inner packet; -1: malformed, a wrong checksum, or a flag that nobody
   * knows.
   *
   * @param length bytes from {@code off} to the end of the packet
   */
  static int check(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return -1;
    }
    int flags = BigEndian.get16(buf, off);
    int header = length(flags);
    if ((flags & ~(CHECKSUM | KEY | SEQUENCE)) != 0 || length <= header) {
      return -1;
    }
    if ((flags & CHECKSUM) != 0
        && (BigEndian.get16(buf, off + LENGTH + 2) != 0 || !Checksum.verifies(buf, off, length))) {
      return -1;
    }
    boolean redirect = type(buf, off) == WCCP && flags == 0 && (buf[off + LENGTH] & 0xf0) != 0x40;
    return redirect ? header + 4 : header;
  }

  /** The Ethernet type of the inner packet. */
  static int type(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 2);
  }

  /** The IP version that the type promises; 0 = a protocol that is not carried. */
  static int version(int type) {
    return switch (type) {
      case EtherHeader.TYPE_IP, WCCP -> 4;
      case EtherHeader.TYPE_IPV6 -> 6;
      default -> 0;
    };
  }
}
