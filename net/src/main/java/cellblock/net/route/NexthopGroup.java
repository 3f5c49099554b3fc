package cellblock.net.route;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.IfFlags;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Several nexthops that share a route's flows by weight (ancestor: struct nhgrp_object,
 * net/route/nhgrp.c). A flow stays with its nexthop while that is valid and its interface is up,
 * else goes to the next one of which that is true; FreeBSD before 16 drops it until the route is
 * withdrawn.
 *
 * <p>Also the form of a single nexthop whose weight is not 1. Shared by equality within a rib;
 * immutable but for its count, which is the lane's.
 */
public final class NexthopGroup implements RouteTarget {
  /** RIB_MAX_MPATH_WIDTH: slots that the flows are spread over. */
  public static final int WIDTH = 64;

  private final int index;
  private final List<Path> paths;
  private final Nexthop[] slots;
  private final Ledger.Entry entry;

  /** How many routes lead here; the lane's. */
  int routes;

  NexthopGroup(int index, List<Path> paths, Ledger ledger) {
    this.index = index;
    this.paths = List.copyOf(paths);
    this.slots = slots(this.paths);
    this.entry = ledger.enter(LedgerKind.NEXTHOP, this, null);
  }

  /**
   * Shares {@link #WIDTH} slots out: each path gets at least one, rounding errors go to the last.
   */
  private static Nexthop[] slots(List<Path> paths) {
    long total = 0;
    for (Path p : paths) {
      total += p.weight();
    }
    int size = total <= WIDTH ? (int) total : Math.max(WIDTH, paths.size());
    Nexthop[] slots = new Nexthop[size];
    long seen = 0;
    int at = 0;
    for (int i = 0; i < paths.size(); i++) {
      seen += paths.get(i).weight();
      int left = paths.size() - 1 - i;
      int until = (int) Math.min(Math.max(seen * size / total, at + 1), size - left);
      while (at < until) {
        slots[at++] = paths.get(i).nexthop();
      }
    }
    return slots;
  }

  @Override
  public Nexthop select(int flow) {
    int slot = Integer.remainderUnsigned(flow, slots.length);
    Nexthop chosen = slots[slot];
    return carries(chosen) ? chosen : other(slot);
  }

  private static boolean carries(Nexthop nh) {
    return nh.valid() && (nh.discards() || (nh.ifnet().flags() & IfFlags.UP) != 0);
  }

  /** The next nexthop after a slot that carries packets; else a valid one; else the slot's own. */
  private Nexthop other(int slot) {
    Nexthop valid = slots[slot];
    for (int i = 1; i < slots.length; i++) {
      Nexthop next = slots[(slot + i) % slots.length];
      if (carries(next)) {
        return next;
      }
      if (!valid.valid()) {
        valid = next;
      }
    }
    return valid.valid() ? valid : slots[slot];
  }

  @Override
  public List<Path> paths() {
    return paths;
  }

  @Override
  public int index() {
    return index;
  }

  void leave() {
    entry.leave();
  }

  @Override
  public String toString() {
    return paths.stream()
        .map(p -> p.nexthop() + " weight " + p.weight())
        .collect(Collectors.joining(", ", "nhgrp " + index + " [", "]"));
  }
}
