package cellblock.wire;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes with value equality: options and payloads inside the value records.
 * Copies on the way in and on the way out; never used on the hot path.
 */
public final class Octets {
  /** No bytes. */
  public static final Octets EMPTY = new Octets(new byte[0]);

  private final byte[] bytes;

  private Octets(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of {@code bytes}. */
  public static Octets of(byte... bytes) {
    return bytes.length == 0 ? EMPTY : new Octets(bytes.clone());
  }

  /** A copy of {@code length} bytes from {@code off}. */
  public static Octets of(byte[] buf, int off, int length) {
    return length == 0 ? EMPTY : new Octets(Arrays.copyOfRange(buf, off, off + length));
  }

  /** Bytes from hex digits; colons and blanks between them are skipped. */
  public static Octets hex(String digits) {
    return of(HexFormat.of().parseHex(digits.replaceAll("[\\s:]", "")));
  }

  /** How many bytes. */
  public int length() {
    return bytes.length;
  }

  /** Byte {@code index}, 0 to 255. */
  public int get(int index) {
    return bytes[index] & 0xff;
  }

  /** A fresh array. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Writes all bytes at {@code off} of {@code buf}; returns how many. */
  public int emit(byte[] buf, int off) {
    System.arraycopy(bytes, 0, buf, off, bytes.length);
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Lower-case hex without separators. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
