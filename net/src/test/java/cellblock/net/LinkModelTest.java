package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.Machine;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.Linker;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.net.epair.EpairLink;
import cellblock.net.epair.EpairModule;
import cellblock.net.epair.LinkModel;
import cellblock.net.epair.LinkStats;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfFacts;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.IfTap;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.sim.Sim;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cables with a model, in virtual time. */
class LinkModelTest {
  private static final long MS = 1_000_000L;

  /** What came out of the far end. */
  private record Arrived(long nanos, int number, int length, boolean whole) {}

  /** Two vnets and the cable between them. */
  private static final class Cable {
    final Sim sim;
    final Machine machine;
    final Vnet host;
    final Vnet jail;
    final Ifnet a;
    final Ifnet b;
    final List<Arrived> arrived = new ArrayList<>();
    int sent;
    int refused;

    Cable(long seed) {
      sim = new Sim(seed);
      machine = sim.machine();
      Linker linker = new Linker(machine, s -> {}, s -> {});
      host = run(linker.boot(List.of(new NetModule(), new EpairModule(), new CountingModule())));
      jail = run(new VnetCreate(machine, "j"));
      a = run(new IfCreate(host, "epair", Map.of()));
      b = run(IfMove.lend(host, "epair0b", jail));
      up(a);
      up(b);
      in(jail, () -> b.joinMulticast(Family.INET, 0xe000_0001L << 32, 0));
      in(
          jail,
          () -> {
            b.addTap(
                new IfTap() {
                  @Override
                  public void tap(Ifnet ifp, Mbuf m, boolean out) {
                    note(m);
                  }

                  @Override
                  public void departed(Ifnet ifp) {}
                });
            return true;
          });
    }

    private void note(Mbuf m) {
      int at = m.off + 14;
      int number = (m.buf[at + 4] & 0xff) << 8 | m.buf[at + 5] & 0xff;
      boolean whole = m.buf[at] == 0x45;
      for (int i = at + 6; i < m.off + m.len; i++) {
        whole &= m.buf[i] == 0;
      }
      arrived.add(new Arrived(sim.clock().nanos(), number, m.len, whole));
    }

    <T> T run(Saga<T> saga) {
      try {
        return machine.coordinator().run(saga);
      } catch (ErrnoException e) {
        throw new AssertionError(saga + ": " + e.errno(), e);
      }
    }

    <T> T in(Vnet vnet, Callable<T> work) {
      try {
        return vnet.call(work);
      } catch (ErrnoException e) {
        throw new AssertionError(e.errno() + " in " + vnet, e);
      }
    }

    private void up(Ifnet ifp) {
      in(
          ifp.vnet(),
          () -> {
            ifp.setFlags(IfFlags.UP, 0);
            return true;
          });
    }

    Cable model(LinkModel model) {
      in(
          a.vnet(),
          () -> {
            EpairLink.model(a, model);
            return true;
          });
      return this;
    }

    LinkStats stats() {
      return in(a.vnet(), () -> EpairLink.stats(a));
    }

    /** A frame of {@code len} bytes behind the Ethernet header, with its number inside. */
    void send(int len) {
      Errno e =
          in(
              host,
              () -> {
                Mbuf m = host.mbufs().alloc(len);
                Arrays.fill(m.buf, m.off, m.off + len, (byte) 0);
                m.buf[m.off] = 0x45;
                m.buf[m.off + 4] = (byte) (sent >> 8);
                m.buf[m.off + 5] = (byte) sent;
                m.flags |= Mbuf.M_MCAST;
                sent++;
                return a.output(host, m, Family.INET, 0xe000_0001L << 32, 0);
              });
      if (e != null) {
        assertThat(e).isEqualTo(Errno.ENOBUFS);
        refused++;
      }
    }

    void settle() {
      sim.stepper().advance(10_000 * MS);
    }

    void nothingHeld() {
      assertThat(stats().held()).isZero();
      for (Vnet v : List.of(host, jail)) {
        assertThat(in(v, () -> v.ledger().count(LedgerKind.MBUF))).isZero();
        assertThat(in(v, () -> v.mbufs().outstanding())).isZero();
      }
      assertThat(
              in(
                  host,
                  () ->
                      host.ledger().entries().stream()
                          .filter(e -> e.toString().contains("link of"))
                          .toList()))
          .isEmpty();
    }

    long dropped(DropReason reason) {
      return in(host, () -> host.drops().of(reason));
    }
  }

  private static LinkModel delay(long nanos) {
    return new LinkModel(nanos, 0, 0, 0, 0, 0, 0, 0);
  }

  private static LinkModel model(int loss, int dup, int reorder, int corrupt) {
    return new LinkModel(20 * MS, 2 * MS, loss, dup, reorder, corrupt, 0, 0);
  }

  @Test
  void a_delay_is_exact_and_one_way() {
    Cable c = new Cable(1).model(delay(20 * MS));
    long start = c.sim.clock().nanos();
    c.send(100);
    assertThat(c.arrived).isEmpty();
    assertThat(c.in(c.host, () -> c.host.ledger().count(LedgerKind.MBUF))).isEqualTo(1);
    c.settle();
    assertThat(c.arrived).containsExactly(new Arrived(start + 20 * MS, 0, 114, true));
    assertThat(c.in(c.jail, () -> EpairLink.model(c.b))).isEqualTo(LinkModel.NONE);
    c.nothingHeld();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void loss_duplicates_and_corruption_come_as_often_as_they_were_asked_for(long seed) {
    Cable c = new Cable(seed).model(model(10_000, 20_000, 0, 50_000));
    int n = 10_000;
    for (int i = 0; i < n; i++) {
      c.send(50);
      if (i % 500 == 0) {
        c.sim.stepper().advance(5 * MS); // the far inbox has its own bound
      }
    }
    c.settle();
    LinkStats s = c.stats();
    assertThat(s.frames()).isEqualTo(n);
    within(s.lost(), n * 0.01, seed);
    within(s.duplicated(), (n - s.lost()) * 0.02, seed);
    within(s.corrupted(), (n - s.lost()) * 0.05, seed);
    assertThat(c.dropped(DropReason.LINK_LOSS)).isEqualTo(s.lost());
    assertThat(c.arrived).as("seed %d", seed).hasSize((int) (n - s.lost() + s.duplicated()));
    c.nothingHeld();
  }

  /** Six standard deviations of a binomial count that is rare. */
  private static void within(long seen, double expected, long seed) {
    assertThat((double) seen)
        .as("seed %d", seed)
        .isBetween(expected - 6 * Math.sqrt(expected), expected + 6 * Math.sqrt(expected));
  }

  @Test
  void a_corrupted_frame_has_one_wrong_bit_and_a_link_that_corrupts_asks_for_checksums() {
    Cable c = new Cable(9);
    int all = IfCap.TXCSUM | IfCap.TXCSUM_IPV6 | IfCap.TSO4 | IfCap.TSO6;
    assertThat(c.a.hwassist()).isZero();
    c.in(
        c.host,
        () -> {
          c.a.setCapabilities(all, 0);
          return true;
        });
    int whole = c.a.hwassist();
    assertThat(whole).isEqualTo(IfFacts.assistOf(all));
    c.model(delay(5 * MS));
    assertThat(c.a.hwassist())
        .as("frames of their true size")
        .isEqualTo(IfFacts.ASSIST_CSUM | IfFacts.ASSIST_CSUM_IPV6);
    c.model(model(0, 0, 0, LinkModel.ALWAYS));
    assertThat(c.a.hwassist()).isZero();
    c.send(1400);
    c.settle();
    assertThat(c.stats().corrupted()).isEqualTo(1);
    assertThat(c.arrived.size() + c.in(c.jail, () -> c.b.counters().ierrors)).isEqualTo(1);
    c.arrived.forEach(x -> assertThat(x.length()).isEqualTo(1414));
    c.model(LinkModel.NONE);
    assertThat(c.a.hwassist()).isEqualTo(whole);
  }

  @Test
  void jitter_keeps_the_order_and_its_bounds() {
    Cable c = new Cable(4).model(new LinkModel(20 * MS, 5 * MS, 0, 0, 0, 0, 0, 0));
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      starts.add(c.sim.clock().nanos());
      c.send(50);
      c.sim.stepper().advance(20 * MS);
    }
    c.settle();
    assertThat(c.arrived.stream().map(Arrived::number)).isSorted().hasSize(500);
    long least = Long.MAX_VALUE;
    long most = 0;
    for (Arrived x : c.arrived) {
      long took = x.nanos() - starts.get(x.number());
      assertThat(took).isBetween(15 * MS, 25 * MS);
      least = Math.min(least, took);
      most = Math.max(most, took);
    }
    assertThat(most - least).isGreaterThan(9 * MS);
  }

  @Test
  void a_reordered_frame_overtakes_and_nothing_is_lost() {
    Cable c = new Cable(5).model(model(0, 0, 100_000, 0));
    for (int i = 0; i < 1000; i++) {
      c.send(50);
      c.sim.stepper().advance(MS);
    }
    c.settle();
    assertThat(c.arrived.stream().map(Arrived::number).distinct()).hasSize(1000);
    long overtakers = 0;
    for (int i = 1; i < c.arrived.size(); i++) {
      overtakers += c.arrived.get(i).number() < c.arrived.get(i - 1).number() ? 1 : 0;
    }
    within(c.stats().reordered(), 100, 5);
    assertThat(overtakers).isBetween(50L, c.stats().reordered());
    c.nothingHeld();
  }

  @ParameterizedTest
  @ValueSource(longs = {56_000, 1_000_000, 10_000_000, 1_000_000_000})
  void a_rate_is_kept_to_the_nanosecond(long bits) {
    Cable c = new Cable(6).model(new LinkModel(0, 0, 0, 0, 0, 0, bits, 100));
    long start = c.sim.clock().nanos();
    for (int i = 0; i < 100; i++) {
      c.send(986);
    }
    c.sim.stepper().advance(100_000 * MS);
    assertThat(c.arrived).hasSize(100);
    long each = Math.ceilDiv(8000L * 1_000_000_000L, bits);
    assertThat(c.arrived.getLast().nanos() - start).isEqualTo(100 * each);
    c.nothingHeld();
  }

  @Test
  void a_full_queue_refuses_and_counts() {
    Cable c = new Cable(7).model(new LinkModel(0, 0, 0, 0, 0, 0, 1_000_000, 10));
    for (int i = 0; i < 50; i++) {
      c.send(100);
    }
    assertThat(c.refused).isEqualTo(39); // ten wait, one is on the line
    assertThat(c.dropped(DropReason.LINK_QUEUE_FULL)).isEqualTo(39);
    assertThat(c.a.counters().oqdrops).isEqualTo(39);
    c.settle();
    assertThat(c.arrived).hasSize(11);
    c.nothingHeld();
  }

  @Test
  void a_change_under_traffic_keeps_the_order_and_clear_lets_everything_out_at_once() {
    Cable c = new Cable(8).model(delay(50 * MS));
    c.send(100);
    c.model(delay(MS));
    c.send(100);
    c.sim.stepper().advance(10 * MS);
    assertThat(c.arrived).isEmpty();
    c.sim.stepper().advance(50 * MS);
    assertThat(c.arrived.stream().map(Arrived::number)).containsExactly(0, 1);
    c.model(delay(1000 * MS));
    c.send(100);
    c.send(100);
    c.model(LinkModel.NONE);
    c.sim.stepper().settle();
    assertThat(c.arrived.stream().map(Arrived::number)).containsExactly(0, 1, 2, 3);
    c.nothingHeld();
    assertThat(c.stats()).isEqualTo(new LinkStats(0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void what_is_under_way_is_dropped_when_the_interface_is_moved_or_destroyed() {
    for (boolean move : List.of(true, false)) {
      Cable c = new Cable(10).model(delay(50 * MS));
      c.send(100);
      c.send(100);
      long before = c.dropped(DropReason.STALE_INTERFACE);
      if (move) {
        c.run(IfMove.lend(c.host, "epair0a", c.jail));
        assertThat(c.in(c.jail, () -> EpairLink.model(c.a))).isEqualTo(delay(50 * MS));
      } else {
        c.run(new IfDestroy(c.host, "epair0a"));
        assertThat(c.in(c.host, () -> Interfaces.of(c.host).unit("epair0a"))).isNull();
      }
      assertThat(c.dropped(DropReason.STALE_INTERFACE)).isEqualTo(before + 2);
      c.settle();
      assertThat(c.arrived).isEmpty();
      assertThat(c.in(c.host, () -> c.host.ledger().count(LedgerKind.MBUF))).isZero();
      assertThat(c.in(c.host, () -> c.host.mbufs().outstanding())).isZero();
    }
  }

  @Test
  void the_same_seed_gives_the_same_trace_and_another_seed_another() {
    assertThat(trace(11)).isEqualTo(trace(11)).isNotEqualTo(trace(12));
  }

  private static List<Arrived> trace(long seed) {
    Cable c =
        new Cable(seed)
            .model(new LinkModel(20 * MS, 2 * MS, 10_000, 10_000, 50_000, 10_000, 10_000_000, 100));
    for (int i = 0; i < 1000; i++) {
      c.send(i % 1400 + 20);
      c.sim.stepper().advance(MS / 2);
    }
    c.settle();
    c.nothingHeld();
    return c.arrived;
  }

  @Test
  void impossible_models_and_other_interfaces_are_refused() {
    Cable c = new Cable(13);
    LinkModel reorderAlone = new LinkModel(0, 0, 0, 0, 1000, 0, 0, 0);
    assertThatThrownBy(() -> c.host.call(() -> set(c.a, reorderAlone)))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    assertThatThrownBy(() -> c.host.call(() -> set(Interfaces.of(c.host).named("lo0"), delay(1))))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP));
  }

  private static boolean set(Ifnet ifp, LinkModel model) throws ErrnoException {
    EpairLink.model(ifp, model);
    return true;
  }
}
