package cellblock.wire;

/**
 * The four messages of WireGuard in their UDP datagrams (paper, section 5.4; ancestor: struct
 * wg_pkt_* of sys/dev/wg/if_wg.c). Numbers are little-endian, unlike in the rest of this package.
 * Offsets count from the start of the message.
 *
 * <pre>
 * initiation 1: type(4) sender(4) ephemeral(32) static(48) timestamp(28) mac1(16) mac2(16)
 * response   2: type(4) sender(4) receiver(4) ephemeral(32) empty(16) mac1(16) mac2(16)
 * cookie     3: type(4) receiver(4) nonce(24) cookie(32)
 * data       4: type(4) receiver(4) counter(8) sealed packet
 * </pre>
 */
public final class WgMessage {
  public static final int INITIATION = 1;
  public static final int RESPONSE = 2;
  public static final int COOKIE = 3;
  public static final int DATA = 4;

  /** Bytes of whole messages; those of {@link #DATA} before the sealed packet. */
  public static final int INITIATION_LENGTH = 148;

  public static final int RESPONSE_LENGTH = 92;
  public static final int COOKIE_LENGTH = 64;
  public static final int DATA_HEADER = 16;

  /** Bytes of an authentication tag. */
  public static final int TAG = 16;

  /** Bytes of each of the two macs at the end of a handshake message. */
  public static final int MAC = 16;

  public static final int SENDER = 4;
  public static final int INITIATION_EPHEMERAL = 8;
  public static final int INITIATION_STATIC = 40;
  public static final int INITIATION_TIMESTAMP = 88;
  public static final int RESPONSE_RECEIVER = 8;
  public static final int RESPONSE_EPHEMERAL = 12;
  public static final int RESPONSE_EMPTY = 44;
  public static final int COOKIE_RECEIVER = 4;
  public static final int COOKIE_NONCE = 8;
  public static final int COOKIE_SEALED = 32;
  public static final int DATA_RECEIVER = 4;
  public static final int DATA_COUNTER = 8;

  private WgMessage() {}

  /** The type of a message whose length fits it; 0: it is none. */
  public static int type(byte[] buf, int off, int len) {
    if (len < 4) {
      return 0;
    }
    int type = get32(buf, off);
    return switch (type) {
      case INITIATION -> len == INITIATION_LENGTH ? type : 0;
      case RESPONSE -> len == RESPONSE_LENGTH ? type : 0;
      case COOKIE -> len == COOKIE_LENGTH ? type : 0;
      case DATA -> len >= DATA_HEADER + TAG ? type : 0;
      default -> 0;
    };
  }

  /** Reads 32 bits, little-endian. */
  public static int get32(byte[] buf, int off) {
    return buf[off] & 0xff
        | (buf[off + 1] & 0xff) << 8
        | (buf[off + 2] & 0xff) << 16
        | buf[off + 3] << 24;
  }

  /** Writes 32 bits, little-endian. */
  public static void put32(byte[] buf, int off, int value) {
    buf[off] = (byte) value;
    buf[off + 1] = (byte) (value >>> 8);
    buf[off + 2] = (byte) (value >>> 16);
    buf[off + 3] = (byte) (value >>> 24);
  }

  /** Reads 64 bits, little-endian. */
  public static long get64(byte[] buf, int off) {
    return get32(buf, off) & 0xffffffffL | (long) get32(buf, off + 4) << 32;
  }

  /** Writes 64 bits, little-endian. */
  public static void put64(byte[] buf, int off, long value) {
    put32(buf, off, (int) value);
    put32(buf, off + 4, (int) (value >>> 32));
  }

  /** Writes the header of a data message. */
  public static void putData(byte[] buf, int off, int receiver, long counter) {
    put32(buf, off, DATA);
    put32(buf, off + DATA_RECEIVER, receiver);
    put64(buf, off + DATA_COUNTER, counter);
  }
}
