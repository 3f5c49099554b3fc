package cellblock.kern.lane;

import cellblock.kern.errno.ErrnoException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive execution domain: whatever it owns is changed only inside its turns.
 *
 * <p>Overview. {@code head} is the whole state in one word: IDLE, BUSY, or a stack of waiting items
 * (which implies busy). One CAS both enqueues and, where the word was IDLE, takes the lane. The
 * owner takes the inbox by {@code getAndSet(BUSY)}, puts it into order, and works through at most
 * {@link #BUDGET} items; release is {@code CAS(BUSY, IDLE)}, which fails exactly when something
 * came. Turns never nest: a lane that this turn makes ready joins the FIFO of the thread, and runs
 * after the release. The FIFO is intrusive: {@code nextReady} links it, its head knows its end.
 *
 * <p>Lane-owned fields are plain; ownership passes by the CAS on {@code head}. A turn is an epoch
 * section: see {@link #busy} and {@link #turns}.
 *
 * <p>Threading: {@link #offer} from a turn of another lane; {@link #post}, {@link #call} from
 * anywhere; everything else inside a turn of this lane.
 */
public final class Lane implements Runnable {
  /** Items a turn handles at most; the rest waits for the lane's next place in the FIFO. */
  public static final int BUDGET = 32;

  /** Default bound of an inbox, in mbufs. */
  public static final int LIMIT = 4096;

  /** The lane whose turn this thread is running. */
  public static final ScopedValue<Lane> CURRENT = ScopedValue.newInstance();

  private static final LaneItem IDLE = new Mark();
  private static final LaneItem BUSY = new Mark();

  /** Whether {@code getAndSet} orders all that comes before it with all that comes after it. */
  private static final boolean EXCHANGE_IS_FENCE =
      List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

  private static final VarHandle HEAD;
  private static final VarHandle TURNS;
  private static final VarHandle RUNNER;
  private static final VarHandle ATTENDANCE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(Lane.class, "head", LaneItem.class);
      TURNS = lookup.findVarHandle(Lane.class, "turns", long.class);
      RUNNER = lookup.findVarHandle(Lane.class, "runner", Thread.class);
      ATTENDANCE = lookup.findVarHandle(Lane.class, "attendance", LaneAttendance.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile LaneItem head = IDLE;

  /** Twice the turns ended, plus one while a turn runs. */
  private volatile long turns;

  /**
   * Next in the FIFO of whoever made this lane ready. Owned, as the two below, by who owes the
   * turn.
   */
  private @Nullable Lane nextReady;

  /** In the head of a FIFO: its last lane. */
  private @Nullable Lane lastReady;

  /** In the head of a FIFO: how many items its thread has served so far. */
  private int served;

  /** Who waits for this lane and would run it; null as long as nobody ever did. */
  private volatile @Nullable LaneAttendance attendance;

  /** What a turn of this lane left a turn to last. */
  private volatile @Nullable Lane leftTo;

  private final String name;
  private final Lanes lanes;
  private final Long number;
  private final ScopedValue.Carrier carrier;
  private final int limit;
  private @Nullable TurnEnd turnEnd;
  private volatile @Nullable Thread runner;
  private volatile boolean closed;

  // Owned by the turn.
  private @Nullable LaneItem pending;
  private @Nullable Lane readyFirst;
  private @Nullable Lane readyLast;
  private Thread[] waiters = new Thread[2];
  private int waiting;
  private int handled;
  private long now = Long.MIN_VALUE;
  private @Nullable Throwable fault;
  private @Nullable Object doing;

  /**
   * What a subsystem does at the end of every turn (the mbuf pool gives back what is not its own).
   */
  @FunctionalInterface
  public interface TurnEnd {
    void endOfTurn();
  }

  /**
   * @param bindings what each turn binds besides {@link #CURRENT}, or null
   * @param limit bound of the inbox, in mbufs
   */
  public Lane(String name, Lanes lanes, @Nullable Bindings bindings, int limit) {
    this.name = name;
    this.lanes = lanes;
    this.limit = limit;
    ScopedValue.Carrier current = ScopedValue.where(CURRENT, this);
    this.carrier = bindings == null ? current : bindings.add(current);
    this.number = lanes.add(this);
  }

  /** Adds bindings (curvnet) to those of a turn. */
  @FunctionalInterface
  public interface Bindings {
    ScopedValue.Carrier add(ScopedValue.Carrier carrier);
  }

  public String name() {
    return name;
  }

  public Lanes lanes() {
    return lanes;
  }

  /**
   * Takes the lane off the machine's list: what it owned is gone. In its last turn. Whoever may
   * still post to it asks {@link #isClosed} in the turn.
   */
  public void close() {
    leftTo = null;
    closed = true;
    lanes.remove(number);
  }

  /** Whether what this lane owned is gone. */
  public boolean isClosed() {
    return closed;
  }

  /** Sets what runs at the end of every turn; once, before the lane is used. */
  public void atEndOfTurn(TurnEnd end) {
    turnEnd = end;
  }

  // ---- from outside ----

  /**
   * Hands an mbuf over, from a turn of {@code from}. False = the inbox is full and the item is
   * still the caller's, who counts the drop.
   */
  public boolean offer(LaneItem item, Lane from) {
    int became = enqueue(item);
    if (became == READY) {
      from.makeReady(this);
    }
    return became != FULL;
  }

  /** Queues an event, unless it waits already, and runs it at once if the lane is free. */
  public void post(Event event) {
    if (event.claim() && enqueue(event) == READY) {
      if (CURRENT.isBound()) {
        CURRENT.get().makeReady(this);
      } else {
        lanes.dispatch(this);
      }
    }
  }

  /**
   * Runs {@code work} as a turn and waits for its result. Refused inside a turn: turns do not nest.
   *
   * @throws ErrnoException what {@code work} refused with
   */
  public <T extends @Nullable Object> T call(Callable<T> work) throws ErrnoException {
    if (CURRENT.isBound()) {
      throw new IllegalStateException(
          "call of lane " + name + " inside a turn of lane " + CURRENT.get().name);
    }
    Call<T> call = new Call<>(work, Thread.currentThread());
    post(call);
    if (!call.done()) {
      lanes.waiting().until(call::done);
    }
    return call.result();
  }

  /** Whether a turn is running or owed. */
  public boolean busy() {
    return head != IDLE;
  }

  /** Odd while a turn runs; changes at its start and at its end. */
  public long turns() {
    return turns;
  }

  /**
   * Who runs the turn under way; null when there is none. A glance: it may have ended meanwhile.
   */
  @Nullable Thread runner() {
    return runner;
  }

  /** The first Throwable that a turn let escape, or null. */
  public @Nullable Throwable fault() {
    return fault;
  }

  /** How many mbufs wait in the inbox: a snapshot. */
  public int depth() {
    return head.depth;
  }

  /**
   * What waits to be run, oldest first, for people: a look from where nobody runs the lane
   * meanwhile, as in virtual time.
   */
  public List<String> waiting() {
    List<String> items = new ArrayList<>();
    for (LaneItem i = head; i != null && !(i instanceof Mark); i = i.next) {
      items.addFirst(i.toString());
    }
    List<String> first = new ArrayList<>();
    for (LaneItem i = pending; i != null; i = i.next) {
      first.add(i.toString());
    }
    first.addAll(items);
    return first;
  }

  private static final int QUEUED = 0;
  private static final int READY = 1;
  private static final int FULL = 2;

  private int enqueue(LaneItem item) {
    int cost = item.bounded() ? 1 : 0;
    while (true) {
      LaneItem h = head;
      if (h instanceof Mark) {
        item.next = null;
        item.depth = cost;
        if (HEAD.compareAndSet(this, h, item)) {
          return h == IDLE ? READY : QUEUED;
        }
      } else {
        if (cost != 0 && h.depth >= limit) {
          if (head == h) {
            return FULL;
          }
          continue; // taken meanwhile: its depth may be that of another inbox
        }
        item.next = h;
        item.depth = h.depth + cost;
        if (HEAD.compareAndSet(this, h, item)) {
          return QUEUED;
        }
      }
    }
  }

  // ---- inside a turn ----

  /** What the turn is at, for people: a step of a saga; null for all else. In the turn. */
  public @Nullable Object doing() {
    return doing;
  }

  /** Sets what the turn is at. */
  public void doing(@Nullable Object what) {
    doing = what;
  }

  /** Nanoseconds since boot, the same for the whole turn. */
  public long now() {
    if (now == Long.MIN_VALUE) {
      now = lanes.clock.nanos();
    }
    return now;
  }

  /** Owes {@code thread} an unpark, given after the release. */
  public void wake(Thread thread) {
    if (waiting == waiters.length) {
      waiters = Arrays.copyOf(waiters, waiting * 2);
    }
    waiters[waiting++] = thread;
  }

  /** This turn made {@code other} ready and owes it a turn. */
  private void makeReady(Lane other) {
    if (lanes.ready != null) {
      lanes.ready.ready(other);
    } else if (leave(other)) {
      if (leftTo != other) {
        leftTo = other;
      }
    } else if (readyLast == null) {
      readyFirst = other;
      readyLast = other;
    } else {
      readyLast.nextReady = other;
      readyLast = other;
    }
  }

  // ---- threads that wait for this lane ----

  /** The calling thread will look after this lane; false = another one does. */
  boolean attend() {
    LaneAttendance a = attendance;
    if (a == null) {
      ATTENDANCE.compareAndSet(this, null, new LaneAttendance());
      a = attendance;
    }
    return a != null && a.begin();
  }

  /** Whether the turn that is owed to {@code other} was left to the thread that attends it. */
  private static boolean leave(Lane other) {
    LaneAttendance a = other.attendance;
    return a != null && a.leave();
  }

  private boolean takeBack() {
    LaneAttendance a = attendance;
    return a != null && a.take();
  }

  /**
   * Runs this lane if its turn was left to the calling thread, which attends it.
   *
   * @param late the thread has looked for long: whoever was to run what this lane made ready may
   *     have lost its processor, so that the calling thread takes that back
   */
  void serve(boolean late) {
    if (takeBack()) {
      lanes.dispatch(this);
    } else if (late) {
      Lane other = leftTo;
      if (other != null && other.takeBack()) {
        lanes.dispatch(other);
      }
    }
  }

  /** The calling thread attends it no longer. */
  void attendNoMore() {
    if (leftTo != null) {
      leftTo = null; // a dead lane must not stay reachable from here
    }
    LaneAttendance a = attendance;
    if (a != null && a.end()) {
      lanes.dispatch(this);
    }
  }

  /** One step of the simulator: a turn, with the lane told ready again where work is left. */
  public void step() {
    beginFifo();
    LaneRunner mark = lanes.runner();
    Lane again = turn(mark);
    mark.giveBack();
    if (again != null) {
      lanes.dispatch(again);
    }
  }

  /** This lane is the only one in a thread's FIFO. The caller owes it a turn. */
  void beginFifo() {
    lastReady = this;
    served = 0;
  }

  /** Items that this lane's FIFO has served; it is the head. */
  int served() {
    return served;
  }

  /** A turn of the head of a FIFO, which the caller owes. Returns the new head, or null. */
  @Nullable Lane turn(LaneRunner mark) {
    Lane last = lastReady == null ? this : lastReady;
    lastReady = null;
    int items = served;
    RUNNER.setOpaque(this, Thread.currentThread());
    mark.at(this);
    TURNS.setOpaque(this, turns + 1);
    if (pending != null || !EXCHANGE_IS_FENCE) { // else taking the inbox is one
      // A barrier that starts now sees this section, or this section sees its unlink.
      VarHandle.fullFence();
    }
    carrier.run(this);
    items += handled;
    now = Long.MIN_VALUE;
    // Detach the turn's output before the release: afterwards it is another owner's.
    if (readyFirst != null && readyLast != null) {
      last.nextReady = readyFirst;
      last = readyLast;
      readyFirst = null;
      readyLast = null;
    }
    Lane next = nextReady;
    nextReady = null;
    int wakes = waiting;
    Thread one = null;
    Thread[] several = null;
    if (wakes > 0) {
      one = waiters[0];
      several = wakes == 1 ? null : Arrays.copyOf(waiters, wakes);
      Arrays.fill(waiters, 0, wakes, null);
      waiting = 0;
    }
    RUNNER.setOpaque(this, null);
    TURNS.setRelease(this, turns + 1);
    if (pending != null
        || !HEAD.compareAndSet(this, BUSY, IDLE)) { // still ours: another turn is owed
      if (next == null) {
        next = this;
      } else {
        last.nextReady = this;
      }
      last = this;
    }
    if (next != null) {
      next.lastReady = last;
      next.served = items;
    }
    if (wakes > 0) {
      wake(one, several);
    }
    return next;
  }

  /** Wake-ups may only unpark: no foreign code runs here. */
  private static void wake(@Nullable Thread one, Thread @Nullable [] several) {
    if (several == null) {
      LockSupport.unpark(one);
    } else {
      for (Thread t : several) {
        LockSupport.unpark(t);
      }
    }
  }

  /** The body of a turn; public only because the carrier calls it. */
  @Override
  public void run() {
    int n = 0;
    LaneItem item = pending;
    if (item == null) {
      item = takeInbox();
    }
    while (item != null) {
      LaneItem next = item.next;
      item.next = null;
      pending = next; // the item may throw: what follows is not lost
      runItem(item);
      item = pending;
      if (++n == BUDGET) {
        break;
      }
    }
    handled = n;
    if (turnEnd != null) {
      endTurn(turnEnd);
    }
  }

  private void endTurn(TurnEnd end) {
    try {
      end.endOfTurn();
    } catch (Throwable t) {
      faulted(t);
    }
  }

  private void runItem(LaneItem item) {
    try {
      if (fault == null) {
        item.run(this);
      } else {
        item.discard(this);
      }
    } catch (Throwable t) {
      faulted(t);
    }
  }

  private void faulted(Throwable t) {
    if (fault == null) {
      fault = t;
    }
    lanes.faults.fault(this, t);
  }

  /** Takes the whole inbox, oldest first. */
  private @Nullable LaneItem takeInbox() {
    LaneItem h = (LaneItem) HEAD.getAndSet(this, BUSY);
    if (h instanceof Mark) {
      return null;
    }
    LaneItem ordered = null;
    for (LaneItem i = h; i != null; ) {
      LaneItem below = i.next;
      i.next = ordered;
      ordered = i;
      i = below;
    }
    return ordered;
  }

  @Override
  public String toString() {
    return name;
  }

  /** IDLE and BUSY. */
  private static final class Mark extends LaneItem {
    @Override
    protected void run(Lane lane) {}

    @Override
    protected void discard(Lane lane) {}

    @Override
    protected boolean bounded() {
      return false;
    }
  }
}
