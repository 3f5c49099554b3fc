package cellblock.inet.socket;

import cellblock.wire.BigEndian;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A receive buffer for whole datagrams: a byte ring with one producer, the vnet's lane, and one
 * reader. Each record is a header and the data, in one piece; a record that would wrap begins anew
 * at the start. It begins small and grows by linking a larger ring behind itself, so that an idle
 * socket holds little (ancestor: struct sockbuf of a datagram socket).
 *
 * <p>Threading: {@link #offer} in turns, {@link #poll} by the one reader.
 */
final class DatagramRing {
  /** Bytes before the data of a record. */
  private static final int HEADER = 64;

  private static final int FIRST = 2048;

  /** What a stored address counts against the bound besides the data, as a sockaddr mbuf does. */
  private static final int ADDRESS = 16;

  // The other side reads these; nobody waits for them, so that a release is enough.
  private static final VarHandle TAIL;
  private static final VarHandle HEAD;
  private static final VarHandle CONSUMED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(Segment.class, "tail", long.class);
      HEAD = lookup.findVarHandle(Segment.class, "head", long.class);
      CONSUMED = lookup.findVarHandle(DatagramRing.class, "consumed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Segment {
    final byte[] buf;
    volatile long tail;
    volatile long head;
    volatile @Nullable Segment next;

    Segment(int capacity) {
      buf = new byte[capacity];
    }
  }

  private final int smallest;
  private volatile int limit;
  private @Nullable Segment write; // the lane's
  private volatile @Nullable Segment read; // the reader's, but for the first
  private volatile long produced;
  private volatile long consumed;

  DatagramRing(int limit) {
    this(limit, FIRST);
  }

  /**
   * @param smallest how large it is made when the first datagram comes: a power of two
   */
  DatagramRing(int limit, int smallest) {
    this.limit = limit;
    this.smallest = smallest;
  }

  int limit() {
    return limit;
  }

  void limit(int bytes) {
    limit = bytes;
  }

  /** Bytes that wait, addresses included: sb_cc. */
  int used() {
    long c = consumed; // first: what is taken later was stored by then
    return (int) (produced - c);
  }

  boolean isEmpty() {
    long c = consumed;
    return produced == c;
  }

  /** Stores a datagram; false when there is no room. In a turn. */
  boolean offer(byte[] data, int off, int len, Arrival a) {
    int extra = a.headersAsked();
    int cost = len + extra + ADDRESS;
    long now = produced;
    if (now - consumed + cost > limit) {
      return false;
    }
    int size = size(len + extra);
    Segment s = write;
    int at = s == null ? -1 : place(s, size);
    if (s == null || at < 0) {
      s = grow(s, size);
      at = place(s, size);
    }
    put(s.buf, at, data, off, len, a);
    TAIL.setRelease(s, s.tail + size);
    produced = now + cost;
    return true;
  }

  private Segment grow(@Nullable Segment full, int size) {
    int capacity = full == null ? smallest : full.buf.length * 2;
    while (capacity < 2 * size) {
      capacity *= 2;
    }
    Segment s = new Segment(capacity);
    write = s;
    if (full == null) {
      read = s;
    } else {
      full.next = s;
    }
    return s;
  }

  /** Where a record of {@code size} goes, after a skip mark if need be; -1 without room. */
  private static int place(Segment s, int size) {
    int capacity = s.buf.length;
    long tail = s.tail;
    int at = (int) (tail & capacity - 1);
    int skip = at + size > capacity ? capacity - at : 0;
    if (tail + skip + size - s.head > capacity) {
      return -1;
    }
    if (skip > 0) {
      BigEndian.put32(s.buf, at, -1);
      TAIL.setRelease(s, tail + skip);
      return 0;
    }
    return at;
  }

  private static void put(byte[] buf, int at, byte[] data, int off, int len, Arrival a) {
    BigEndian.put32(buf, at, len);
    BigEndian.put32(buf, at + 4, a.family.ordinal() << 16 | a.fromPort);
    BigEndian.put64(buf, at + 8, a.fromHi);
    BigEndian.put64(buf, at + 16, a.fromLo);
    BigEndian.put64(buf, at + 24, a.toHi);
    BigEndian.put64(buf, at + 32, a.toLo);
    BigEndian.put32(buf, at + 40, a.ttl << 8 | a.tos);
    BigEndian.put32(buf, at + 44, a.ifindex);
    BigEndian.put64(buf, at + 48, a.nanos);
    int extra = a.headersAsked();
    BigEndian.put32(buf, at + 56, a.toPort << 16 | extra);
    BigEndian.put32(buf, at + 60, a.asked << 8 | a.firstHeader);
    System.arraycopy(data, off, buf, at + HEADER, len);
    if (extra > 0) {
      System.arraycopy(a.headers(), a.headersOff, buf, at + HEADER + len, extra);
    }
  }

  /** Bytes of a record. */
  private static int size(int len) {
    return HEADER + (len + 7 & ~7);
  }

  /** The oldest datagram, or null. By the reader. */
  @Nullable Datagram poll(boolean peek) {
    Segment s = oldest();
    if (s == null) {
      return null;
    }
    int at = place(s);
    int len = BigEndian.get32(s.buf, at);
    Datagram d = get(s.buf, at, len);
    if (!peek) {
      taken(s, at, len);
    }
    return d;
  }

  /**
   * Copies of the oldest datagram what fits; the rest of it is lost. By the reader.
   *
   * @param about is told where it came from; null = nobody asks
   * @return its length, or -1: there is none
   */
  int poll(byte[] to, int off, int most, @Nullable Arrival about, boolean peek) {
    Segment s = oldest();
    if (s == null) {
      return -1;
    }
    int at = place(s);
    int len = BigEndian.get32(s.buf, at);
    System.arraycopy(s.buf, at + HEADER, to, off, Math.min(len, most));
    if (about != null) {
      get(s.buf, at, about);
    }
    if (!peek) {
      taken(s, at, len);
    }
    return len;
  }

  /** The segment at whose head the oldest datagram is, or null. */
  private @Nullable Segment oldest() {
    if (produced == consumed) {
      return null; // a datagram is there once it is counted, to everybody
    }
    Segment s = read;
    while (s != null) {
      Segment next = s.next; // before the tail: what was written earlier is then seen
      long head = s.head;
      if (head == s.tail) {
        s = next;
        if (next != null) {
          read = next;
        }
        continue;
      }
      int at = place(s);
      if (BigEndian.get32(s.buf, at) >= 0) {
        return s;
      }
      HEAD.setRelease(s, head + s.buf.length - at);
    }
    return null;
  }

  private static int place(Segment s) {
    return (int) (s.head & s.buf.length - 1);
  }

  private void taken(Segment s, int at, int len) {
    int all = len + BigEndian.get16(s.buf, at + 58);
    HEAD.setRelease(s, s.head + size(all));
    CONSUMED.setRelease(this, consumed + all + ADDRESS);
  }

  private static void get(byte[] buf, int at, Arrival a) {
    int word = BigEndian.get32(buf, at + 4);
    a.family = word >>> 16 == 0 ? Family.INET : Family.INET6;
    a.fromPort = word & 0xffff;
    a.fromHi = BigEndian.get64(buf, at + 8);
    a.fromLo = BigEndian.get64(buf, at + 16);
    a.toHi = BigEndian.get64(buf, at + 24);
    a.toLo = BigEndian.get64(buf, at + 32);
    int bits = BigEndian.get32(buf, at + 40);
    a.ttl = bits >>> 8;
    a.tos = bits & 0xff;
    a.ifindex = BigEndian.get32(buf, at + 44);
    a.nanos = BigEndian.get64(buf, at + 48);
    a.toPort = BigEndian.get16(buf, at + 56);
  }

  private static Datagram get(byte[] buf, int at, int len) {
    byte[] data = new byte[len];
    System.arraycopy(buf, at + HEADER, data, 0, len);
    int word = BigEndian.get32(buf, at + 4);
    Family family = word >>> 16 == 0 ? Family.INET : Family.INET6;
    int bits = BigEndian.get32(buf, at + 40);
    Datagram d =
        new Datagram(
            data,
            address(family, buf, at + 8, at),
            word & 0xffff,
            address(family, buf, at + 24, at),
            bits >>> 8,
            bits & 0xff,
            BigEndian.get32(buf, at + 44),
            BigEndian.get16(buf, at + 56),
            BigEndian.get64(buf, at + 48),
            List.of());
    int asked = BigEndian.get32(buf, at + 60);
    int headers = BigEndian.get16(buf, at + 58);
    return asked >>> 8 == 0
        ? d
        : d.with(Cmsg.received(asked >>> 8, d, buf, at + HEADER + len, headers, asked & 0xff));
  }

  /** An address; one of link scope belongs to the zone of the interface that it came by. */
  private static IpAddress address(Family family, byte[] buf, int from, int at) {
    long hi = BigEndian.get64(buf, from);
    long lo = BigEndian.get64(buf, from + 8);
    if (family == Family.INET) {
      return IpAddress.ofKey(family, hi, lo);
    }
    Ip6Address a = new Ip6Address(hi, lo, 0);
    return a.needsZone() ? a.withScope(BigEndian.get32(buf, at + 44)) : a;
  }
}
