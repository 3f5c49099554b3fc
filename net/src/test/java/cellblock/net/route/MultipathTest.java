package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes with several gateways. */
class MultipathTest {
  private static final String FAR = "203.0.113.0/24";

  private RouteLab lab;
  private Ifnet tst1;

  @BeforeEach
  void start() throws ErrnoException {
    lab = new RouteLab(1);
    lab.ifnet("192.0.2.1/24");
    tst1 = lab.ifnet("198.51.100.1/24");
  }

  private void add(String gateway, int weight) throws ErrnoException {
    lab.turn(() -> lab.rib().add(RouteLab.via(FAR, gateway).weight(weight)));
  }

  private Nexthop at(int flow) {
    return lab.tables.lookup4(0, 0xcb007109, flow);
  }

  private Map<String, Integer> spread(int flows) {
    SplittableRandom random = new SplittableRandom(7);
    Map<String, Integer> count = new TreeMap<>();
    for (int i = 0; i < flows; i++) {
      count.merge(String.valueOf(at(random.nextInt()).gateway()), 1, Integer::sum);
    }
    return count;
  }

  private RouteTarget target() {
    return lab.rib().fib().exact(IpPrefix.parse(FAR)).target();
  }

  @Test
  void flows_are_shared_by_weight_and_each_keeps_its_way() throws ErrnoException {
    add("192.0.2.254", 1);
    add("198.51.100.254", 3);
    Map<String, Integer> count = spread(40_000);
    assertThat(count.get("192.0.2.254")).isBetween(9_500, 10_500);
    assertThat(count.get("198.51.100.254")).isBetween(29_500, 30_500);
    for (int flow = -50; flow < 50; flow++) {
      assertThat(at(flow)).isSameAs(at(flow));
    }
  }

  @Test
  void the_smallest_weight_still_gets_a_share() throws ErrnoException {
    add("192.0.2.254", 100_000);
    add("198.51.100.254", 1);
    Map<String, Integer> count = spread(64_000);
    assertThat(count.get("198.51.100.254")).isBetween(700, 1_300);
  }

  @Test
  void shares_follow_the_weights_for_any_weights() throws ErrnoException {
    SplittableRandom random = new SplittableRandom(11);
    for (int run = 0; run < 50; run++) {
      int n = random.nextInt(2, 9);
      int[] weights = random.ints(n, 1, 200).toArray();
      int total = Arrays.stream(weights).sum();
      for (int i = 0; i < n; i++) {
        add("192.0.2." + (10 + i), weights[i]);
      }
      NexthopGroup group = (NexthopGroup) target();
      int size = Math.min(total, NexthopGroup.WIDTH);
      Map<Nexthop, Integer> slots = new IdentityHashMap<>();
      for (int flow = 0; flow < size; flow++) {
        slots.merge(group.select(flow), 1, Integer::sum);
      }
      assertThat(slots).hasSize(n);
      for (RouteTarget.Path p : group.paths()) {
        double exact = (double) p.weight() * size / total;
        assertThat((double) slots.get(p.nexthop())).isBetween(Math.min(1, exact - n), exact + n);
      }
      for (int i = n - 1; i >= 0; i--) {
        String gateway = "192.0.2." + (10 + i);
        lab.turn(() -> lab.rib().delete(RouteLab.via(FAR, gateway)));
      }
    }
  }

  @Test
  void a_way_is_deleted_by_its_gateway_and_the_whole_route_is_not() throws ErrnoException {
    add("192.0.2.254", 0);
    add("198.51.100.254", 0);
    ErrnoException whole = catchThrowableOfType(ErrnoException.class, () -> lab.delete(FAR));
    assertThat(whole.errno()).isEqualTo(Errno.ESRCH);
    RibChange change = lab.call(() -> lab.rib().delete(RouteLab.via(FAR, "192.0.2.254")));
    assertThat(change.command()).isEqualTo(RibChange.Command.CHANGE);
    assertThat(target()).isInstanceOf(Nexthop.class);
    assertThat(at(5).gateway()).hasToString("198.51.100.254");
    lab.delete(FAR);
    assertThat(lab.rib().groups()).isEmpty();
    assertThat(lab.jail.ledger().count(LedgerKind.NEXTHOP)).isEqualTo(2);
  }

  @Test
  void a_way_that_cannot_send_is_passed_over_and_purged_with_its_interface() throws ErrnoException {
    add("192.0.2.254", 1);
    add("198.51.100.254", 1);
    IfDestroy destroy = lab.sim.stepper().spawn(new IfDestroy(lab.jail, tst1.name()));
    while (tst1.attached()) {
      lab.sim.stepper().step();
    }
    assertThat(target()).isInstanceOf(NexthopGroup.class);
    assertThat(spread(100)).containsOnlyKeys("192.0.2.254");
    lab.sim.stepper().until(destroy::finished);
    assertThat(spread(100)).containsOnlyKeys("192.0.2.254");
    assertThat(target()).isInstanceOf(Nexthop.class);
    assertThat(lab.rib().groups()).isEmpty();
  }

  @Test
  void interface_routes_and_the_same_gateway_twice_make_no_group() throws ErrnoException {
    add("192.0.2.254", 1);
    ErrnoException twice = catchThrowableOfType(ErrnoException.class, () -> add("192.0.2.254", 5));
    assertThat(twice.errno()).isEqualTo(Errno.EEXIST);
    ErrnoException direct =
        catchThrowableOfType(
            ErrnoException.class,
            () -> lab.turn(() -> lab.rib().add(RouteSpec.to(IpPrefix.parse(FAR)).out(tst1))));
    assertThat(direct.errno()).isEqualTo(Errno.EEXIST);
  }

  @Test
  void equal_groups_are_one() throws ErrnoException {
    for (String prefix : List.of("10.0.0.0/8", "172.16.0.0/12")) {
      lab.add(prefix, "192.0.2.254");
      lab.add(prefix, "198.51.100.254");
    }
    assertThat(lab.rib().groups()).hasSize(1);
    assertThat(lab.tables.options().hashOutbound().get()).isEqualTo(1);
  }

  @Test
  void a_change_alters_the_way_that_its_gateway_names() throws ErrnoException {
    add("192.0.2.254", 1);
    add("198.51.100.254", 1);
    lab.turn(() -> lab.rib().change(RouteLab.via(FAR, "198.51.100.254").weight(7)));
    assertThat(target().paths()).extracting(RouteTarget.Path::weight).containsExactly(1, 7);
    ErrnoException none =
        catchThrowableOfType(
            ErrnoException.class,
            () -> lab.turn(() -> lab.rib().change(RouteLab.via(FAR, "192.0.2.99").mtu(1400))));
    assertThat(none.errno()).isEqualTo(Errno.ESRCH);
  }

  @Test
  void messages_tell_of_the_way_that_came_or_went() throws ErrnoException {
    List<RouteMessage.Route> heard = new ArrayList<>();
    lab.turn(() -> lab.tables.messages().listen("monitor", m -> heard.add((RouteMessage.Route) m)));
    RouteMessage.Sender route = new RouteMessage.Sender(77, 1);
    RouteSpec second = RouteLab.via(FAR, "198.51.100.254");
    lab.turn(() -> lab.tables.add(0, RouteLab.via(FAR, "192.0.2.254"), route));
    lab.turn(() -> lab.tables.add(0, second, route));
    catchThrowableOfType(
        ErrnoException.class, () -> lab.turn(() -> lab.tables.add(0, second, route)));
    lab.turn(() -> lab.tables.delete(0, second, route));
    IpAddress two = IpAddress.parse("198.51.100.254");
    assertThat(heard).hasSize(4).allMatch(m -> m.sender() == route);
    assertThat(heard.get(1).nexthop().gateway()).isEqualTo(two);
    assertThat(heard.get(2).errno()).isEqualTo(Errno.EEXIST.number());
    assertThat(heard.get(2).nexthop()).isNull();
    assertThat(heard.get(3).type()).isEqualTo(RouteMessage.Type.DELETE);
    assertThat(heard.get(3).nexthop().gateway()).isEqualTo(two);
  }
}
