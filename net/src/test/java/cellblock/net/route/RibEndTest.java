package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of routes, nexthops, caches and subscriptions when what they name goes away. */
class RibEndTest {
  private static final IpAddress FAR = IpAddress.parse("203.0.113.9");

  private RouteLab lab;
  private Ifnet tst0;
  private RouteCache cache;

  @BeforeEach
  void start() throws ErrnoException {
    lab = new RouteLab(1);
    tst0 = lab.ifnet("192.0.2.1/24");
    cache = new RouteCache(lab.tables, "gif0");
    lab.add("203.0.113.0/24", "192.0.2.254");
  }

  private Nexthop cached() throws ErrnoException {
    return lab.call(() -> cache.get(0, Family.INET, FAR.hi(), FAR.lo(), 0));
  }

  @Test
  void f15_unsubscribing_after_the_tables_are_destroyed_harms_nobody() throws ErrnoException {
    List<RibChange> told = new ArrayList<>();
    RibSubscription s =
        lab.call(() -> lab.rib().subscribe(RibSubscription.When.IMMEDIATE, "gif0", told::add));
    lab.shutdown();
    assertThat(told.getLast().command()).isEqualTo(RibChange.Command.CLOSING);
    assertThat(s.state()).isEqualTo(RibSubscription.State.CLOSED);
    assertThat(lab.destroy()).isEmpty();
    assertThat(s.unsubscribe()).isTrue();
    assertThat(s.state()).isEqualTo(RibSubscription.State.CLOSED);
    assertThat(lab.residue()).isEmpty();
  }

  @Test
  void f15_without_a_shutdown_stage_the_destructor_says_closing_itself() throws ErrnoException {
    List<RibChange> told = new ArrayList<>();
    RibSubscription s =
        lab.call(() -> lab.rib().subscribe(RibSubscription.When.DELAYED, "gif0", told::add));
    cached();
    Rib rib = lab.rib();
    lab.turn(lab.tables::destroy);
    assertThat(told).extracting(RibChange::command).containsExactly(RibChange.Command.CLOSING);
    assertThat(s.unsubscribe()).isTrue();
    assertThat(cache.held()).isNull();
    lab.turn(() -> lab.tables.purge(tst0));
    lab.turn(lab.tables::destroy);
    Errno refused =
        catchThrowableOfType(
                ErrnoException.class,
                () -> lab.call(() -> rib.add(RouteLab.via("0.0.0.0/0", "192.0.2.2"))))
            .errno();
    assertThat(refused).isEqualTo(Errno.EBUSY);
    assertThat(cached()).isNull();
    assertThat(lab.jail.ledger().count(LedgerKind.RIB)).isZero();
    assertThat(lab.jail.ledger().count(LedgerKind.NEXTHOP)).isZero();
    assertThat(lab.jail.ledger().count(LedgerKind.ROUTE)).isZero();
    assertThat(lab.jail.ledger().count(LedgerKind.SUBSCRIPTION)).isZero();
  }

  @Test
  void f16_a_nexthop_kept_past_the_rib_is_invalid_and_holds_nothing() throws ErrnoException {
    Nexthop kept = cached();
    assertThat(kept.valid()).isTrue();
    lab.shutdown();
    assertThat(kept.valid()).isFalse();
    assertThat(cache.held()).isNull();
    assertThat(lab.strays()).isEmpty();
    assertThat(lab.destroy()).isEmpty();
    assertThat(kept.valid()).isFalse();
    cache.clear();
    assertThat(lab.residue()).isEmpty();
  }

  @Test
  void f16_a_nexthop_is_invalid_from_the_moment_its_interface_begins_to_leave()
      throws ErrnoException {
    Nexthop kept = cached();
    IfDestroy destroy = lab.sim.stepper().spawn(new IfDestroy(lab.jail, "tst0"));
    while (tst0.attached()) {
      lab.sim.stepper().step();
      assertThat(kept.valid()).isEqualTo(tst0.attached());
    }
    assertThat(lab.lookup("203.0.113.9")).isNull();
    lab.sim.stepper().until(destroy::finished);
    assertThat(kept.valid()).isFalse();
    assertThat(cache.held()).isNull();
    assertThat(lab.rib().fib().size()).isZero();
  }

  @Test
  void f16_a_nexthop_of_an_interface_that_moved_and_came_back_stays_invalid()
      throws ErrnoException {
    Nexthop kept = cached();
    var other = lab.create("b");
    lab.sim.stepper().run(IfMove.lend(lab.jail, "tst0", other));
    assertThat(kept.valid()).as("it may not send in another vnet").isFalse();
    lab.sim.stepper().run(IfMove.reclaim(lab.jail, "tst0", other));
    assertThat(tst0.usableIn(lab.jail)).isTrue();
    assertThat(kept.valid()).isFalse();
    assertThat(lab.lookup("203.0.113.9")).isNull();
  }

  @Test
  void f16_a_nexthop_made_for_an_earlier_generation_of_its_interface_is_invalid()
      throws ErrnoException {
    int now = tst0.generation();
    for (int generation : new int[] {now - 1, now, now + 1}) {
      Nexthop.Key key = new Nexthop.Key(null, tst0, generation, tst0, null, 0, 0, 0);
      Nexthop nh = lab.call(() -> new Nexthop(lab.rib(), 9, key));
      assertThat(nh.valid()).isEqualTo(generation == now);
      lab.turn(nh::unlink);
      assertThat(nh.valid()).isFalse();
    }
  }

  @Test
  void f17_pinned_routes_of_an_interface_made_in_the_jail_go_with_it() throws ErrnoException {
    assertThat(lab.lookup("192.0.2.7")).isNotNull();
    lab.sim.stepper().run(new IfDestroy(lab.jail, "tst0"));
    assertThat(lab.rib().fib().size()).isZero();
    assertThat(lab.rib().nexthops()).isEmpty();
    assertThat(lab.jail.ledger().count(LedgerKind.ROUTE)).isZero();
    lab.shutdown();
    assertThat(lab.strays()).isEmpty();
    assertThat(lab.destroy()).isEmpty();
  }

  @Test
  void a_cache_asks_again_when_a_better_route_has_come() throws ErrnoException {
    Nexthop first = cached();
    assertThat(cached()).isSameAs(first);
    lab.add("203.0.113.9/32", "192.0.2.253");
    Nexthop second = cached();
    assertThat(second).isNotSameAs(first);
    assertThat(second.gateway()).hasToString("192.0.2.253");
    lab.delete("203.0.113.9/32");
    assertThat(second.valid()).isFalse();
    assertThat(cached()).isSameAs(first);
  }

  @Test
  void a_cache_counts_as_a_holder_until_it_lets_go() throws ErrnoException {
    Nexthop nh = cached();
    RouteCache second = new RouteCache(lab.tables, "pcb");
    RouteCache third = new RouteCache(lab.tables, "pcb");
    lab.turn(() -> second.get(0, Family.INET, FAR.hi(), FAR.lo(), 0));
    lab.turn(() -> third.get(0, Family.INET, FAR.hi(), FAR.lo(), 0));
    assertThat(nh.references()).isEqualTo(4);
    lab.turn(second::clear);
    lab.turn(second::clear);
    assertThat(nh.references()).isEqualTo(3);
    lab.delete("203.0.113.0/24");
    assertThat(List.of(cache, third)).allMatch(c -> c.held() == null);
    assertThat(nh.references()).isZero();
  }

  @Test
  void deleting_a_route_is_legal_in_a_dying_vnet_and_adding_is_not() throws ErrnoException {
    IpPrefix far = IpPrefix.parse("203.0.113.0/24");
    lab.call(() -> lab.rib().delete(RouteSpec.to(far)));
    lab.add("203.0.113.0/24", "192.0.2.254");
    lab.shutdown();
    ErrnoException add =
        catchThrowableOfType(ErrnoException.class, () -> lab.add("203.0.113.0/24", "192.0.2.254"));
    assertThat(add.errno()).isEqualTo(Errno.EBUSY);
    ErrnoException gone =
        catchThrowableOfType(ErrnoException.class, () -> lab.delete("203.0.113.0/24"));
    assertThat(gone.errno()).isEqualTo(Errno.ESRCH);
  }

  @Test
  void listeners_to_messages_are_let_go_by_the_shutdown_stage() throws ErrnoException {
    List<RouteMessage> heard = new ArrayList<>();
    var listening = lab.call(() -> lab.tables.messages().listen("monitor", heard::add));
    lab.shutdown();
    assertThat(lab.strays()).isEmpty();
    assertThat(heard).anyMatch(m -> m instanceof RouteMessage.Announce a && !a.arrival());
    lab.turn(listening::close);
    assertThat(lab.destroy()).isEmpty();
  }
}
