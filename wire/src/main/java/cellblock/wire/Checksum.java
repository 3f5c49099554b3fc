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

  private Checksum() {}

  /**
   * The folded sum of {@code length} bytes from {@code off}, 0 to 65535; an odd last byte is padded
   * with zero. The byte order is mended once at the end (RFC 1071 section 2.B).
   *
   * <p>Payloads go through a plain counted loop that C2 turns into vector code (unrolling by hand
   * prevents it), headers and ends through straight code, so that they do not spoil the loop's
   * profile. All of it is one method of more than 325 bytecodes, the most that HotSpot inlines
   * (FreqInlineSize): within the compiled path of a whole packet the loop stays scalar in one JVM
   * of three, and takes 140 ns instead of 35 for 1460 bytes.
   */
  public static int sum(byte[] buf, int off, int length) {
    int at = off;
    long sum = 0;
    int longs = length >> 6 << 3;
    if (longs != 0) {
      for (int i = 0; i < longs; i++) {
        long word = (long) LONG.get(buf, off + (i << 3));
        sum += (word & LOW32) + (word >>> 32);
      }
      at += longs << 3;
    }
    if ((length & 32) != 0) {
      long a = (long) LONG.get(buf, at);
      long b = (long) LONG.get(buf, at + 8);
      long c = (long) LONG.get(buf, at + 16);
      long d = (long) LONG.get(buf, at + 24);
      sum += (a & LOW32) + (a >>> 32) + (b & LOW32) + (b >>> 32);
      sum += (c & LOW32) + (c >>> 32) + (d & LOW32) + (d >>> 32);
      at += 32;
    }
    if ((length & 16) != 0) {
      long a = (long) LONG.get(buf, at);
      long b = (long) LONG.get(buf, at + 8);
      sum += (a & LOW32) + (a >>> 32) + (b & LOW32) + (b >>> 32);
      at += 16;
    }
    if ((length & 8) != 0) {
      long a = (long) LONG.get(buf, at);
      sum += (a & LOW32) + (a >>> 32);
      at += 8;
    }
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
    sum = (sum & LOW32) + (sum >>> 32);
    sum = (sum & LOW32) + (sum >>> 32);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    int folded = (int) ((sum & 0xffff) + (sum >>> 16));
    return SWAP ? folded << 8 & 0xff00 | folded >>> 8 : folded;
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
