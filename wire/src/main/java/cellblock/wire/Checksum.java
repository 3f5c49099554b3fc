package cellblock.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): ones' complement sums of 16-bit words, kept as ints of 16 bits
 * in network order, so that partial sums of different places add up by {@link #add}. FreeBSD
 * ancestor: {@code sys/netinet/in_cksum.c} in_cksum_skip, in_pseudo, in_addword; differs in giving
 * partial sums a name of their own instead of an inverted result.
 */
public final class Checksum {
  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
  private static final long LOW32 = 0xffff_ffffL;

  /** From this many longs on the bytes are a payload: more than the longest IPv4 header. */
  private static final int MANY = 8;

  private Checksum() {}

  /**
   * The folded sum of {@code length} bytes from {@code off}, 0 to 65535; an odd last byte is padded
   * with zero. Headers and payloads take two loops, because the JIT vectorises a loop only if its
   * profile shows many rounds, and headers would spoil the profile of payloads (35 ns become 140
   * for 1460 bytes). The byte order is mended once at the end (RFC 1071 section 2.B).
   */
  public static int sum(byte[] buf, int off, int length) {
    int longs = length >> 3;
    long sum = longs < MANY ? few(buf, off, longs) : many(buf, off, longs);
    int at = off + (longs << 3);
    if ((length & 4) != 0) {
      sum += (int) INT.get(buf, at) & LOW32;
      at += 4;
    }
    if ((length & 2) != 0) {
      sum += (short) SHORT.get(buf, at) & 0xffff;
      at += 2;
    }
    if ((length & 1) != 0) {
      int last = buf[at] & 0xff;
      sum += SWAP ? last : last << 8;
    }
    int folded = fold(sum);
    return SWAP ? swap(folded) : folded;
  }

  /** The plain counted loop that C2 turns into vector code; unrolling by hand prevents it. */
  private static long many(byte[] buf, int off, int longs) {
    long sum = 0;
    for (int i = 0; i < longs; i++) {
      long word = (long) LONG.get(buf, off + (i << 3));
      sum += (word & LOW32) + (word >>> 32);
    }
    return sum;
  }

  /** The same for headers, compiled apart. */
  private static long few(byte[] buf, int off, int longs) {
    long sum = 0;
    for (int i = 0; i < longs; i++) {
      long word = (long) LONG.get(buf, off + (i << 3));
      sum += (word & LOW32) + (word >>> 32);
    }
    return sum;
  }

  /** Brings a sum of any size below 2^16 by adding the carries back in. */
  public static int fold(long sum) {
    long folded = (sum & LOW32) + (sum >>> 32);
    folded = (folded & LOW32) + (folded >>> 32);
    folded = (folded & 0xffff) + (folded >>> 16);
    folded = (folded & 0xffff) + (folded >>> 16);
    return (int) ((folded & 0xffff) + (folded >>> 16));
  }

  /** Two partial sums in one; the second part must start at an even byte of the whole. */
  public static int add(int sum, int more) {
    int total = sum + more;
    return (total & 0xffff) + (total >>> 16);
  }

  /** The partial sum of a part that starts at an odd byte of the whole. */
  public static int swap(int sum) {
    return sum << 8 & 0xff00 | sum >>> 8;
  }

  /** The field's value for a partial sum: the complement. */
  public static int finish(int sum) {
    return ~sum & 0xffff;
  }

  /** As {@link #finish}, with UDP's rule that a computed zero is sent as all ones (RFC 768). */
  public static int finishUdp(int sum) {
    int field = finish(sum);
    return field == 0 ? 0xffff : field;
  }

  /** The field's value for {@code length} bytes whose checksum field holds zero. */
  public static int of(byte[] buf, int off, int length) {
    return finish(sum(buf, off, length));
  }

  /** Whether bytes that include their checksum field sum to all ones. */
  public static boolean verifies(byte[] buf, int off, int length) {
    return sum(buf, off, length) == 0xffff;
  }

  /** {@link #verifies} of 20 bytes, an IPv4 header without options: no loop, no byte order. */
  static boolean verifies20(byte[] buf, int off) {
    long a = (long) LONG.get(buf, off);
    long b = (long) LONG.get(buf, off + 8);
    long sum = (a & LOW32) + (a >>> 32) + (b & LOW32) + (b >>> 32);
    return fold(sum + ((int) INT.get(buf, off + 16) & LOW32)) == 0xffff;
  }

  /** Partial sum of the IPv4 pseudo-header; {@code length} counts transport header and data. */
  public static int pseudo4(int source, int destination, int protocol, int length) {
    return fold((source & LOW32) + (destination & LOW32) + protocol + length);
  }

  /** Partial sum of the IPv6 pseudo-header (RFC 8200 section 8.1). */
  public static int pseudo6(
      long sourceHi,
      long sourceLo,
      long destinationHi,
      long destinationLo,
      int nextHeader,
      int length) {
    return fold(
        halves(sourceHi)
            + halves(sourceLo)
            + halves(destinationHi)
            + halves(destinationLo)
            + nextHeader
            + length);
  }

  private static long halves(long word) {
    return (word & LOW32) + (word >>> 32);
  }

  /** The field's value after a 16-bit word of the data changed (RFC 1624, equation 3). */
  public static int update16(int field, int before, int after) {
    int sum = (~field & 0xffff) + (~before & 0xffff) + (after & 0xffff);
    return finish(fold(sum));
  }

  /** The field's value after a 32-bit word at an even place changed (RFC 1624, equation 3). */
  public static int update32(int field, int before, int after) {
    long sum = (~field & 0xffff) + (~before & LOW32) + (after & LOW32);
    return finish(fold(sum));
  }
}
