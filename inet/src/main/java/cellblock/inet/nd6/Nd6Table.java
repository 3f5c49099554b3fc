package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.drop.DropReason;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The IPv6 neighbours of one vnet, of all its interfaces (ancestor: struct lltable). A lookup
 * allocates nothing. Threading: turns of the vnet's lane.
 */
final class Nd6Table {
  private static final Comparator<Nd6Entry> ORDER =
      Comparator.<Nd6Entry>comparingInt(e -> e.in.ifnet().index())
          .thenComparing((a, b) -> Long.compareUnsigned(a.hi, b.hi))
          .thenComparing((a, b) -> Long.compareUnsigned(a.lo, b.lo));

  private final Ip6 ip;
  private final Vnet vnet;
  private final Consumer<Nd6Entry> expired;
  private @Nullable Nd6Entry[] buckets = new Nd6Entry[4];
  private int size;

  Nd6Table(Ip6 ip, Consumer<Nd6Entry> expired) {
    this.ip = ip;
    this.vnet = ip.vnet;
    this.expired = expired;
  }

  Callout timer(Nd6Entry e) {
    return vnet.callout(e, () -> expired.accept(e));
  }

  private static int spread(long hi, long lo) {
    return (int) ((hi ^ Long.rotateLeft(lo, 23)) * 0x9e3779b97f4a7c15L >>> 40);
  }

  @Nullable Nd6Entry find(In6Ifinfo in, long hi, long lo) {
    Nd6Entry e = buckets[spread(hi, lo) & buckets.length - 1];
    while (e != null && (e.lo != lo || e.hi != hi || e.in != in)) {
      e = e.next;
    }
    return e;
  }

  int size() {
    return size;
  }

  Nd6Entry create(In6Ifinfo in, long hi, long lo) {
    if (size >= 2 * buckets.length) {
      List<Nd6Entry> all = list();
      buckets = new Nd6Entry[buckets.length * 2];
      all.forEach(this::link);
    }
    Nd6Entry e = new Nd6Entry(in, hi, lo, this);
    e.line = vnet.ledger().enter(LedgerKind.NEIGHBOR, e, null);
    link(e);
    size++;
    return e;
  }

  private void link(Nd6Entry e) {
    int at = spread(e.hi, e.lo) & buckets.length - 1;
    e.next = buckets[at];
    buckets[at] = e;
  }

  /** Takes an entry out and drops what it held. */
  void remove(Nd6Entry gone) {
    int at = spread(gone.hi, gone.lo) & buckets.length - 1;
    Nd6Entry e = buckets[at];
    if (e == gone) {
      buckets[at] = gone.next;
    } else {
      while (e != null && e.next != gone) {
        e = e.next;
      }
      if (e == null) {
        return;
      }
      e.next = gone.next;
    }
    size--;
    gone.timer.stop();
    if (gone.group != null) {
      ip.multicast.leave(gone.group);
      gone.group = null;
    }
    for (Mbuf m = gone.takeHeld(); m != null; m = gone.takeHeld()) {
      vnet.drop(m, DropReason.ND6_UNRESOLVED);
    }
    if (gone.line != null) {
      gone.line.leave();
      gone.line = null;
    }
  }

  void removeIf(Predicate<Nd6Entry> which) {
    for (Nd6Entry e : list()) {
      if (which.test(e)) {
        remove(e);
      }
    }
  }

  /** All entries, by interface and address. */
  List<Nd6Entry> list() {
    List<Nd6Entry> all = new ArrayList<>(size);
    for (Nd6Entry first : buckets) {
      for (Nd6Entry e = first; e != null; e = e.next) {
        all.add(e);
      }
    }
    all.sort(ORDER);
    return all;
  }
}
