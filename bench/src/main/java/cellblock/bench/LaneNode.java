package cellblock.bench;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufInput;
import cellblock.wire.Checksum;
import java.util.Arrays;

/**
 * A vnet's packet path in miniature: bytes are copied and summed, headers are written and changed.
 */
abstract class LaneNode implements MbufInput {
  static final int MSS = 1448;
  static final int HEADERS = 54;
  static final int WINDOW = 128;

  final LaneDomain domain;
  long received;
  long dropped;

  LaneNode(LaneDomain domain) {
    this.domain = domain;
  }

  @Override
  public final int generation() {
    return 0;
  }

  @Override
  public final void drop(Mbuf m, DropReason reason) {
    dropped++;
    domain.pool.free(m);
  }

  final void send(Mbuf m, LaneNode to) {
    if (!domain.offer(m, to)) {
      drop(m, DropReason.INBOX_FULL);
    }
  }

  /** A datagram with an IPv4 header of 20 bytes at its start. */
  final Mbuf small(int ttl) {
    Mbuf m = domain.pool.alloc(64);
    byte[] b = m.buf;
    int o = m.off;
    Arrays.fill(b, o, o + 20, (byte) 0);
    b[o] = 0x45;
    b[o + 3] = 64;
    b[o + 8] = (byte) ttl;
    b[o + 9] = 17;
    int sum = Checksum.of(b, o, 20);
    b[o + 10] = (byte) (sum >>> 8);
    b[o + 11] = (byte) sum;
    return m;
  }

  /**
   * One hop: the header is verified, its TTL counted down, its sum updated. False = it ends here.
   */
  final boolean hop(Mbuf m) {
    byte[] b = m.buf;
    int o = m.off;
    if (!Checksum.verifies(b, o, 20)) {
      throw new IllegalStateException("header checksum");
    }
    if (b[o + 8] <= 1) {
      return false;
    }
    b[o + 8]--;
    int sum = ((b[o + 10] & 0xff) << 8 | (b[o + 11] & 0xff)) + 0x100;
    sum = (sum & 0xffff) + (sum >>> 16);
    b[o + 10] = (byte) (sum >>> 8);
    b[o + 11] = (byte) sum;
    return true;
  }

  /** Sends datagrams in bursts, and counts those that end here. */
  static final class Station extends LaneNode {
    LaneNode next;

    Station(LaneDomain domain) {
      super(domain);
    }

    void burst(int n, int ttl) {
      for (int i = 0; i < n; i++) {
        send(small(ttl), next);
      }
    }

    @Override
    public void input(Mbuf m) {
      if (hop(m) && next != null) {
        send(m, next);
      } else {
        received++;
        domain.pool.free(m);
      }
    }
  }

  /** Counts and ends what comes. */
  static final class Sink extends LaneNode {
    Sink(LaneDomain domain) {
      super(domain);
    }

    @Override
    public void input(Mbuf m) {
      hop(m);
      received++;
      domain.pool.free(m);
    }
  }

  /** One end of a byte stream: copies and sums what it sends and what it gets, acknowledges. */
  static final class StreamEnd extends LaneNode {
    private final byte[] user = new byte[1 << 16];
    private final byte[] sums = new byte[2];
    LaneNode peer;
    int inFlight;
    volatile boolean open;
    Thread writer;
    private int at;
    private int unacknowledged;

    StreamEnd(LaneDomain domain) {
      super(domain);
    }

    /** Sends until the window is full. */
    void fill() {
      open = false;
      while (inFlight < WINDOW) {
        Mbuf m = domain.pool.alloc(MSS + HEADERS);
        m.flags = 0;
        System.arraycopy(user, at, m.buf, m.off + HEADERS, MSS);
        int sum = Checksum.of(m.buf, m.off + HEADERS, MSS);
        m.buf[m.off] = (byte) (sum >>> 8);
        m.buf[m.off + 1] = (byte) sum;
        at = (at + MSS) & 0x3fff;
        inFlight++;
        send(m, peer);
      }
    }

    @Override
    public void input(Mbuf m) {
      if (m.len == HEADERS) {
        inFlight -= 2;
        domain.pool.free(m);
        if (!open && inFlight <= WINDOW / 2) {
          open = true;
          domain.wake(writer);
        }
        return;
      }
      int sum = Checksum.of(m.buf, m.off + HEADERS, MSS);
      sums[0] |= (byte) (m.buf[m.off] ^ (sum >>> 8));
      sums[1] |= (byte) (m.buf[m.off + 1] ^ sum);
      System.arraycopy(m.buf, m.off + HEADERS, user, at, MSS);
      at = (at + MSS) & 0x3fff;
      received += MSS;
      domain.pool.free(m);
      if (++unacknowledged == 2) {
        unacknowledged = 0;
        send(domain.pool.alloc(HEADERS), peer);
      }
    }

    void check() {
      if ((sums[0] | sums[1]) != 0) {
        throw new IllegalStateException("payload checksum");
      }
    }
  }

  /** One end of a conversation of single bytes between two threads. */
  static final class TalkEnd extends LaneNode {
    LaneNode peer;
    Thread reader;
    volatile int arrived;

    TalkEnd(LaneDomain domain) {
      super(domain);
    }

    void say() {
      send(small(8), peer);
    }

    @Override
    public void input(Mbuf m) {
      hop(m);
      domain.pool.free(m);
      arrived++;
      domain.wake(reader);
    }
  }
}
