package cellblock.inet.ip;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip4Header;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments together (ancestor: netinet/ip_reass.c). Kept from there: limits per packet,
 * packets and fragments; of a new fragment and one that begins at or before it the older one's
 * bytes stay, of those that begin behind it the newer one's; a fragment that is covered is dropped;
 * ECN is merged as RFC 3168 asks; no ICMP error at a timeout. Differs: a packet is copied into one
 * buffer when it is whole; queues of one vnet have one list by age, hence one timer.
 *
 * <p>Threading: turns of the vnet's lane. Nothing is allocated once warm.
 */
public final class Ip4Reassembly {
  private static final long SECOND = 1_000_000_000L;
  private static final int BUCKETS = 16;

  /** The fragments of one packet, by offset. */
  private static final class Queue {
    int id;
    int protocol;
    int source;
    int destination;
    @Nullable InIfinfo from;
    @Nullable Mbuf first;
    int fragments;
    int ecn;
    long deadline;
    @Nullable Queue nextInBucket;
    @Nullable Queue older;
    @Nullable Queue newer;
  }

  private final Vnet vnet;
  private final Ip4Stats stats;
  private final Ip4Settings settings;
  private final Callout timer;
  private @Nullable Queue @Nullable [] buckets;
  private @Nullable Queue oldest;
  private @Nullable Queue newest;
  private @Nullable Queue spare;
  private int packets;
  private int fragments;

  public Ip4Reassembly(Vnet vnet, Ip4Stats stats, Ip4Settings settings) {
    this.vnet = vnet;
    this.stats = stats;
    this.settings = settings;
    this.timer = vnet.callout("ipreass", this::expire);
  }

  /** Packets of which some fragments are here: net.inet.ip.fragpackets. */
  public int packets() {
    return packets;
  }

  /** Fragments that are here: net.inet.ip.curfrags. */
  public int fragments() {
    return fragments;
  }

  /**
   * Takes a fragment whose header was validated, from interface {@code from}. Returns the whole
   * packet when this was the missing piece, header in host form as if it had come so; else null.
   */
  public @Nullable Mbuf input(Mbuf m, InIfinfo from) {
    stats.fragments++;
    int header = Ip4Header.headerLength(m.buf, m.off);
    int data = m.len - header;
    int offset = Ip4Header.fragmentOffset(m.buf, m.off);
    boolean more = Ip4Header.moreFragments(m.buf, m.off);
    if (settings.maxfragsperpacket <= 0
        || settings.maxfragpackets == 0
        || (settings.maxfrags >= 0 && fragments >= settings.maxfrags)) {
      return drop(m, DropReason.IP_FRAGMENT_LIMIT);
    }
    if (data == 0 || (more && (data & 7) != 0) || offset + data > Ip4Header.MAXIMUM_PACKET) {
      stats.toolong++;
      return drop(m, DropReason.IP_FRAGMENT_BAD);
    }
    Queue q = find(m);
    if (q == null) {
      q = create(m, from);
    } else if (!mergeEcn(q, Ip4Header.tos(m.buf, m.off) & Ip4Header.ECN_CE)) {
      return drop(m, DropReason.IP_FRAGMENT_BAD);
    }
    return insert(q, m);
  }

  private @Nullable Mbuf drop(Mbuf m, DropReason reason) {
    stats.fragdropped++;
    vnet.drop(m, reason);
    return null;
  }

  private static boolean mergeEcn(Queue q, int ecn) {
    if (ecn == Ip4Header.ECN_CE) {
      if (q.ecn == 0) {
        return false;
      }
      q.ecn = ecn;
    }
    return ecn != 0 || q.ecn == 0;
  }

  // ---- the fragments of one packet ----

  private static int offset(Mbuf m) {
    return Ip4Header.fragmentOffset(m.buf, m.off);
  }

  private static int end(Mbuf m) {
    return offset(m) + m.len - Ip4Header.headerLength(m.buf, m.off);
  }

  private @Nullable Mbuf insert(Queue q, Mbuf m) {
    Mbuf before = null;
    Mbuf after = q.first;
    while (after != null && offset(after) <= offset(m)) {
      before = after;
      after = after.nextPacket;
    }
    if (before != null && !trimFront(m, end(before))) {
      return drop(m, DropReason.IP_FRAGMENT_OVERLAP);
    }
    while (after != null && offset(after) < end(m)) {
      Mbuf next = after.nextPacket;
      if (trimFront(after, end(m))) {
        break;
      }
      q.fragments--;
      fragments--;
      drop(after, DropReason.IP_FRAGMENT_OVERLAP);
      after = next;
    }
    m.nextPacket = after;
    if (before == null) {
      q.first = m;
    } else {
      before.nextPacket = m;
    }
    q.fragments++;
    fragments++;
    return whole(q);
  }

  /**
   * Cuts what lies before {@code offset} of the packet off a fragment; false if nothing is left.
   */
  private static boolean trimFront(Mbuf m, int offset) {
    int cut = offset - offset(m);
    if (cut <= 0) {
      return true;
    }
    int header = Ip4Header.headerLength(m.buf, m.off);
    if (cut >= m.len - header) {
      return false;
    }
    int field = Ip4Header.offsetField(m.buf, m.off) + (cut >> 3);
    System.arraycopy(m.buf, m.off, m.buf, m.off + cut, header);
    m.adjust(cut);
    Ip4Header.putOffsetField(m.buf, m.off, field);
    return true;
  }

  private @Nullable Mbuf whole(Queue q) {
    int next = 0;
    Mbuf last = null;
    for (Mbuf f = q.first; f != null; f = f.nextPacket) {
      if (offset(f) != next) {
        return incomplete(q);
      }
      next = end(f);
      last = f;
    }
    if (last == null || Ip4Header.moreFragments(last.buf, last.off)) {
      return incomplete(q);
    }
    return join(q, next);
  }

  private @Nullable Mbuf incomplete(Queue q) {
    if (q.fragments > settings.maxfragsperpacket) {
      discard(q, DropReason.IP_FRAGMENT_LIMIT);
    }
    return null;
  }

  private @Nullable Mbuf join(Queue q, int data) {
    Mbuf first = q.first;
    if (first == null) {
      return null;
    }
    int header = Ip4Header.headerLength(first.buf, first.off);
    if (header + data > Ip4Header.MAXIMUM_PACKET) {
      stats.toolong++;
      discard(q, DropReason.IP_FRAGMENT_BAD);
      return null;
    }
    Mbuf whole = vnet.mbufs().alloc(header + data);
    System.arraycopy(first.buf, first.off, whole.buf, whole.off, header);
    whole.flags = first.flags;
    whole.fib = first.fib;
    whole.flowId = first.flowId;
    whole.csumFlags = first.csumFlags & Mbuf.CSUM_IP_VALID;
    for (Mbuf f = first; f != null; ) {
      Mbuf next = f.nextPacket;
      int own = Ip4Header.headerLength(f.buf, f.off);
      System.arraycopy(f.buf, f.off + own, whole.buf, whole.off + header + offset(f), f.len - own);
      vnet.mbufs().free(f);
      f = next;
    }
    Ip4Header.putTotalLength(whole.buf, whole.off, header + data);
    Ip4Header.putOffsetField(whole.buf, whole.off, 0);
    Ip4Header.putTos(whole.buf, whole.off, Ip4Header.tos(whole.buf, whole.off) | q.ecn);
    Ip4Header.fillChecksum(whole.buf, whole.off);
    stats.reassembled++;
    unlink(q);
    return whole;
  }

  // ---- the queues ----

  private static int hash(int id, int source, int destination, int protocol) {
    int h = (id ^ source * 0x9e3779b1 ^ destination * 0x85ebca6b ^ protocol) * 0xc2b2ae35;
    return (h ^ h >>> 16) & BUCKETS - 1;
  }

  private @Nullable Queue find(Mbuf m) {
    @Nullable Queue[] table = buckets;
    if (table == null) {
      return null;
    }
    int id = Ip4Header.id(m.buf, m.off);
    int protocol = Ip4Header.protocol(m.buf, m.off);
    int source = Ip4Header.source(m.buf, m.off);
    int destination = Ip4Header.destination(m.buf, m.off);
    Queue q = table[hash(id, source, destination, protocol)];
    while (q != null
        && !(q.id == id
            && q.source == source
            && q.destination == destination
            && q.protocol == protocol)) {
      q = q.nextInBucket;
    }
    return q;
  }

  private Queue create(Mbuf m, InIfinfo from) {
    int most = settings.maxfragpackets;
    Queue victim = oldest;
    if (most > 0 && packets >= most && victim != null) {
      stats.fragtimeout += victim.fragments;
      discardCounted(victim, DropReason.IP_FRAGMENT_LIMIT);
    }
    Queue q = spare;
    if (q == null) {
      q = new Queue();
    } else {
      spare = q.nextInBucket;
    }
    q.id = Ip4Header.id(m.buf, m.off);
    q.protocol = Ip4Header.protocol(m.buf, m.off);
    q.source = Ip4Header.source(m.buf, m.off);
    q.destination = Ip4Header.destination(m.buf, m.off);
    q.ecn = Ip4Header.tos(m.buf, m.off) & Ip4Header.ECN_CE;
    q.from = from;
    q.deadline = vnet.lane().now() + settings.fragttl * SECOND;
    link(q);
    return q;
  }

  private void link(Queue q) {
    @Nullable Queue[] table = buckets;
    if (table == null) {
      table = new Queue[BUCKETS];
      buckets = table;
    }
    int at = hash(q.id, q.source, q.destination, q.protocol);
    q.nextInBucket = table[at];
    table[at] = q;
    q.older = newest;
    q.newer = null;
    if (newest == null) {
      oldest = q;
    } else {
      newest.newer = q;
    }
    newest = q;
    packets++;
    if (!timer.pending()) {
      timer.reset(q.deadline - vnet.lane().now());
    }
  }

  /** Takes an empty queue out of the tables and keeps it for the next packet. */
  private void unlink(Queue q) {
    fragments -= q.fragments;
    q.fragments = 0;
    q.first = null;
    q.from = null;
    @Nullable Queue[] table = buckets;
    if (table != null) {
      int at = hash(q.id, q.source, q.destination, q.protocol);
      Queue b = table[at];
      if (b == q) {
        table[at] = q.nextInBucket;
      } else {
        while (b != null && b.nextInBucket != q) {
          b = b.nextInBucket;
        }
        if (b != null) {
          b.nextInBucket = q.nextInBucket;
        }
      }
    }
    if (q.older == null) {
      oldest = q.newer;
    } else {
      q.older.newer = q.newer;
    }
    if (q.newer == null) {
      newest = q.older;
    } else {
      q.newer.older = q.older;
    }
    q.older = null;
    q.newer = null;
    q.nextInBucket = spare;
    spare = q;
    packets--;
  }

  private void discard(Queue q, DropReason reason) {
    stats.fragdropped += q.fragments;
    discardCounted(q, reason);
  }

  private void discardCounted(Queue q, DropReason reason) {
    for (Mbuf f = q.first; f != null; ) {
      Mbuf next = f.nextPacket;
      vnet.drop(f, reason);
      f = next;
    }
    unlink(q);
  }

  private void expire() {
    long now = vnet.lane().now();
    for (Queue q = oldest; q != null && q.deadline <= now; q = oldest) {
      stats.fragtimeout += q.fragments;
      discardCounted(q, DropReason.IP_FRAGMENT_TIMEOUT);
    }
    Queue q = oldest;
    if (q != null) {
      timer.reset(q.deadline - now);
    }
  }

  /** Drops what came by an interface that leaves: ipreass_cleanup. */
  public void interfaceLeft(InIfinfo gone) {
    for (Queue q = oldest; q != null; ) {
      Queue next = q.newer;
      if (q.from == gone) {
        discard(q, DropReason.STALE_INTERFACE);
      }
      q = next;
    }
  }

  /** Drops everything: the shutdown stage. */
  public void drain() {
    for (Queue q = oldest; q != null; q = oldest) {
      discard(q, DropReason.VNET_DYING);
    }
    timer.stop();
  }
}
