package cellblock.net.route;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nexthops and groups of a rib, shared by equality, numbered from 1 by the lowest free number
 * (ancestor: struct nh_control, net/route/nhop.c and nhgrp.c). Whoever takes a target by {@link
 * #one} or {@link #group} must {@link #retain} it or {@link #sweep} it. Threading: the lane.
 */
final class Nexthops {
  private final Rib rib;
  private Map<Nexthop.Key, Nexthop> nexthops = Map.of(); // until there is one
  private Map<List<RouteTarget.Path>, NexthopGroup> groups = Map.of(); // until there is one
  private @Nullable BitSet indices;
  private @Nullable BitSet groupIndices;

  Nexthops(Rib rib) {
    this.rib = rib;
  }

  /** The nexthop of this key, made if there is none yet. */
  Nexthop one(Nexthop.Key key) {
    Nexthop nh = nexthops.get(key);
    if (nh == null) {
      int index = index();
      nh = new Nexthop(rib, index, key);
      nexthops.put(key, nh);
    }
    return nh;
  }

  /** The lowest free number. */
  private int index() {
    BitSet used = indices;
    if (used == null) {
      used = new BitSet();
      used.set(0);
      indices = used;
      nexthops = new LinkedHashMap<>(4);
    }
    int index = used.nextClearBit(0);
    used.set(index);
    return index;
  }

  /** The target for these paths: the nexthop itself where there is one of weight 1. */
  RouteTarget group(List<RouteTarget.Path> paths) {
    if (paths.size() == 1 && paths.getFirst().weight() == 1) {
      return paths.getFirst().nexthop();
    }
    NexthopGroup group = groups.get(paths);
    if (group == null) {
      int index = groupIndex();
      group = new NexthopGroup(index, paths, rib.vnet().ledger());
      groups.put(group.paths(), group);
      for (RouteTarget.Path p : paths) {
        p.nexthop().routes++;
      }
    }
    return group;
  }

  private int groupIndex() {
    BitSet used = groupIndices;
    if (used == null) {
      used = new BitSet();
      used.set(0);
      groupIndices = used;
      groups = new LinkedHashMap<>();
    }
    int index = used.nextClearBit(0);
    used.set(index);
    return index;
  }

  /** One more route leads there. */
  void retain(RouteTarget target) {
    switch (target) {
      case Nexthop nh -> nh.routes++;
      case NexthopGroup group -> group.routes++;
    }
  }

  /** One route less leads there. */
  void release(RouteTarget target) {
    switch (target) {
      case Nexthop nh -> nh.routes--;
      case NexthopGroup group -> group.routes--;
    }
    sweep(target);
  }

  /** Forgets a target that no route leads to. */
  void sweep(RouteTarget target) {
    switch (target) {
      case Nexthop nh -> {
        if (nh.routes == 0 && indices != null && nexthops.remove(nh.key(), nh)) {
          indices.clear(nh.index());
          nh.unlink();
        }
      }
      case NexthopGroup group -> {
        if (group.routes == 0 && groupIndices != null && groups.remove(group.paths(), group)) {
          groupIndices.clear(group.index());
          group.leave();
          for (RouteTarget.Path p : group.paths()) {
            release(p.nexthop());
          }
        }
      }
    }
  }

  /** Forgets everything at once: the rib is closing and its routes are gone. */
  void close() {
    groups.values().forEach(NexthopGroup::leave);
    groups = Map.of();
    groupIndices = null;
    nexthops.values().forEach(Nexthop::unlink);
    nexthops = Map.of();
    indices = null;
  }

  Collection<Nexthop> all() {
    return nexthops.values();
  }

  Collection<NexthopGroup> groups() {
    return groups.values();
  }
}
