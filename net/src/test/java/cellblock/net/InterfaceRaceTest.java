package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.IfState;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Two sagas over the same interfaces, interleaved at every step: the first takes i steps, the
 * second j, then both go on in turns to their ends. After each run the machine must be as if they
 * had run one after the other.
 */
class InterfaceRaceTest {
  /** A machine, two sagas, and what must hold afterwards. */
  private record Race(Rig rig, Saga<?> first, Saga<?> second, Runnable check) {}

  private static final int TOO_MANY = 5000;

  private static Errno outcome(Saga<?> s) {
    try {
      s.result();
      return null;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  /** Runs every interleaving; returns the pairs of outcomes met. */
  private static TreeSet<String> explore(Function<Rig, Race> race) {
    TreeSet<String> outcomes = new TreeSet<>();
    boolean firstCanGoOn = true;
    for (int i = 0; firstCanGoOn; i++) {
      boolean secondCanGoOn = true;
      for (int j = 1; secondCanGoOn; j++) {
        Race r = race.apply(new Rig());
        firstCanGoOn = steps(r.first, i);
        secondCanGoOn = steps(r.second, j);
        int n = 0;
        while (!r.first.finished() || !r.second.finished()) {
          r.first.advance();
          r.second.advance();
          assertThat(n++)
              .as("stuck at " + r.first.at() + " / " + r.second.at())
              .isLessThan(TOO_MANY);
        }
        outcomes.add(outcome(r.first) + " " + outcome(r.second));
        r.check.run();
      }
    }
    return outcomes;
  }

  /** False when the saga could not take that many. */
  private static boolean steps(Saga<?> s, int n) {
    for (int i = 0; i < n; i++) {
      if (!s.advance()) {
        return false;
      }
    }
    return true;
  }

  /** What must hold of every machine that is at rest. */
  private static void sound(Rig rig) {
    for (Vnet v : rig.machine.vnets().list()) {
      List<Ifnet> list = Interfaces.of(v).list();
      for (Ifnet ifp : list) {
        assertThat(ifp.state()).isEqualTo(IfState.ATTACHED);
        assertThat(ifp.vnet()).isSameAs(v);
        assertThat(ifp.claimant()).isNull();
        assertThat(rig.unit(v, ifp.name())).isSameAs(ifp);
        assertThat(ifp.handle().resolve(rig.machine)).isSameAs(ifp);
        assertThat(Interfaces.of(v).attachedByIndex(ifp.index())).isSameAs(ifp);
      }
      assertThat(rig.in(v, () -> v.ledger().count(LedgerKind.INTERFACE))).isEqualTo(list.size());
      assertThat(CountingModule.V_COUNT.of(v).events).noneMatch(e -> e.endsWith("without data"));
      assertThat(CountingModule.V_COUNT.of(v).attachedData).isEqualTo(list.size());
    }
    int total =
        rig.machine.vnets().list().stream().mapToInt(v -> Interfaces.of(v).list().size()).sum();
    assertThat(rig.indicesInUse()).isEqualTo(total);
    assertThat(rig.machine.messages().lines()).noneMatch(l -> l.contains("panic"));
  }

  private static Ifnet pairWithBIn(Rig rig, Vnet jail) {
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.run(rig.lend("epair0b", jail));
    rig.up(a);
    rig.up(b);
    return a;
  }

  @Test
  void F1_destroying_one_end_while_the_jail_that_holds_the_other_dies() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet jail = rig.vnet("j");
          Ifnet a = pairWithBIn(rig, jail);
          Saga<List<String>> removal = rig.removal(jail);
          return new Race(
              rig,
              rig.destroy(rig.host, "epair0a"),
              removal,
              () -> {
                assertThat(leftBy(removal)).isEmpty();
                assertThat(a.state()).isEqualTo(IfState.DEAD);
                assertThat(rig.names(rig.host)).containsExactly("lo0");
                sound(rig);
                assertThat(rig.create(rig.host, "epair").name()).isEqualTo("epair0a");
              });
        });
    assertThat(met).containsExactly("null null");
  }

  private static List<String> leftBy(Saga<List<String>> removal) {
    try {
      return removal.result();
    } catch (ErrnoException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void F2_interfaces_attached_while_the_jail_returns_what_it_holds_are_refused_or_go_too() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet jail = rig.vnet("j");
          pairWithBIn(rig, jail);
          Saga<List<String>> removal = rig.removal(jail);
          return new Race(
              rig,
              new IfCreate(jail, "epair", Map.of()),
              removal,
              () -> {
                assertThat(leftBy(removal)).isEmpty();
                assertThat(rig.names(rig.host)).containsExactly("lo0", "epair0a", "epair0b");
                sound(rig);
                assertThat(rig.create(rig.host, "epair").name()).isEqualTo("epair1a");
              });
        });
    assertThat(met).containsExactly("EBUSY null", "null null");
  }

  @Test
  void F3_destroying_an_interface_while_it_is_moved() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet jail = rig.vnet("j");
          rig.create(rig.host, "lo");
          Ifnet lo1 = rig.unit(rig.host, "lo1");
          return new Race(
              rig,
              rig.destroy(rig.host, "lo1"),
              rig.lend("lo1", jail),
              () -> {
                assertThat(lo1.state()).isIn(IfState.DEAD, IfState.ATTACHED);
                sound(rig);
                assertThat(leftBy(run(rig.removal(jail)))).isEmpty();
              });
        });
    assertThat(met).containsExactly("ENXIO null", "null ENXIO");
  }

  private static <T> Saga<T> run(Saga<T> s) {
    for (int n = 0; !s.finished(); n++) {
      s.advance();
      assertThat(n).isLessThan(TOO_MANY);
    }
    return s;
  }

  @Test
  void F4_reclaiming_an_interface_while_the_jail_destroys_it() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet jail = rig.vnet("j");
          Ifnet a = pairWithBIn(rig, jail);
          return new Race(
              rig,
              IfMove.reclaim(rig.host, "epair0b", jail),
              rig.destroy(jail, "epair0b"),
              () -> {
                assertThat(a.state()).isIn(IfState.DEAD, IfState.ATTACHED);
                sound(rig);
              });
        });
    assertThat(met).containsExactly("ENXIO null", "null ENXIO");
  }

  @Test
  void F5_a_move_that_is_refused_leaves_the_count_of_interfaces_right() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet j1 = rig.vnet("j1");
          Vnet j2 = rig.vnet("j2");
          rig.create(rig.host, "lo");
          return new Race(
              rig,
              rig.lend("lo1", j1),
              rig.lend("lo1", j2),
              () -> {
                sound(rig);
                assertThat(leftBy(run(rig.removal(j1)))).isEmpty();
                assertThat(leftBy(run(rig.removal(j2)))).isEmpty();
                assertThat(rig.names(rig.host)).containsExactly("lo0", "lo1");
                sound(rig);
              });
        });
    assertThat(met).containsExactly("ENXIO null", "null ENXIO");
  }

  @Test
  void F36_moving_into_a_jail_that_is_dying_is_refused_or_comes_home() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet jail = rig.vnet("j");
          rig.create(rig.host, "lo");
          Saga<List<String>> removal = rig.removal(jail);
          return new Race(
              rig,
              rig.lend("lo1", jail),
              removal,
              () -> {
                assertThat(leftBy(removal)).isEmpty();
                assertThat(rig.names(rig.host)).containsExactlyInAnyOrder("lo0", "lo1");
                sound(rig);
              });
        });
    assertThat(met).containsExactly("EBUSY null", "null null");
  }

  @Test
  void F28_an_interface_that_comes_home_to_a_taken_name_gets_a_free_one() {
    Rig rig = new Rig();
    Vnet jail = rig.vnet("j");
    rig.create(rig.host, "lo");
    rig.create(rig.host, "lo");
    Ifnet lo1 = rig.run(rig.lend("lo1", jail));
    rig.in(
        jail,
        () -> {
          Interfaces.of(jail).rename(lo1, "lo2");
          return 0;
        });
    assertThat(rig.run(rig.removal(jail))).isEmpty();
    assertThat(rig.names(rig.host)).containsExactly("lo0", "lo2", "lo1");
    assertThat(lo1.name()).isEqualTo("lo1");
    assertThat(rig.machine.messages().lines())
        .contains("lo2: name is taken in vnet0, the interface is now lo1");
    sound(rig);
  }

  @Test
  void F28_the_same_while_somebody_else_is_about_to_take_the_name() {
    explore(rig -> {
      Vnet jail = rig.vnet("j");
      rig.create(rig.host, "lo");
      rig.run(rig.lend("lo1", jail));
      Saga<List<String>> removal = rig.removal(jail);
      return new Race(
          rig,
          new IfCreate(rig.host, "lo", Map.of()),
          removal,
          () -> {
            assertThat(leftBy(removal)).isEmpty();
            List<String> names = new ArrayList<>(rig.names(rig.host));
            assertThat(names).doesNotHaveDuplicates().hasSize(3);
            sound(rig);
          });
    });
  }

  @Test
  void F29_what_a_jail_made_and_pushed_up_to_the_host_dies_with_the_jail() {
    TreeSet<String> met =
        explore(rig -> {
          Vnet jail = rig.vnet("j");
          rig.create(jail, "epair");
          rig.run(IfMove.lend(jail, "epair0a", rig.host));
          Saga<List<String>> removal = rig.removal(jail);
          return new Race(
              rig,
              IfMove.reclaim(jail, "epair0a", rig.host),
              removal,
              () -> {
                assertThat(leftBy(removal)).isEmpty();
                assertThat(rig.names(rig.host)).containsExactly("lo0");
                sound(rig);
              });
        });
    assertThat(met).containsExactly("EBUSY null", "ENXIO null", "null null");
  }

  @Test
  void two_jails_that_hold_the_two_ends_of_a_third_jails_pair_all_die_at_once() {
    explore(rig -> {
      Vnet home = rig.vnet("home");
      Vnet j1 = rig.vnet("j1");
      rig.create(home, "epair");
      rig.run(IfMove.lend(home, "epair0a", j1));
      Saga<List<String>> one = rig.removal(home);
      Saga<List<String>> two = rig.removal(j1);
      return new Race(
          rig,
          one,
          two,
          () -> {
            assertThat(leftBy(one)).isEmpty();
            assertThat(leftBy(two)).isEmpty();
            assertThat(rig.machine.vnets().list()).containsExactly(rig.host);
            sound(rig);
          });
    });
  }
}
