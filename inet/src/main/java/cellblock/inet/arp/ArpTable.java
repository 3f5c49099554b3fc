package cellblock.inet.arp;

import cellblock.kern.drop.DropReason;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of one vnet, of all its interfaces (ancestor: struct lltable; one table in place
 * of one an interface). Threading: turns of the vnet's lane. A lookup allocates nothing.
 */
final class ArpTable {
  private final Vnet vnet;
  private final ArpStats stats;
  private final Consumer<ArpEntry> expired;
  private final Map<Ifnet, ArpEntry> byInterface = new LinkedHashMap<>(2);
  private @Nullable ArpEntry[] buckets = new ArpEntry[4];
  private int size;

  ArpTable(Vnet vnet, ArpStats stats, Consumer<ArpEntry> expired) {
    this.vnet = vnet;
    this.stats = stats;
    this.expired = expired;
  }

  Callout timer(ArpEntry e) {
    return vnet.callout(e, () -> expired.accept(e));
  }

  private static int spread(int address) {
    int h = address * 0x9e3779b1;
    return h ^ h >>> 15;
  }

  @Nullable ArpEntry find(Ifnet ifp, int address) {
    ArpEntry e = buckets[spread(address) & buckets.length - 1];
    while (e != null && (e.address != address || e.ifp != ifp)) {
      e = e.next;
    }
    return e;
  }

  ArpEntry create(Ifnet ifp, int address) {
    if (size >= 2 * buckets.length) {
      grow();
    }
    ArpEntry e = new ArpEntry(ifp, address, this);
    e.line = vnet.ledger().enter(LedgerKind.NEIGHBOR, e, null);
    link(e);
    ArpEntry first = byInterface.put(ifp, e);
    e.nextHere = first;
    if (first != null) {
      first.previousHere = e;
    }
    size++;
    return e;
  }

  private void link(ArpEntry e) {
    int at = spread(e.address) & buckets.length - 1;
    e.next = buckets[at];
    buckets[at] = e;
  }

  private void grow() {
    @Nullable ArpEntry[] old = buckets;
    buckets = new ArpEntry[old.length * 2];
    for (ArpEntry first : old) {
      for (ArpEntry e = first; e != null; ) {
        ArpEntry next = e.next;
        link(e);
        e = next;
      }
    }
  }

  /** Takes an entry out and drops what it held: llentry_free. */
  void remove(ArpEntry gone) {
    int at = spread(gone.address) & buckets.length - 1;
    ArpEntry e = buckets[at];
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
    unlinkHere(gone);
    gone.stopTimer();
    for (Mbuf m = gone.takeHeld(); m != null; m = gone.takeHeld()) {
      stats.dropped++;
      vnet.drop(m, DropReason.ARP_UNRESOLVED);
    }
    if (gone.line != null) {
      gone.line.leave();
      gone.line = null;
    }
  }

  private void unlinkHere(ArpEntry gone) {
    ArpEntry next = gone.nextHere;
    ArpEntry previous = gone.previousHere;
    if (next != null) {
      next.previousHere = previous;
    }
    if (previous != null) {
      previous.nextHere = next;
    } else if (next != null) {
      byInterface.put(gone.ifp, next);
    } else {
      byInterface.remove(gone.ifp);
    }
  }

  /** Removes those of an interface's neighbours that {@code which} names. */
  void removeIf(Ifnet ifp, Predicate<ArpEntry> which) {
    for (ArpEntry e = byInterface.get(ifp); e != null; ) {
      ArpEntry next = e.nextHere;
      if (which.test(e)) {
        remove(e);
      }
      e = next;
    }
  }

  /** Removes everything. */
  void clear() {
    list().forEach(this::remove);
  }

  /** All entries, by interface and address. */
  List<ArpEntry> list() {
    List<ArpEntry> all = new ArrayList<>(size);
    for (ArpEntry first : buckets) {
      for (ArpEntry e = first; e != null; e = e.next) {
        all.add(e);
      }
    }
    all.sort(
        Comparator.<ArpEntry>comparingInt(e -> e.ifp.index())
            .thenComparing((a, b) -> Integer.compareUnsigned(a.address, b.address)));
    return all;
  }
}
