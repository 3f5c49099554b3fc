package cellblock.kern.mbuf;

import cellblock.kern.drop.DropReason;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.LaneItem;
import org.jspecify.annotations.Nullable;

/**
 * A packet: a window [{@code off}, {@code off + len}) on one buffer, with room before it for
 * headers (ancestor: sys/sys/mbuf.h; one contiguous buffer in place of a chain).
 *
 * <p>It has one holder at a time: whoever is handed an mbuf passes it on, or frees it. Threading:
 * the lane of its holder. Fields are public because every room on the packet's path reads them.
 */
public final class Mbuf extends LaneItem {
  /** Sent as link-level broadcast (M_BCAST). */
  public static final int M_BCAST = 0x10;

  /** Sent as link-level multicast (M_MCAST). */
  public static final int M_MCAST = 0x20;

  /** Has come through a loopback interface (M_LOOP). */
  public static final int M_LOOP = 0x40;

  /** An answer of this host's own that firewalls are not to look at (M_SKIP_FIREWALL). */
  public static final int M_SKIP_FIREWALL = 0x80;

  /** IP header checksum is known to be good, or left to the link (CSUM_IP). */
  public static final int CSUM_IP_VALID = 0x1;

  /** Transport checksum is known to be good (CSUM_DATA_VALID). */
  public static final int CSUM_DATA_VALID = 0x2;

  /**
   * Transport checksum is left to whoever puts the packet on a link that asks for it
   * (CSUM_TCP/UDP).
   */
  public static final int CSUM_DATA_DELAYED = 0x4;

  /** The bytes. */
  public byte[] buf;

  /** Start of the packet in {@link #buf}. */
  public int off;

  /** Bytes of the packet from {@link #off}. */
  public int len;

  /** M_* bits. */
  public int flags;

  /** CSUM_* bits. */
  public int csumFlags;

  /** Payload bytes a segment may carry where the link cuts this large packet; 0 = do not cut. */
  public int segmentSize;

  /** Flow hash, 0 = none. */
  public int flowId;

  /** FIB that looks its destination up (M_GETFIB). */
  public int fib;

  /** Priority code point of the frame it leaves in, plus one; 0 = the interface decides. */
  public int priority;

  /** Bridges that it has passed since it was last taken in by a host. */
  public int hops;

  /** Link of whatever queue holds the packet: reassembly, neighbour, socket. */
  public @Nullable Mbuf nextPacket;

  private @Nullable MbufInput sink;
  private int sinkGeneration;
  final MbufPool home;
  @Nullable Mbuf nextFree;
  boolean free;

  Mbuf(MbufPool home, int capacity) {
    this.home = home;
    this.buf = new byte[capacity];
  }

  /** Addresses the packet to {@code input}'s lane: weakly, by its generation now. */
  public void direct(MbufInput input, int generation) {
    sink = input;
    sinkGeneration = generation;
  }

  /** Forgets the receiver: a free mbuf keeps no interface reachable. */
  void undirect() {
    sink = null;
  }

  /** Room before the packet, in bytes. */
  public int headroom() {
    return off;
  }

  /** Room behind the packet, in bytes. */
  public int tailroom() {
    return buf.length - off - len;
  }

  /** Grows the packet at the front: M_PREPEND. The caller made sure of the {@link #headroom}. */
  public void prepend(int bytes) {
    off -= bytes;
    len += bytes;
    if (off < 0) {
      throw new IllegalStateException("no headroom for " + bytes + " bytes");
    }
  }

  /** Cuts bytes off the front (positive) or the end (negative): m_adj. */
  public void adjust(int bytes) {
    if (bytes >= 0) {
      off += bytes;
      len -= bytes;
    } else {
      len += bytes;
    }
  }

  @Override
  protected void run(Lane lane) {
    MbufInput to = sink;
    sink = null;
    if (to == null) {
      throw new IllegalStateException("mbuf in an inbox without a receiver");
    }
    if (to.generation() == sinkGeneration) {
      to.input(this);
    } else {
      to.drop(this, DropReason.STALE_INTERFACE);
    }
  }

  @Override
  protected void discard(Lane lane) {
    MbufInput to = sink;
    sink = null;
    if (to != null) {
      to.drop(this, DropReason.QUARANTINED);
    }
  }

  @Override
  public String toString() {
    return len + " bytes" + (sink == null ? "" : " for " + sink);
  }

  @Override
  protected boolean bounded() {
    return true;
  }
}
