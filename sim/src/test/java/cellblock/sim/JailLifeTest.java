package cellblock.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.JailRemove;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How jails live and die, in virtual time. */
class JailLifeTest {
  private static final long MS = JailWorld.MILLISECOND;

  private final JailWorld world = newWorld(7);
  private final Prison prison0 = world.prisons.prison0();

  private static JailWorld newWorld(long seed) {
    try {
      return new JailWorld(seed);
    } catch (ErrnoException e) {
      throw new AssertionError(e);
    }
  }

  private void use(Vnet v) throws ErrnoException {
    v.call(() -> {
      JailWorld.use(v);
      return true;
    });
  }

  private void assertClean() {
    assertThat(Residue.of(world.machine)).isEmpty();
    assertThat(world.prisons.all()).isEmpty();
    assertThat(world.prisons.buried()).allSatisfy(b -> assertThat(b.ledgerLeft()).isEmpty());
    assertThat(world.everMade)
        .allSatisfy(v -> {
          assertThat(v.ledger().total()).isZero();
          assertThat(v.state()).isEqualTo(Vnet.State.DEAD);
        });
  }

  @Test
  void a_jail_in_use_is_removed_without_residue() throws ErrnoException {
    Prison p = world.create(prison0, true, true);
    use(p.vnet());
    use(p.vnet());
    world.stepper.advance(50 * MS);
    JailRemove r = world.beginRemove(p);
    world.stepper.until(r::finished);
    assertThat(r.result()).isTrue();
    assertThat(p.state()).isEqualTo(PrisonState.GONE);
    assertClean();
    assertThat(world.machine.alarms().size()).as("no alarm of the dead vnet is left").isZero();
  }

  @Test
  void the_removal_waits_for_processes_that_die_late_and_lets_none_in() throws ErrnoException {
    Prison p = world.create(prison0, true, true);
    Proc slow = world.start(p, 300 * MS);
    Proc quick = world.start(p, 10 * MS);
    long begun = world.sim.clock().nanos();
    JailRemove r = world.beginRemove(p);
    world.stepper.advance(100 * MS);
    assertThat(quick.exited()).isTrue();
    assertThat(slow.exited()).isFalse();
    assertThat(r.finished()).isFalse();
    assertThat(r.at()).contains("AWAIT");
    assertThat(r.why()).isEqualTo("1 process not dead yet");
    assertThat(p.state()).isEqualTo(PrisonState.DYING);
    assertThat(p.vnet().state())
        .as("the stack's gate is shut, and it is whole while processes live")
        .isEqualTo(Vnet.State.DYING);
    assertThat(p.vnet().ledger().total()).isPositive();
    assertThatThrownBy(() -> world.start(p, 0))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    Proc outside = world.start(prison0, 0);
    assertThatThrownBy(() ->
            world
                .machine
                .kernelLane()
                .call(() -> {
                  world.procs.attach(outside, p);
                  return true;
                }))
        .isInstanceOf(ErrnoException.class);
    assertThatThrownBy(() -> world.create(p, true, true)).isInstanceOf(ErrnoException.class);
    world.stepper.until(r::finished);
    assertThat(world.sim.clock().nanos() - begun).isGreaterThanOrEqualTo(300 * MS);
    assertClean();
  }

  @Test
  void without_persist_a_jail_dies_with_its_last_process() throws ErrnoException {
    Prison p = world.create(prison0, true, false);
    Proc one = world.start(p, 0);
    Proc two = world.start(p, 0);
    for (Proc proc : List.of(one, two)) {
      assertThat(p.state()).isEqualTo(PrisonState.ALIVE);
      world.machine.kernelLane().post(Event.of(() -> world.procs.exit(proc)));
      world.stepper.settle();
    }
    assertThat(p.state()).isEqualTo(PrisonState.GONE);
    assertClean();
  }

  @Test
  void a_parent_that_only_its_child_kept_alive_follows_it() throws ErrnoException {
    Prison parent = world.create(prison0, true, false);
    Proc shell = world.start(parent, 0);
    Prison child = world.create(parent, false, true);
    world.machine.kernelLane().post(Event.of(() -> world.procs.exit(shell)));
    world.stepper.settle();
    assertThat(parent.state()).as("the child keeps it").isEqualTo(PrisonState.ALIVE);
    world.beginRemove(child);
    world.stepper.settle();
    assertThat(world.buried).containsExactly(child.name(), parent.name());
    assertClean();
  }

  @Test
  void descendants_are_buried_before_their_ancestors() throws ErrnoException {
    Prison a = world.create(prison0, true, true);
    Prison b = world.create(a, true, true);
    Prison c = world.create(b, false, true);
    Prison d = world.create(a, true, true);
    world.start(c, 20 * MS);
    world.start(d, 5 * MS);
    use(b.vnet());
    JailRemove r = world.beginRemove(a);
    for (Prison p : List.of(a, b, c, d)) {
      assertThat(p.state()).as("all are dying from the first turn on").isEqualTo(PrisonState.DYING);
    }
    world.stepper.until(r::finished);
    assertThat(world.buried).containsExactly(c.name(), b.name(), d.name(), a.name());
    assertClean();
  }

  @Test
  void a_second_removal_joins_the_first_also_from_above() throws ErrnoException {
    Prison a = world.create(prison0, true, true);
    Prison b = world.create(a, true, true);
    world.start(b, 40 * MS);
    JailRemove first = world.beginRemove(b);
    assertThat(world.beginRemove(b)).isSameAs(first);
    JailRemove whole = world.beginRemove(a);
    assertThat(whole).isNotSameAs(first);
    world.stepper.until(whole::finished);
    assertThat(first.finished()).isTrue();
    assertThat(world.buried).containsExactly(b.name(), a.name());
    assertClean();
  }

  @Test
  void a_new_jail_may_take_the_jid_of_a_dying_one_which_gets_another() throws ErrnoException {
    Prison old = world.stepper.run(world.new Create(prison0, 7, "web", true, true));
    world.start(old, 100 * MS);
    JailRemove r = world.beginRemove(old);
    world.stepper.advance(MS);
    Prison young = world.stepper.run(world.new Create(prison0, 7, "web", true, true));
    assertThat(young.id()).isEqualTo(7);
    assertThat(old.id()).isNotEqualTo(7);
    assertThat(world.prisons.find(7)).isSameAs(young);
    assertThat(world.prisons.find(old.id())).isSameAs(old);
    assertThat(world.prisons.find(prison0, "web")).as("the living one").isSameAs(young);
    world.stepper.until(r::finished);
    assertThat(world.prisons.find(7)).isSameAs(young);
    assertThat(world.prisons.all()).containsExactly(young);
    JailRemove s = world.beginRemove(young);
    world.stepper.until(s::finished);
    assertClean();
  }

  @Test
  void a_jid_in_use_is_refused() throws ErrnoException {
    world.stepper.run(world.new Create(prison0, 7, null, false, true));
    assertThatThrownBy(() -> world.stepper.run(world.new Create(prison0, 7, null, false, true)))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
    assertThat(world.prisons.all()).hasSize(1);
  }

  @Test
  void a_stray_in_the_ledger_stops_the_removal_which_names_it_and_goes_on_when_it_leaves()
      throws ErrnoException {
    Prison p = world.create(prison0, true, true);
    Vnet v = p.vnet();
    Ledger.Entry[] strays = new Ledger.Entry[2];
    v.call(() -> {
      strays[0] = v.ledger().enter(LedgerKind.SOCKET, this, "forgotten socket");
      strays[1] = v.ledger().enter(LedgerKind.HOOK, this, "forgotten hook");
      return true;
    });
    JailRemove r = world.beginRemove(p);
    world.stepper.settle();
    assertThat(r.finished()).isFalse();
    assertThat(r.at()).contains("AUDIT");
    assertThat(r.why()).contains("forgotten socket").contains("forgotten hook");
    assertThat(p.state()).isEqualTo(PrisonState.DYING);
    v.call(() -> {
      strays[0].leave();
      return true;
    });
    world.stepper.settle();
    assertThat(r.why()).isEqualTo("HOOK forgotten hook");
    v.call(() -> {
      strays[1].leave();
      return true;
    });
    world.stepper.settle();
    assertThat(r.finished()).isTrue();
    assertClean();
  }

  @Test
  void who_holds_a_jail_delays_its_burial_and_is_named() throws ErrnoException {
    Prison p = world.create(prison0, true, true);
    p.hold(HolderKind.SOCKET);
    JailRemove r = world.beginRemove(p);
    world.stepper.settle();
    assertThat(r.finished()).isFalse();
    assertThat(r.why()).isEqualTo("held by 1 socket");
    world.machine.kernelLane().call(() -> world.prisons.release(p, HolderKind.SOCKET));
    world.stepper.settle();
    assertThat(r.finished()).isTrue();
    assertClean();
  }

  @Test
  void a_jail_removed_while_a_child_is_being_made_takes_the_child_along() throws ErrnoException {
    for (int steps = 0; steps < 60; steps++) {
      JailWorld w = newWorld(steps);
      Prison parent = w.create(w.prisons.prison0(), true, true);
      JailWorld.Create child = w.stepper.spawn(w.new Create(parent, 0, null, true, true));
      for (int i = 0; i < steps; i++) {
        w.stepper.step();
      }
      JailRemove r = w.beginRemove(parent);
      for (int i = 0; i < 10_000 && w.stepper.step(); i++) {
        w.check();
      }
      assertThat(child.finished()).as("creation after %d steps", steps).isTrue();
      assertThat(r.finished())
          .as("removal after %d steps is at %s: %s", steps, r.at(), r.why())
          .isTrue();
      assertThat(w.prisons.all()).as("after %d steps", steps).isEmpty();
      assertThat(Residue.of(w.machine)).as("after %d steps", steps).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 200, 300, 400, 500, 600, 700})
  void whatever_the_order_no_process_lives_in_a_dead_jail_and_nothing_is_left(long from)
      throws ErrnoException {
    for (long seed = from; seed < from + 100; seed++) {
      JailWorld w = newWorld(seed);
      SplittableRandom random = new SplittableRandom(seed);
      List<Proc> procs = new ArrayList<>();
      try {
        for (int round = 0; round < 300; round++) {
          act(w, random, procs);
          for (int i = random.nextInt(12); i > 0 && w.stepper.step(); i--) {
            w.check();
          }
          if (random.nextInt(4) == 0) {
            w.stepper.advance(random.nextInt(20) * MS);
            w.check();
          }
        }
        finish(w);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void act(JailWorld w, SplittableRandom random, List<Proc> procs) {
    Prison at = w.any(random);
    switch (random.nextInt(6)) {
      case 0 ->
          w.stepper.spawn(
              w
              .new Create(
                  at,
                  random.nextInt(3) == 0 ? 1 + random.nextInt(10) : 0,
                  null,
                  random.nextInt(3) != 0,
                  random.nextBoolean()));
      case 1, 2 -> turn(w, () -> procs.add(w.fork(at, random.nextInt(40) * MS)));
      case 3 -> {
        if (!procs.isEmpty()) {
          Proc p = procs.get(random.nextInt(procs.size()));
          turn(
              w,
              () -> {
                if (at != p.prison() && p.prison().contains(at)) {
                  w.procs.attach(p, at);
                }
              });
        }
      }
      case 4 -> {
        if (!procs.isEmpty()) {
          Proc p = procs.remove(random.nextInt(procs.size()));
          turn(w, () -> w.procs.exit(p));
        }
      }
      default -> {
        if (random.nextBoolean() && at.state() == PrisonState.ALIVE) {
          Vnet v = at.vnet();
          turn(w, v.lane(), () -> JailWorld.use(v));
        } else if (at.parent() != null) {
          turn(w, () -> w.remove(at));
        }
      }
    }
  }

  private interface Work {
    void run() throws ErrnoException;
  }

  private static void turn(JailWorld w, Work work) {
    turn(w, w.machine.kernelLane(), work);
  }

  /** Posted, not waited for: it runs when the stepper says so. A refusal is as good as success. */
  private static void turn(JailWorld w, Lane lane, Work work) {
    lane.post(
        Event.of(() -> {
          try {
            work.run();
          } catch (ErrnoException e) {
            // refused: too late, too many, taken
          }
        }));
  }

  private static void finish(JailWorld w) {
    for (int i = 0; i < 50 && !w.prisons.all().isEmpty(); i++) {
      w.prisons.all().forEach(p -> turn(w, () -> w.remove(p)));
      w.stepper.advance(100 * MS);
      w.check();
    }
    w.procs.within(w.prisons.prison0()).forEach(p -> turn(w, () -> w.procs.exit(p)));
    turn(w, w.machine.vnet0().lane(), () -> {});
    w.stepper.settle();
    for (JailRemove r : w.removals) {
      assertThat(r.finished()).as("%s is at %s: %s", r, r.at(), r.why()).isTrue();
    }
    assertThat(w.prisons.all()).isEmpty();
    assertThat(Residue.of(w.machine)).isEmpty();
    assertThat(w.everMade).allSatisfy(v -> assertThat(v.ledger().total()).isZero());
    assertThat(w.prisons.buried()).allSatisfy(b -> assertThat(b.ledgerLeft()).isEmpty());
  }
}
