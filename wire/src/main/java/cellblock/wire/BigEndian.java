package cellblock.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Unaligned network-order loads and stores on a byte array, without allocation. Offsets count bytes
 * from the start of the array; an offset outside it is the caller's bug and throws {@link
 * IndexOutOfBoundsException}. FreeBSD ancestor: {@code sys/sys/endian.h} be16dec and friends.
 */
public final class BigEndian {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  /** One byte, 0 to 255. */
  public static int get8(byte[] buf, int off) {
    return buf[off] & 0xff;
  }

  /** Stores the low 8 bits of {@code value}. */
  public static void put8(byte[] buf, int off, int value) {
    buf[off] = (byte) value;
  }

  /** Two bytes, 0 to 65535. */
  public static int get16(byte[] buf, int off) {
    return (short) SHORT.get(buf, off) & 0xffff;
  }

  /** Stores the low 16 bits of {@code value}. */
  public static void put16(byte[] buf, int off, int value) {
    SHORT.set(buf, off, (short) value);
  }

  /** Four bytes as they are; use {@link Integer#toUnsignedLong} where the sign would matter. */
  public static int get32(byte[] buf, int off) {
    return (int) INT.get(buf, off);
  }

  /** Stores 32 bits. */
  public static void put32(byte[] buf, int off, int value) {
    INT.set(buf, off, value);
  }

  /** Six bytes in the low 48 bits (an Ethernet address). */
  public static long get48(byte[] buf, int off) {
    return (long) get16(buf, off) << 32 | get32(buf, off + 2) & 0xffff_ffffL;
  }

  /** Stores the low 48 bits of {@code value}. */
  public static void put48(byte[] buf, int off, long value) {
    put16(buf, off, (int) (value >>> 32));
    put32(buf, off + 2, (int) value);
  }

  /** Eight bytes. */
  public static long get64(byte[] buf, int off) {
    return (long) LONG.get(buf, off);
  }

  /** Stores 64 bits. */
  public static void put64(byte[] buf, int off, long value) {
    LONG.set(buf, off, value);
  }
}
