package cellblock.kern.mbuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.TestLanes;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Mbufs and their pools: on one lane, and travelling between lanes on real threads. */
class MbufPoolTest {
  private final MbufPool pool = new MbufPool();

  @Test
  void the_mbuf_freed_last_is_used_next_and_comes_back_clean() {
    Mbuf a = pool.alloc(100);
    Mbuf b = pool.alloc(100);
    b.flags = Mbuf.M_BCAST;
    b.csumFlags = Mbuf.CSUM_IP_VALID;
    b.segmentSize = 1448;
    b.flowId = 7;
    b.fib = 3;
    b.nextPacket = a;
    b.prepend(14);
    pool.free(a);
    pool.free(b);
    Mbuf again = pool.alloc(60);
    assertThat(again).isSameAs(b);
    assertThat(List.of(again.flags, again.csumFlags, again.segmentSize, again.flowId, again.fib))
        .containsOnly(0);
    assertThat(again.nextPacket).isNull();
    assertThat(again.off).isEqualTo(MbufPool.HEADROOM);
    assertThat(again.len).isEqualTo(60);
    assertThat(pool.outstanding()).isEqualTo(1);
  }

  @Test
  void a_pool_that_is_told_to_keeps_nothing_until_it_has_been_used() {
    MbufPool sparse = new MbufPool(3);
    for (int i = 0; i < 3; i++) {
      Mbuf m = sparse.alloc(100);
      sparse.free(m);
      assertThat(sparse.alloc(100)).as("after %d", i + 1).isNotSameAs(m);
    }
    Mbuf kept = sparse.alloc(100);
    sparse.free(kept);
    assertThat(sparse.alloc(100)).isSameAs(kept);
  }

  @Test
  void a_large_packet_gets_a_large_mbuf_and_sizes_do_not_mix() {
    int head = MbufPool.HEADROOM;
    int[] sizes = {MbufPool.TINY, MbufPool.CLUSTER, MbufPool.JUMBO};
    Mbuf[] used = new Mbuf[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      used[i] = pool.alloc(sizes[i] - head);
      assertThat(used[i].buf).hasSize(sizes[i]);
    }
    for (Mbuf m : used) {
      pool.free(m);
    }
    assertThat(pool.alloc(MbufPool.CLUSTER - head + 1)).isSameAs(used[2]);
    assertThat(pool.alloc(MbufPool.TINY - head + 1)).isSameAs(used[1]);
    assertThat(pool.alloc(1)).isSameAs(used[0]);
  }

  @Test
  void a_double_free_is_caught_at_home_and_abroad() {
    Mbuf m = pool.alloc(10);
    pool.free(m);
    assertThatThrownBy(() -> pool.free(m)).hasMessageContaining("twice");
    MbufPool other = new MbufPool();
    Mbuf n = pool.alloc(10);
    other.free(n);
    assertThatThrownBy(() -> other.free(n)).hasMessageContaining("twice");
    assertThatThrownBy(() -> pool.free(n)).hasMessageContaining("twice");
    other.flush();
    assertThatThrownBy(() -> pool.free(n)).hasMessageContaining("twice");
    assertThat(pool.outstanding()).isZero();
  }

  @Test
  void what_is_owed_to_several_pools_goes_home_to_each() {
    MbufPool[] homes = {new MbufPool(), new MbufPool(), new MbufPool()};
    for (int i = 0; i < 30; i++) {
      pool.free(homes[i % 3].alloc(10));
    }
    for (int i = 0; i < 30; i++) {
      pool.free(homes[i / 10].alloc(10));
    }
    pool.flush();
    pool.flush();
    for (MbufPool home : homes) {
      assertThat(home.outstanding()).isZero();
      assertThat(home.allocated()).isEqualTo(20);
    }
  }

  @Test
  void a_burst_beyond_what_is_kept_is_still_accounted_for() {
    List<Mbuf> held = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      held.add(pool.alloc(i % 2 == 0 ? 10 : 10_000));
    }
    assertThat(pool.outstanding()).isEqualTo(5000);
    held.forEach(pool::free);
    assertThat(pool.outstanding()).isZero();
  }

  @Test
  void a_copy_has_the_bytes_and_the_packet_header() {
    Mbuf m = pool.alloc(200);
    Arrays.fill(m.buf, m.off, m.off + m.len, (byte) 0x5a);
    m.flags = Mbuf.M_MCAST;
    m.flowId = 99;
    m.adjust(20);
    m.adjust(-30);
    Mbuf c = new MbufPool().copy(m);
    assertThat(c.len).isEqualTo(150);
    assertThat(Arrays.copyOfRange(c.buf, c.off, c.off + c.len)).containsOnly(0x5a);
    assertThat(c.flags).isEqualTo(Mbuf.M_MCAST);
    assertThat(c.flowId).isEqualTo(99);
  }

  @Test
  void more_headers_than_headroom_is_an_error() {
    Mbuf m = pool.alloc(10);
    assertThatThrownBy(() -> m.prepend(MbufPool.HEADROOM + 1)).hasMessageContaining("headroom");
  }

  /** An interface that frees or forwards, and checks that nobody writes to what it holds. */
  private static final class Station implements MbufInput {
    final Lane lane;
    final MbufPool pool = new MbufPool();
    Station[] all = {};
    int generation;
    int me;
    int torn;
    int ended;
    int stale;
    int quarantined;

    Station(String name, Lanes lanes) {
      lane = new Lane(name, lanes, null, 128);
      lane.atEndOfTurn(pool::flush);
    }

    void send(int hops) {
      Mbuf m = pool.alloc(64);
      m.buf[m.off] = (byte) hops;
      Arrays.fill(m.buf, m.off + 1, m.off + 64, (byte) me);
      forward(m);
    }

    private void forward(Mbuf m) {
      Station to = all[(me + 1) % all.length];
      m.direct(to, to.generation);
      if (!to.lane.offer(m, lane)) {
        pool.free(m);
        ended++;
      }
    }

    @Override
    public int generation() {
      return generation;
    }

    @Override
    public void input(Mbuf m) {
      byte first = m.buf[m.off + 1];
      for (int i = 2; i < 64; i++) {
        torn += m.buf[m.off + i] == first ? 0 : 1;
      }
      if (--m.buf[m.off] <= 0) {
        pool.free(m);
        ended++;
        return;
      }
      Arrays.fill(m.buf, m.off + 1, m.off + 64, (byte) me);
      forward(m);
    }

    @Override
    public void drop(Mbuf m, DropReason reason) {
      if (reason == DropReason.QUARANTINED) {
        quarantined++;
      } else {
        stale++;
      }
      pool.free(m);
    }
  }

  @Test
  void mbufs_that_travel_between_lanes_on_many_threads_all_come_home() throws ErrnoException {
    TestLanes test = new TestLanes();
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Lanes lanes = test.inline(workers);
      Station[] stations = new Station[4];
      for (int i = 0; i < stations.length; i++) {
        stations[i] = new Station("s" + i, lanes);
        stations[i].me = i;
        stations[i].all = stations;
      }
      AtomicIntegerArray done = new AtomicIntegerArray(stations.length);
      List<Runnable> senders = new ArrayList<>();
      int bursts = 10_000;
      for (Station s : stations) {
        senders.add(() -> {
          for (int i = 0; i < bursts; i++) {
            s.lane.post(
                Event.of(() -> {
                  for (int k = 0; k < 4; k++) {
                    s.send(7);
                  }
                  done.incrementAndGet(s.me);
                }));
          }
        });
      }
      TestLanes.together(senders);
      long sent = 4L * bursts * stations.length;
      long deadline = System.nanoTime() + 10_000_000_000L;
      long ended = 0;
      while (ended < sent && System.nanoTime() < deadline) {
        ended = 0;
        for (Station s : stations) {
          ended += s.lane.call(() -> s.ended);
        }
      }
      assertThat(ended).isEqualTo(sent);
      for (Station s : stations) {
        assertThat(s.lane.call(() -> s.torn)).as("bytes written by two").isZero();
        assertThat(s.lane.call(s.pool::outstanding)).as("mbufs of " + s.lane).isZero();
      }
      assertThat(test.faults).isEmpty();
    }
  }

  @Test
  void an_mbuf_for_an_interface_that_has_left_is_dropped_as_stale() {
    TestLanes test = new TestLanes();
    Lanes lanes = test.stepped();
    Station a = new Station("a", lanes);
    Station b = new Station("b", lanes);
    a.all = new Station[] {a, b};
    a.lane.post(Event.of(() -> a.send(1)));
    test.step();
    b.generation++;
    test.settle();
    assertThat(b.stale).isEqualTo(1);
    assertThat(b.ended).isZero();
    assertThat(a.pool.outstanding()).isZero();
  }

  @Test
  void mbufs_of_a_quarantined_lane_are_dropped_with_that_reason_and_given_back() {
    TestLanes test = new TestLanes();
    Lanes lanes = test.stepped();
    Station a = new Station("a", lanes);
    Station b = new Station("b", lanes);
    a.all = new Station[] {a, b};
    b.lane.post(
        Event.of(() -> {
          throw new IllegalStateException("bug");
        }));
    a.lane.post(
        Event.of(() -> {
          a.send(1);
          a.send(1);
        }));
    test.settle();
    assertThat(b.quarantined).isEqualTo(2);
    assertThat(b.ended).isZero();
    assertThat(a.pool.outstanding()).isZero();
    assertThat(a.lane.fault()).isNull();
  }
}
