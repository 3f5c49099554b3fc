package cellblock.net.epair;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The frames that are under way on a cable with a {@link LinkModel}: each stands in the ledger of
 * the sender's vnet with the moment when it comes out, and one callout wakes for the first of them.
 * Ancestor: dummynet_task of netpfil/ipfw/ip_dn_io.c. Threading: turns of the sender's lane.
 */
final class LinkQueue {
  /** Most bytes of buffers that one cable holds. */
  private static final long HELD_BYTES = 64L << 20;

  /** Most frames that one cable holds. */
  private static final int HELD_FRAMES = 65_536;

  /** Where frames come out. */
  interface Outlet {
    /** Takes {@code m}; it was sent as {@code flags} say. */
    void deliver(Ifnet ifp, Mbuf m);
  }

  /** A frame and when it comes out; those of one moment come in their order. */
  private record Held(Mbuf mbuf, long at, long order, Ledger.Entry entry)
      implements Comparable<Held> {
    @Override
    public int compareTo(Held other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Outlet outlet;
  private final PriorityQueue<Held> held = new PriorityQueue<>();
  private final ArrayDeque<Long> departures = new ArrayDeque<>();
  private LinkModel model = LinkModel.NONE;
  private long random;
  private @Nullable Vnet timed;
  private @Nullable Callout callout;
  private @Nullable Ifnet self;
  private long bytes;
  private long order;
  private long lineFree;
  private long lastOut;
  private long frames;
  private long lost;
  private long full;
  private long duplicated;
  private long reordered;
  private long corrupted;

  /**
   * @param seed of everything that happens by chance on this cable
   */
  LinkQueue(long seed, Outlet outlet) {
    this.random = seed;
    this.outlet = outlet;
  }

  LinkModel model() {
    return model;
  }

  /** From now on; what is under way already keeps its time. */
  void model(LinkModel now) {
    model = now;
  }

  LinkStats stats() {
    return new LinkStats(frames, lost, full, duplicated, reordered, corrupted, held.size());
  }

  /** Takes a frame that {@code ifp} sends; an error is one that the sender is told. */
  @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    Vnet here = ifp.vnet();
    frames++;
    if (chance(model.lossPpm())) {
      lost++;
      ifp.sent(m.len, m.flags);
      here.drop(m, DropReason.LINK_LOSS);
      return null;
    }
    long now = here.lane().now();
    if (overfull(now, m)) {
      return refuse(ifp, m);
    }
    ifp.sent(m.len, m.flags);
    if (chance(model.corruptPpm()) && m.len > 0) {
      corrupted++;
      int bit = (int) Long.remainderUnsigned(next(), m.len * 8L);
      m.buf[m.off + (bit >>> 3)] ^= (byte) (1 << (bit & 7));
      m.csumFlags = 0;
    }
    Mbuf twin = chance(model.duplicatePpm()) ? here.mbufs().copy(m) : null;
    hold(ifp, m, now);
    if (twin != null) {
      if (overfull(now, twin)) {
        full++;
        here.drop(twin, DropReason.LINK_QUEUE_FULL);
      } else {
        duplicated++;
        hold(ifp, twin, now);
      }
    }
    if (!held.isEmpty()) {
      schedule(ifp, now);
    }
    return null;
  }

  private Errno refuse(Ifnet ifp, Mbuf m) {
    full++;
    ifp.counters().oqdrops++;
    ifp.vnet().drop(m, DropReason.LINK_QUEUE_FULL);
    return Errno.ENOBUFS;
  }

  private boolean overfull(long now, Mbuf m) {
    if (bytes + m.buf.length > HELD_BYTES || held.size() >= HELD_FRAMES) {
      return true;
    }
    if (model.rateBits() == 0) {
      return model.queue() > 0 && held.size() >= model.queue();
    }
    while (!departures.isEmpty() && departures.peekFirst() <= now) {
      departures.removeFirst();
    }
    int slots = model.queue() == 0 ? LinkModel.DEFAULT_QUEUE : model.queue();
    return departures.size() > slots; // one more is on the line itself
  }

  private void hold(Ifnet ifp, Mbuf m, long now) {
    long sent = now;
    if (model.rateBits() > 0) {
      sent = Math.max(now, lineFree) + model.serialization(m.len);
      lineFree = sent;
      departures.addLast(sent);
    }
    long at = sent;
    if (chance(model.reorderPpm())) {
      reordered++;
    } else {
      at = Math.max(lastOut, sent + Math.max(0, model.delayNanos() + jitter()));
      lastOut = at;
    }
    if (at <= now && held.isEmpty()) {
      outlet.deliver(ifp, m);
      return;
    }
    Ledger.Entry entry = ifp.vnet().ledger().enter(LedgerKind.MBUF, this, null);
    held.add(new Held(m, at, order++, entry));
    bytes += m.buf.length;
  }

  private long jitter() {
    long most = model.jitterNanos();
    return most == 0 ? 0 : Long.remainderUnsigned(next(), 2 * most + 1) - most;
  }

  private void schedule(Ifnet ifp, long now) {
    Held first = held.peek();
    if (first == null) {
      return;
    }
    Callout timer = callout;
    if (timer == null || timed != ifp.vnet()) {
      timer = ifp.vnet().callout(this, this::due);
      timed = ifp.vnet();
      callout = timer;
    }
    self = ifp;
    if (!timer.pending() || timer.deadline() != first.at()) {
      timer.reset(Math.max(0, first.at() - now));
    }
  }

  /** The callout: lets out what is due. */
  private void due() {
    Ifnet ifp = self;
    if (ifp == null) {
      return;
    }
    long now = ifp.vnet().lane().now();
    for (Held h = held.peek(); h != null && h.at() <= now; h = held.peek()) {
      outlet.deliver(ifp, take());
    }
    schedule(ifp, now);
  }

  private Mbuf take() {
    Held h = held.remove();
    h.entry().leave();
    bytes -= h.mbuf().buf.length;
    return h.mbuf();
  }

  /** The model goes: everything comes out now, in order, and no timer stays. */
  void release(Ifnet ifp) {
    stop();
    while (!held.isEmpty()) {
      outlet.deliver(ifp, take());
    }
  }

  /** The interface leaves its vnet: what is under way is lost. */
  void drain(Ifnet ifp) {
    stop();
    while (!held.isEmpty()) {
      ifp.vnet().drop(take(), DropReason.STALE_INTERFACE);
    }
  }

  private void stop() {
    if (callout != null) {
      callout.stop();
    }
    callout = null;
    timed = null;
    self = null;
    departures.clear();
    lineFree = 0;
    lastOut = 0;
  }

  private boolean chance(int ppm) {
    return ppm > 0 && Long.remainderUnsigned(next(), LinkModel.ALWAYS) < ppm;
  }

  /** SplitMix64: a state of eight bytes, so that a model costs an end next to nothing. */
  private long next() {
    random += 0x9e3779b97f4a7c15L;
    long z = random;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  @Override
  public String toString() {
    return "link of " + self;
  }
}
