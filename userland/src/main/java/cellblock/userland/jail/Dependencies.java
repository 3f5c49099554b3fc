package cellblock.userland.jail;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which jail needs which: by "depend", and each nested jail its parent. Descends from dep_setup()
 * and dep_check() of usr.sbin/jail/state.c.
 */
final class Dependencies {
  private final Map<JailRecord, List<JailRecord>> needs = new LinkedHashMap<>();
  private final Map<JailRecord, List<JailRecord>> neededBy = new HashMap<>();

  /**
   * Works out the needs of configured jails; unknown ones and loops fail the jail that has them.
   */
  Dependencies(List<JailRecord> jails) {
    Map<String, JailRecord> byName = new HashMap<>();
    for (JailRecord jail : jails) {
      byName.putIfAbsent(nameOf(jail), jail);
      needs.put(jail, new ArrayList<>());
      neededBy.put(jail, new ArrayList<>());
    }
    for (JailRecord jail : jails) {
      for (String name : jail.list(CommandParam.DEPEND.text())) {
        JailRecord needed = byName.get(name);
        if (needed == null) {
          jail.warnx("depends on undefined jail \"" + name + "\"");
          jail.fail();
        } else {
          link(jail, needed);
        }
      }
      int dot = nameOf(jail).lastIndexOf('.');
      JailRecord parent = dot < 0 ? null : byName.get(nameOf(jail).substring(0, dot));
      if (parent != null) {
        link(jail, parent);
      }
    }
    findLoops(jails);
  }

  private void link(JailRecord jail, JailRecord needed) {
    List<JailRecord> list = needs.computeIfAbsent(jail, key -> new ArrayList<>());
    if (!list.contains(needed)) {
      list.add(needed);
      neededBy.computeIfAbsent(needed, key -> new ArrayList<>()).add(jail);
    }
  }

  private void findLoops(List<JailRecord> jails) {
    Set<JailRecord> ordered = new LinkedHashSet<>(order(jails, needs));
    for (JailRecord jail : jails) {
      if (!ordered.contains(jail) && onLoop(jail)) {
        jail.warnx("dependency loop");
        jail.fail();
      }
    }
  }

  private boolean onLoop(JailRecord jail) {
    for (JailRecord needed : needsOf(jail)) {
      if (closure(List.of(needed), needs).contains(jail)) {
        return true;
      }
    }
    return false;
  }

  /** What a jail needs. */
  List<JailRecord> needsOf(JailRecord jail) {
    return needs.getOrDefault(jail, List.of());
  }

  /** What needs a jail. */
  List<JailRecord> neededBy(JailRecord jail) {
    return neededBy.getOrDefault(jail, List.of());
  }

  /** The jails and all that they need, each after what it needs. */
  List<JailRecord> startOrder(List<JailRecord> jails) {
    return complete(List.copyOf(closure(jails, needs)), needs);
  }

  /** The jails and all that need them, each after what needs it; the last of the file first. */
  List<JailRecord> stopOrder(List<JailRecord> jails) {
    return complete(List.copyOf(closure(jails.reversed(), neededBy)), neededBy);
  }

  /** The order, with the members of loops at its end. */
  private static List<JailRecord> complete(
      List<JailRecord> jails, Map<JailRecord, List<JailRecord>> before) {
    Set<JailRecord> all = new LinkedHashSet<>(order(jails, before));
    all.addAll(jails);
    return List.copyOf(all);
  }

  private static Set<JailRecord> closure(
      List<JailRecord> jails, Map<JailRecord, List<JailRecord>> edges) {
    Set<JailRecord> seen = new LinkedHashSet<>(jails);
    Deque<JailRecord> open = new ArrayDeque<>(jails);
    while (!open.isEmpty()) {
      for (JailRecord next : edges.getOrDefault(open.removeFirst(), List.of())) {
        if (seen.add(next)) {
          open.add(next);
        }
      }
    }
    return seen;
  }

  private static List<JailRecord> order(
      List<JailRecord> jails, Map<JailRecord, List<JailRecord>> before) {
    Set<JailRecord> done = new LinkedHashSet<>();
    List<JailRecord> waiting = new ArrayList<>(jails);
    boolean moved = true;
    while (moved) {
      List<JailRecord> ready = new ArrayList<>();
      for (JailRecord jail : waiting) {
        boolean free =
            before.getOrDefault(jail, List.of()).stream()
                .allMatch(first -> done.contains(first) || !jails.contains(first));
        if (free) {
          ready.add(jail);
        }
      }
      done.addAll(ready);
      waiting.removeAll(ready);
      moved = !ready.isEmpty();
    }
    return new ArrayList<>(done);
  }

  private static String nameOf(JailRecord jail) {
    String name = jail.name();
    return name == null ? "" : name;
  }
}
