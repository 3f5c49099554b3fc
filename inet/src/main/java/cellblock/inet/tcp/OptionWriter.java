package cellblock.inet.tcp;

import cellblock.wire.BigEndian;
import cellblock.wire.TcpOptions;
import java.util.Arrays;

/**
 * The options of the segment that is being built, in FreeBSD's order and alignment (ancestor:
 * tcp_addoptions of netinet/tcp_output.c): window scale and timestamps lie on words, the end is
 * filled up. Threading: the vnet's lane.
 */
final class OptionWriter {
  static final int MOST = 40;
  private final byte[] buf = new byte[MOST];
  private int used;
  private int signature = -1;

  void clear() {
    used = 0;
    signature = -1;
  }

  /** Leaves room for a digest (RFC 2385); false when there is none. */
  boolean signature() {
    int at = used + Math.floorMod(2 - used, 4);
    if (at + 2 + Signatures.LENGTH > MOST) {
      return false;
    }
    pad(2, 4);
    BigEndian.put16(buf, used, TcpOptions.SIGNATURE << 8 | 2 + Signatures.LENGTH);
    used += 2;
    signature = used;
    Arrays.fill(buf, used, used + Signatures.LENGTH, (byte) 0);
    used += Signatures.LENGTH;
    return true;
  }

  /** Where the digest goes, counted from the first option; -1 = there is none. */
  int signatureAt() {
    return signature;
  }

  int length() {
    return used;
  }

  /** Bytes that are left for further options. */
  int room() {
    return MOST - used;
  }

  void mss(int mss) {
    BigEndian.put16(buf, used, TcpOptions.MSS << 8 | 4);
    BigEndian.put16(buf, used + 2, mss);
    used += 4;
  }

  private void pad(int remainder, int modulo) {
    while (used % modulo != remainder) {
      buf[used++] = TcpOptions.NOP;
    }
  }

  void windowScale(int shift) {
    pad(1, 2);
    buf[used++] = TcpOptions.WINDOW_SCALE;
    buf[used++] = 3;
    buf[used++] = (byte) shift;
  }

  void sackPermitted() {
    pad(0, 2);
    buf[used++] = TcpOptions.SACK_PERMITTED;
    buf[used++] = 2;
  }

  void timestamps(int value, int echo) {
    pad(2, 4);
    BigEndian.put16(buf, used, TcpOptions.TIMESTAMP << 8 | 10);
    BigEndian.put32(buf, used + 2, value);
    BigEndian.put32(buf, used + 6, echo);
    used += 10;
  }

  /** How many SACK blocks still fit. */
  int sackRoom() {
    int at = used + Math.floorMod(2 - used, 4);
    return Math.clamp((MOST - at - 2) / 8, 0, 4);
  }

  /** {@code n} blocks, each two words of {@code blocks}. */
  void sack(int[] blocks, int n) {
    pad(2, 4);
    BigEndian.put16(buf, used, TcpOptions.SACK << 8 | 2 + 8 * n);
    used += 2;
    for (int i = 0; i < 2 * n; i++) {
      BigEndian.put32(buf, used, blocks[i]);
      used += 4;
    }
  }

  /** RFC 7413: a cookie, or the wish for one when empty; false when it does not fit. */
  boolean fastOpen(byte[] cookie) {
    if (used + 2 + cookie.length > MOST) {
      return false;
    }
    buf[used++] = TcpOptions.FAST_OPEN;
    buf[used++] = (byte) (2 + cookie.length);
    System.arraycopy(cookie, 0, buf, used, cookie.length);
    used += cookie.length;
    return true;
  }

  /** Fills the last word up. */
  void end() {
    while (used % 4 != 0) {
      buf[used++] = TcpOptions.EOL;
    }
  }

  void copy(byte[] to, int at) {
    System.arraycopy(buf, 0, to, at, used);
  }
}
