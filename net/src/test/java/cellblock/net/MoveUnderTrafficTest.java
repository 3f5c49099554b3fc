package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.drop.DropReason;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Real threads: one sends without pause while another moves the far end, then destroys the pair.
 */
class MoveUnderTrafficTest {
  private static final int ROUNDS = 2000;

  @Test
  void moving_the_far_end_to_and_fro_under_traffic_loses_frames_but_nothing_else()
      throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Rig rig = new Rig(threads);
      Vnet left = rig.vnet("left");
      Vnet j1 = rig.vnet("j1");
      Vnet j2 = rig.vnet("j2");
      Ifnet a = rig.create(rig.host, "epair");
      Ifnet b = rig.unit(rig.host, "epair0b");
      rig.run(rig.lend("epair0a", left));
      rig.run(rig.lend("epair0b", j1));
      rig.up(a);
      AtomicBoolean stop = new AtomicBoolean();
      Future<Long> sender = threads.submit(() -> sendUntil(rig, left, a, stop));
      Vnet here = j1;
      for (int i = 0; i < ROUNDS; i++) {
        Vnet to = here == j1 ? j2 : j1;
        rig.run(IfMove.lend(here, "epair0b", to));
        rig.in(
            to,
            () -> {
              b.setFlags(IfFlags.UP, 0);
              b.allmulti(true);
              return 0;
            });
        here = to;
      }
      stop.set(true);
      long sent = sender.get();
      long arrived = rig.received(j1) + rig.received(j2);
      long lost = 0;
      for (Vnet v : List.of(left, j1, j2)) {
        for (DropReason r : DropReason.values()) {
          lost += r == DropReason.CONSUMED ? 0 : rig.dropped(v, r);
        }
      }
      assertThat(arrived).isPositive();
      assertThat(sent).isEqualTo(arrived + lost);
      rig.run(rig.destroy(left, "epair0a"));
      assertThat(rig.in(left, () -> left.mbufs().outstanding())).isZero();
      for (Vnet v : List.of(j1, left, j2)) {
        assertThat(rig.run(rig.removal(v))).isEmpty();
      }
      assertThat(rig.machine.messages().lines()).noneMatch(l -> l.contains("panic"));
    }
  }

  private static long sendUntil(Rig rig, Vnet from, Ifnet by, AtomicBoolean stop) {
    long sent = 0;
    while (!stop.get()) {
      sent +=
          rig.in(
              from,
              () -> {
                for (int i = 0; i < 16; i++) {
                  Rig.sendInTurn(from, by, 64);
                }
                return 16;
              });
    }
    return sent;
  }

  @Test
  void creating_moving_and_destroying_pairs_on_several_threads_ends_with_nothing_left()
      throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Rig rig = new Rig(threads);
      int before = rig.indicesInUse();
      List<Future<Integer>> workers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int number = t;
        workers.add(
            threads.submit(() -> {
              for (int i = 0; i < 40; i++) {
                Vnet jail = rig.vnet("j" + number + "." + i);
                Ifnet a = rig.create(rig.host, "epair");
                String b = a.name().substring(0, a.name().length() - 1) + "b";
                rig.run(rig.lend(b, jail));
                rig.up(a);
                rig.send(rig.host, a, 60);
                assertThat(rig.run(rig.removal(jail))).isEmpty();
                rig.run(rig.destroy(rig.host, b));
              }
              return 1;
            }));
      }
      for (Future<Integer> w : workers) {
        assertThat(w.get()).isEqualTo(1);
      }
      assertThat(rig.names(rig.host)).containsExactly("lo0");
      assertThat(rig.indicesInUse()).isEqualTo(before);
      assertThat(rig.machine.messages().lines()).noneMatch(l -> l.contains("panic"));
    }
  }
}
