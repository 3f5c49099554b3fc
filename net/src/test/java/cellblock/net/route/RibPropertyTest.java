package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.IfDestroy;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random additions, deletions, changes and purges, each checked against a naive model. */
class RibPropertyTest {
  private final long seed = Long.getLong("cellblock.seed", new Random().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);

  /** Prefix to gateways, in order of addition. Pinned: the interface's name as the only one. */
  private final TreeMap<IpPrefix, List<String>> model = new TreeMap<>();

  private final List<String> told = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();

  RibPropertyTest() {
    System.out.println("RibPropertyTest: -Dcellblock.seed=" + seed);
  }

  private Family family = Family.INET;

  private String net(int i) {
    return family == Family.INET ? "10." + i + ".0." : "fd00:" + (i + 1) + "::";
  }

  private IpPrefix prefix() {
    long hi = random.nextLong(1 << 10) << 54;
    int length = random.nextInt(0, 12);
    return new IpPrefix(IpAddress.ofKey(family, hi, 0), length).canonical();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_rib_answers_like_the_model_after_any_changes(Family of) throws ErrnoException {
    family = of;
    RouteLab lab = new RouteLab(seed);
    int length = of == Family.INET ? 24 : 64;
    for (int i = 0; i < 4; i++) {
      String own = net(i) + "1/" + length;
      lab.ifnet(own);
      model.put(IpPrefix.parse(own).canonical(), new ArrayList<>(List.of("tst" + i)));
    }
    Rib rib = lab.tables.rib(0, of);
    lab.turn(
        () -> rib.subscribe(RibSubscription.When.DELAYED, "test", c -> told.add(c.toString())));
    for (int step = 0; step < 1500; step++) {
      int kind = random.nextInt(100);
      if (kind < 50) {
        add(lab, rib);
      } else if (kind < 90) {
        delete(lab, rib);
      } else if (kind < 99 || step < 1000) {
        change(lab, rib);
      } else {
        destroy(lab, random.nextInt(4));
      }
      check(rib);
    }
    lab.sim.stepper().settle();
    assertThat(told).as("seed %d", seed).isEqualTo(expected);
    lab.shutdown();
    assertThat(lab.strays()).as("seed %d", seed).isEmpty();
    assertThat(lab.destroy()).as("seed %d", seed).isEmpty();
    assertThat(lab.residue()).as("seed %d", seed).isEmpty();
  }

  private String gateway() {
    return net(random.nextInt(4)) + (2 + random.nextInt(3));
  }

  private @Nullable Errno tried(RouteLab lab, RouteLab.Turn turn) {
    try {
      lab.turn(turn);
      return null;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  private void note(String command, IpPrefix p) {
    expected.add(command + " " + p);
  }

  /** The interface that the model thinks a gateway is behind, or null when that one is gone. */
  private boolean reachable(String gateway) {
    IpAddress g = IpAddress.parse(gateway);
    List<String> direct = best(g, true);
    return direct != null;
  }

  private @Nullable List<String> best(IpAddress a, boolean pinnedOnly) {
    List<String> found = null;
    int length = -1;
    for (Map.Entry<IpPrefix, List<String>> e : model.entrySet()) {
      boolean pinned = e.getValue().getFirst().startsWith("tst");
      if (e.getKey().contains(a) && e.getKey().length() > length && (!pinnedOnly || pinned)) {
        found = e.getValue();
        length = e.getKey().length();
      }
    }
    return found;
  }

  private void add(RouteLab lab, Rib rib) {
    IpPrefix p = prefix();
    String g = gateway();
    if (!reachable(g)) {
      return;
    }
    Errno result = tried(lab, () -> rib.add(RouteSpec.to(p).via(IpAddress.parse(g))));
    List<String> there = model.get(p);
    if (there == null) {
      model.put(p, new ArrayList<>(List.of(g)));
      note("ADD", p);
      assertThat(result).as("add %s %s seed %d", p, g, seed).isNull();
    } else if (there.contains(g) || there.getFirst().startsWith("tst")) {
      assertThat(result).as("add %s %s seed %d", p, g, seed).isEqualTo(Errno.EEXIST);
    } else {
      there.add(g);
      note("CHANGE", p);
      assertThat(result).as("add %s %s seed %d", p, g, seed).isNull();
    }
  }

  private IpPrefix known() {
    List<IpPrefix> all = List.copyOf(model.keySet());
    return all.isEmpty() || random.nextInt(5) == 0 ? prefix() : all.get(random.nextInt(all.size()));
  }

  private void delete(RouteLab lab, Rib rib) {
    IpPrefix p = known();
    List<String> there = model.get(p);
    boolean name = random.nextBoolean();
    String g = name && there != null ? there.get(random.nextInt(there.size())) : gateway();
    boolean pinned = there != null && there.getFirst().startsWith("tst");
    RouteSpec spec = RouteSpec.to(p);
    RouteSpec asked = name && !pinned ? spec.via(IpAddress.parse(g)) : spec;
    Errno result = tried(lab, () -> rib.delete(asked));
    if (there == null) {
      assertThat(result).as("delete %s seed %d", p, seed).isEqualTo(Errno.ESRCH);
    } else if (pinned) {
      assertThat(result).as("delete %s seed %d", p, seed).isEqualTo(Errno.EADDRINUSE);
    } else if (there.size() == 1) {
      model.remove(p);
      note("DELETE", p);
      assertThat(result).as("delete %s seed %d", p, seed).isNull();
    } else if (name) {
      there.remove(g);
      note("CHANGE", p);
      assertThat(result).as("delete %s seed %d", p, seed).isNull();
    } else {
      assertThat(result).as("delete %s seed %d", p, seed).isEqualTo(Errno.ESRCH);
    }
  }

  private void change(RouteLab lab, Rib rib) {
    IpPrefix p = known();
    String g = gateway();
    if (!reachable(g)) {
      return;
    }
    List<String> there = model.get(p);
    if (there != null && there.getFirst().startsWith("tst")) {
      return;
    }
    Errno result = tried(lab, () -> rib.change(RouteSpec.to(p).via(IpAddress.parse(g))));
    if (there == null || there.size() > 1 && !there.contains(g)) {
      assertThat(result).as("change %s seed %d", p, seed).isEqualTo(Errno.ESRCH);
    } else {
      assertThat(result).as("change %s seed %d", p, seed).isNull();
      note("CHANGE", p);
      if (there.size() == 1) {
        there.set(0, g);
      }
    }
  }

  private void destroy(RouteLab lab, int i) throws ErrnoException {
    String name = "tst" + i;
    int length = family == Family.INET ? 24 : 64;
    List<String> own = model.get(IpPrefix.parse(net(i) + "1/" + length).canonical());
    if (own == null || !own.equals(List.of(name))) {
      return;
    }
    lab.sim.stepper().run(new IfDestroy(lab.jail, name));
    for (IpPrefix p : List.copyOf(model.keySet())) {
      List<String> ways = model.get(p);
      int before = ways.size();
      ways.removeIf(g -> g.equals(name) || g.startsWith(net(i)));
      if (ways.isEmpty()) {
        model.remove(p);
        note("DELETE", p);
      } else if (ways.size() < before) {
        note("CHANGE", p);
      }
    }
  }

  private void check(Rib rib) {
    TreeMap<IpPrefix, List<String>> table = new TreeMap<>();
    Set<Nexthop> named = new HashSet<>();
    rib.fib()
        .forEach(e -> {
          List<String> ways = new ArrayList<>();
          for (RouteTarget.Path path : e.target().paths()) {
            Nexthop nh = path.nexthop();
            named.add(nh);
            assertThat(nh.valid()).isTrue();
            ways.add(nh.viaGateway() ? nh.gateway().toString() : nh.ifnet().name());
          }
          table.put(e.prefix(), ways);
        });
    assertThat(table).as("seed %d", seed).isEqualTo(model);
    assertThat(rib.fib().size()).as("seed %d", seed).isEqualTo(model.size());
    assertThat(named).as("seed %d", seed).isEqualTo(new HashSet<>(rib.nexthops()));
    assertThat(rib.nexthops().size() + rib.groups().size())
        .as("ledger, seed %d", seed)
        .isEqualTo(rib.vnet().ledger().count(LedgerKind.NEXTHOP));
    for (int i = 0; i < 3; i++) {
      IpAddress a = IpAddress.ofKey(family, random.nextLong(), 0);
      List<String> ways = best(a, false);
      int flow = random.nextInt();
      Nexthop nh = rib.fib().lookup(a.hi(), a.lo(), flow);
      assertThat(nh == null).as("%s seed %d", a, seed).isEqualTo(ways == null);
      if (nh != null) {
        String way = nh.viaGateway() ? nh.gateway().toString() : nh.ifnet().name();
        assertThat(ways).as("%s seed %d", a, seed).contains(way);
      }
      if (family == Family.INET) {
        assertThat(rib.fib().lookup4((int) (a.hi() >>> 32), flow)).isSameAs(nh);
      }
    }
  }
}
