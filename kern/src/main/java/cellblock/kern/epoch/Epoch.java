package cellblock.kern.epoch;

import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Grace periods: who may still be looking at what was unlinked (ancestor: sys/kern/subr_epoch.c).
 *
 * <p>A lane's turn is a section; every other reader enters one by {@link #enter}. A {@link Ticket}
 * remembers the sections open when it was drawn and has passed once each of them has ended. Memory
 * is the garbage collector's: a grace period guards <em>effects</em> (units, index slots, buffers,
 * callbacks).
 *
 * <p>Threading: any thread. {@link #barrier} is for coordinators outside every turn and section.
 */
public final class Epoch {
  private final Lanes lanes;
  private final Executor workers;
  private final Reaper reaper = new Reaper();
  private final Lane kernelLane;
  private final ConcurrentSkipListMap<Long, Section> open = new ConcurrentSkipListMap<>();
  private final AtomicLong sequence = new AtomicLong();
  private final ConcurrentLinkedQueue<Deferred> deferred = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean reaping = new AtomicBoolean();
  private final AtomicInteger outstanding = new AtomicInteger();

  /**
   * @param workers runs the {@link Reaper}: a thread that may block in real time, a step in virtual
   * @param kernelLane runs what was deferred to a lane that is closed by then
   */
  public Epoch(Lanes lanes, Executor workers, Lane kernelLane) {
    this.lanes = lanes;
    this.workers = workers;
    this.kernelLane = kernelLane;
  }

  /** An open reader section outside the lanes. */
  public final class Section implements AutoCloseable {
    private final Long id = sequence.incrementAndGet();

    private Section() {}

    @Override
    public void close() {
      open.remove(id);
    }
  }

  /** Opens a section; close it on any thread. */
  public Section enter() {
    Section section = new Section();
    open.put(section.id, section);
    VarHandle.fullFence();
    return section;
  }

  /** The sections that a grace period waits for. */
  public final class Ticket {
    private final List<Lane> busy = new ArrayList<>(2);
    private final List<Long> turn = new ArrayList<>(2);
    private final List<Long> sections;

    private Ticket() {
      VarHandle.fullFence(); // the unlink before, the look at the lanes after
      for (Lane lane : lanes.running()) {
        long t = lane == null ? 0 : lane.turns();
        if (lane != null && (t & 1) != 0) {
          busy.add(lane);
          turn.add(t);
        }
      }
      sections = new ArrayList<>(open.keySet());
    }

    /** Whether every section that was open has ended. */
    public boolean passed() {
      while (!busy.isEmpty()) {
        int last = busy.size() - 1;
        if (busy.get(last).turns() == turn.get(last)) {
          return false;
        }
        busy.remove(last);
        turn.remove(last);
      }
      while (!sections.isEmpty()) {
        if (open.containsKey(sections.getLast())) {
          return false;
        }
        sections.removeLast();
      }
      return true;
    }
  }

  /** Remembers the sections open now. Inside a turn that turn counts, too. */
  public Ticket ticket() {
    return new Ticket();
  }

  /** Waits until every section open at the call has ended. Never inside a turn. */
  public void barrier() {
    if (Lane.CURRENT.isBound()) {
      throw new IllegalStateException("epoch barrier inside a turn of " + Lane.CURRENT.get());
    }
    Ticket ticket = ticket();
    if (!ticket.passed()) {
      lanes.waiting().until(ticket::passed);
    }
  }

  /**
   * An action and what it waits for. Whether its owner still lives is asked in the owner's turn:
   * there the answer cannot change under it.
   */
  private final class Deferred extends Event {
    private final Ticket ticket;
    private final Lane owner;
    private final Runnable action;

    Deferred(Ticket ticket, Lane owner, Runnable action) {
      this.ticket = ticket;
      this.owner = owner;
      this.action = action;
    }

    @Override
    protected void fire(Lane lane) {
      if (lane.isClosed() && lane != kernelLane) {
        kernelLane.post(this);
      } else {
        action.run();
      }
    }

    @Override
    public String toString() {
      return "deferred action";
    }
  }

  /**
   * Runs {@code action} once, after a grace period, in a turn of {@code owner}; in one of the
   * kernel lane, without curvnet, when the owner's vnet is gone by then.
   */
  public void defer(Lane owner, Runnable action) {
    outstanding.incrementAndGet();
    deferred.add(new Deferred(ticket(), owner, action));
    if (reaping.compareAndSet(false, true)) {
      workers.execute(reaper);
    }
  }

  /** How many deferred actions have not been handed to their lanes yet. */
  public int outstanding() {
    return outstanding.get();
  }

  /** Waits for the grace periods of what was deferred, and hands it to its lanes. */
  public final class Reaper implements Runnable {
    private Reaper() {}

    /** Whether it would not have to wait now. */
    public boolean ready() {
      return deferred.stream().allMatch(d -> d.ticket.passed());
    }

    @Override
    public void run() {
      while (true) {
        for (@Nullable Deferred d; (d = deferred.poll()) != null; ) {
          if (!d.ticket.passed()) {
            lanes.waiting().until(d.ticket::passed);
          }
          d.owner.post(d);
          outstanding.decrementAndGet();
        }
        reaping.set(false);
        if (deferred.isEmpty() || !reaping.compareAndSet(false, true)) {
          return;
        }
      }
    }
  }
}
