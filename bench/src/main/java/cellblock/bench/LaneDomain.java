package cellblock.bench;

import cellblock.kern.lane.Event;
import cellblock.kern.lane.FaultHandler;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import cellblock.kern.lane.Ready;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufPool;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What keeps a vnet's state to one writer, in three ways that the same nodes run on: the kernel's
 * own lanes taken inline, the same lanes each with a worker thread of its own, and a plain lock
 * whose holder delivers after unlocking.
 */
abstract class LaneDomain {
  /** Which way. */
  enum Variant {
    INLINE,
    WORKER,
    LOCK
  }

  final MbufPool pool = new MbufPool();

  /**
   * Hands a packet over from inside this domain; false = full, and the packet is still the
   * caller's.
   */
  abstract boolean offer(Mbuf m, LaneNode to);

  /** Wakes a thread once this domain is left. */
  abstract void wake(Thread thread);

  /** Runs a job in this domain for an application's thread, and returns when it is done. */
  abstract void run(Job job, App app);

  /** Runs a job in this domain, now or soon: a socket's event. */
  abstract void post(Job job, App app);

  /** Work that a thread of an application wants done in a domain. */
  abstract static class Job extends Event {
    private volatile boolean done;
    volatile Thread waiter;

    abstract void work();

    @Override
    protected final void fire(Lane lane) {
      work();
      Thread w = waiter;
      if (w != null && !done) {
        done = true;
        if (w != Thread.currentThread()) {
          lane.wake(w);
        }
      }
    }
  }

  /** An application's thread; with locks, what it still has to deliver. */
  static final class App {
    private static final int BURST = 32;
    private Mbuf[] packets = new Mbuf[256];
    private LaneNode[] to = new LaneNode[256];
    private int first;
    private int count;
    private final List<Thread> owed = new ArrayList<>();

    private void add(Mbuf m, LaneNode node) {
      if (count == packets.length) {
        grow();
      }
      int at = (first + count++) & (packets.length - 1);
      packets[at] = m;
      to[at] = node;
    }

    private void grow() {
      Mbuf[] p = new Mbuf[count * 2];
      LaneNode[] t = new LaneNode[count * 2];
      for (int i = 0; i < count; i++) {
        int at = (first + i) & (packets.length - 1);
        p[i] = packets[at];
        t[i] = to[at];
      }
      packets = p;
      to = t;
      first = 0;
    }

    private void deliver() {
      while (count > 0) {
        LaneNode node = to[first];
        Locked domain = (Locked) node.domain;
        domain.lock.lock();
        domain.owner = this;
        try {
          for (int n = 0; n < BURST && count > 0 && to[first] == node; n++) {
            Mbuf m = packets[first];
            packets[first] = null;
            first = (first + 1) & (packets.length - 1);
            count--;
            node.input(m);
          }
          domain.pool.flush();
        } finally {
          domain.lock.unlock();
        }
        wakeOwed();
      }
    }

    private void wakeOwed() {
      if (!owed.isEmpty()) {
        owed.forEach(LockSupport::unpark);
        owed.clear();
      }
    }
  }

  /** On the kernel's lane, whoever runs it. */
  static final class OnLane extends LaneDomain {
    final Lane lane;

    OnLane(Lane lane) {
      this.lane = lane;
      lane.atEndOfTurn(pool::flush);
    }

    @Override
    boolean offer(Mbuf m, LaneNode to) {
      m.direct(to, 0);
      return ((OnLane) to.domain).lane.offer(m, lane);
    }

    @Override
    void wake(Thread thread) {
      if (thread != Thread.currentThread()) {
        lane.wake(thread);
      }
    }

    @Override
    void run(Job job, App app) {
      job.done = false;
      job.waiter = Thread.currentThread();
      lane.post(job);
      while (!job.done) {
        LockSupport.park();
      }
    }

    @Override
    void post(Job job, App app) {
      lane.post(job);
    }
  }

  /** Under a lock; what it sends is delivered after unlocking, in order, by the same thread. */
  static final class Locked extends LaneDomain {
    final ReentrantLock lock = new ReentrantLock();
    App owner = new App();

    @Override
    boolean offer(Mbuf m, LaneNode to) {
      owner.add(m, to);
      return true;
    }

    @Override
    void wake(Thread thread) {
      if (thread != Thread.currentThread()) {
        owner.owed.add(thread);
      }
    }

    @Override
    void run(Job job, App app) {
      lock.lock();
      owner = app;
      try {
        job.work();
        pool.flush();
      } finally {
        lock.unlock();
      }
      app.wakeOwed();
      app.deliver();
    }

    @Override
    void post(Job job, App app) {
      run(job, app);
    }
  }

  /** A thread that runs one lane: spins for a while, then parks. */
  private static final class Worker implements Runnable {
    private final int spins;
    private final Lane[] lane = new Lane[1];
    private volatile boolean owed;
    private volatile boolean parked;
    private Thread thread;

    Worker(int spins) {
      this.spins = spins;
    }

    void ready() {
      owed = true;
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      int idle = 0;
      while (true) {
        if (owed) {
          owed = false;
          lane[0].step();
          idle = 0;
        } else if (idle++ < spins) {
          Thread.onSpinWait();
        } else {
          parked = true;
          if (!owed) {
            LockSupport.park();
          }
          parked = false;
          idle = 0;
        }
      }
    }
  }

  /** Makes {@code n} domains of one kind. */
  static LaneDomain[] make(Variant variant, int n) {
    LaneDomain[] made = new LaneDomain[n];
    if (variant == Variant.LOCK) {
      for (int i = 0; i < n; i++) {
        made[i] = new Locked();
      }
      return made;
    }
    Map<Lane, Worker> workers = new IdentityHashMap<>();
    Ready ready = variant == Variant.INLINE ? null : lane -> workers.get(lane).ready();
    Lanes lanes =
        new Lanes(
            ready,
            System::nanoTime,
            Executors.newVirtualThreadPerTaskExecutor(),
            c -> {
              while (!c.getAsBoolean()) {
                Thread.onSpinWait();
              }
            },
            new Faults());
    boolean few = n <= 16;
    List<Worker> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Lane lane = new Lane("lane" + i, lanes, null, Lane.LIMIT);
      made[i] = new OnLane(lane);
      if (variant == Variant.WORKER) {
        Worker w = new Worker(few ? 2000 : 0);
        w.lane[0] = lane;
        workers.put(lane, w);
        all.add(w);
      }
    }
    for (Worker w : all) {
      Thread t = few ? Thread.ofPlatform().daemon().unstarted(w) : Thread.ofVirtual().unstarted(w);
      w.thread = t;
      t.start();
    }
    return made;
  }

  private record Faults() implements FaultHandler {
    @Override
    public void fault(Lane lane, Throwable cause) {
      cause.printStackTrace();
      Runtime.getRuntime().halt(3);
    }

    @Override
    public void overrun(Lane lane, long nanos, StackTraceElement[] stack) {}
  }
}
