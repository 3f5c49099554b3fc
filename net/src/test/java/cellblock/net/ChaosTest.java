package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/** Everything at once, from seeds that are printed with a failure. */
class ChaosTest {
  private static final int JAILS = 4;
  private static final Set<Errno> ALLOWED = EnumSet.of(Errno.EBUSY, Errno.ENXIO, Errno.EEXIST);

  private record Actor(Rig rig, AtomicReferenceArray<Vnet> jails, SplittableRandom random) {
    void act() {
      int slot = random.nextInt(JAILS);
      Vnet jail = jails.get(slot);
      Vnet other = random.nextBoolean() ? rig.host : jails.get(random.nextInt(JAILS));
      String name = "epair" + random.nextInt(6) + (random.nextBoolean() ? "a" : "b");
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> attempt(new IfCreate(other, "epair", Map.of()));
        case 3, 4, 5 -> attempt(IfMove.lend(other, name, jail));
        case 6, 7 -> attempt(IfMove.reclaim(other, name, jail));
        case 8, 9 -> attempt(new IfDestroy(other, name));
        case 10 -> traffic(other);
        default -> replace(slot, jail);
      }
    }

    private void attempt(Saga<?> s) {
      Errno e = rig.refusal(s);
      assertThat(e == null || ALLOWED.contains(e)).as(s + ": " + e).isTrue();
    }

    private void traffic(Vnet v) {
      if (v.state() != Vnet.State.ALIVE) {
        return;
      }
      for (Ifnet ifp : Interfaces.of(v).list()) {
        try {
          v.call(() -> {
            ifp.setFlags(1, 0);
            return Rig.sendInTurn(v, ifp, 60);
          });
        } catch (ErrnoException e) {
          assertThat(e.errno()).isEqualTo(Errno.ENXIO);
        }
      }
    }

    private void replace(int slot, Vnet old) {
      if (old != rig.host && jails.compareAndSet(slot, old, rig.host)) {
        assertThat(rig.run(rig.removal(old))).isEmpty();
        jails.set(slot, rig.vnet("j" + slot));
      }
    }
  }

  @Test
  void whatever_four_threads_do_to_the_same_interfaces_ends_with_nothing_left() throws Exception {
    for (long seed = 1; seed <= 4; seed++) {
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        chaos(threads, seed);
      }
    }
  }

  private static void chaos(ExecutorService threads, long seed) throws Exception {
    Rig rig = new Rig(threads);
    AtomicReferenceArray<Vnet> jails = new AtomicReferenceArray<>(JAILS);
    for (int i = 0; i < JAILS; i++) {
      jails.set(i, rig.vnet("j" + i));
    }
    List<Future<?>> actors = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      SplittableRandom random = new SplittableRandom(seed * 100 + t);
      actors.add(
          threads.submit(() -> {
            Actor actor = new Actor(rig, jails, random);
            for (int i = 0; i < 300; i++) {
              actor.act();
            }
          }));
    }
    for (Future<?> a : actors) {
      a.get();
    }
    for (int i = 0; i < JAILS; i++) {
      if (jails.get(i) != rig.host) {
        assertThat(rig.run(rig.removal(jails.get(i)))).as("seed " + seed).isEmpty();
      }
    }
    while (rig.names(rig.host).size() > 1) {
      rig.run(rig.destroy(rig.host, rig.names(rig.host).getLast()));
    }
    assertThat(rig.machine.messages().lines())
        .as("seed " + seed)
        .noneMatch(l -> l.contains("panic"));
    assertThat(rig.indicesInUse()).as("seed " + seed).isEqualTo(1);
    assertThat(rig.create(rig.host, "epair").name()).isEqualTo("epair0a");
    assertThat(rig.in(rig.host, () -> rig.host.mbufs().outstanding())).as("seed " + seed).isZero();
  }

  @Test
  void no_frame_whatever_is_in_it_does_more_than_be_counted() {
    Rig rig = new Rig();
    Ifnet a = rig.create(rig.host, "epair");
    rig.up(a);
    SplittableRandom random = new SplittableRandom(7);
    int[] types = {0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806, 0x0005};
    int frames = 20_000;
    for (int i = 0; i < frames; i++) {
      int len = random.nextInt(100);
      byte[] bytes = new byte[len];
      random.nextBytes(bytes);
      for (int k = 0; k < 6 && len >= 14 && random.nextInt(8) != 0; k++) {
        bytes[k] = (byte) (a.lladdr() >>> 40 - 8 * k);
      }
      if (len >= 14) {
        int type = types[random.nextInt(types.length)];
        bytes[12] = (byte) (type >> 8);
        bytes[13] = (byte) type;
      }
      rig.in(
          rig.host,
          () -> {
            Mbuf m = rig.host.mbufs().alloc(len);
            System.arraycopy(bytes, 0, m.buf, m.off, len);
            a.input(m);
            return 0;
          });
    }
    assertThat(a.counters().ipackets).isEqualTo(frames);
    assertThat(rig.received(rig.host)).isPositive();
    assertThat(rig.in(rig.host, () -> rig.host.mbufs().outstanding())).isZero();
    assertThat(rig.host.lane().fault()).isNull();
  }

  @Test
  void a_jail_that_a_bug_has_quarantined_still_gives_back_what_was_lent_to_it() {
    Rig rig = new Rig();
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.run(rig.lend("epair0b", jail));
    rig.up(a);
    rig.up(b);
    rig.listen(b);
    jail.lane()
        .post(
            Event.of(() -> {
              throw new IllegalStateException("a bug");
            }));
    assertThat(jail.lane().fault()).isNotNull();
    rig.send(rig.host, a, 60);
    assertThat(rig.received(jail)).isZero();
    assertThat(rig.run(rig.removal(jail))).isEmpty();
    assertThat(rig.names(rig.host)).containsExactly("lo0", "epair0a", "epair0b");
    assertThat(rig.host.ledger().count(LedgerKind.INTERFACE)).isEqualTo(3);
    rig.run(rig.destroy(rig.host, "epair0b"));
  }
}
