package cellblock.daemon;

import cellblock.control.session.FrameType;
import cellblock.kern.Machine;
import cellblock.kern.lane.Event;
import cellblock.kern.time.Callout;
import cellblock.sim.Stepper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The pace of a simulation: tools are programs of the run, and the run stands still while any
 * process of the script does something that is not known. What clients say is heard when all of
 * them sleep, in the order of their places in the process tree; so nothing depends on how fast the
 * host is. See docs/adr/0018-scripts-in-virtual-time.md.
 *
 * <p>Threading: {@link #called}, {@link #told}, {@link #gone} on sessions' threads; everything else
 * by whoever holds the run's baton.
 */
final class SimPace implements Pace, HostTree.Clients {
  private static final long FIRST_PAUSE = 100_000;
  private static final long LAST_PAUSE = 4_000_000;
  private static final long WORTH_TELLING = TimeUnit.SECONDS.toNanos(30);
  private static final long ACKNOWLEDGED = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long GOES_STALE = TimeUnit.MILLISECONDS.toNanos(50);

  private final Machine machine;
  private final Stepper stepper;
  private final ControlServer.Log log;
  private final long pids = HostTree.pids();
  private final Map<Long, ClientCall> calls = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<News> news = new ConcurrentLinkedQueue<>();
  private final List<ClientCall> admitted = new ArrayList<>();
  private @Nullable HostTree tree;
  private Map<Long, HostTree.Entry> entries = Map.of();
  private volatile Stir stir = Stir.NOTHING;
  private volatile boolean over;
  private boolean ending;
  private long proved;

  /** What may be awake outside: nobody, clients that write to files, anybody. */
  private enum Stir {
    NOTHING,
    FILES,
    PROCESSES
  }

  /** Something that a client said, and what is to be done about it. */
  record News(ClientCall call, String what, Runnable action) {}

  SimPace(Machine machine, Stepper stepper, ControlServer.Log log) {
    this.machine = machine;
    this.stepper = stepper;
    this.log = log;
    stepper.gate(() -> ending || mayGoOn());
  }

  /** Processes can be seen; without this only one call at a time is expected. */
  void watch(HostTree seen) {
    tree = seen;
  }

  // ---- clients ----

  @Override
  public @Nullable ClientMoves moves(long pid) {
    ClientCall call = calls.get(pid);
    return call == null ? null : call.moves();
  }

  @Override
  public Set<Long> pids() {
    return calls.keySet();
  }

  @Override
  public void called(ClientCall call, Runnable body) {
    if (over || call.hello().tool().equals("@stop")) {
      over = true;
      call.thread(Thread.ofVirtual().start(body));
      return;
    }
    Runnable begin =
        () -> {
          admitted.add(call);
          call.thread(stepper.start("call " + call.hello().tool(), body));
        };
    news.add(new News(call, "call " + String.join(" ", command(call)), begin));
    calls.put(call.hello().pid(), call);
  }

  private static List<String> command(ClientCall call) {
    List<String> words = new ArrayList<>(call.hello().args());
    words.addFirst(call.hello().tool());
    return words;
  }

  @Override
  public void told(ClientCall call, Runnable what) {
    news.add(new News(call, "signal", what));
  }

  @Override
  public void gone(ClientCall call, Runnable what) {
    Runnable end =
        () -> {
          admitted.remove(call);
          what.run();
        };
    if (over) {
      what.run();
    } else {
      news.add(new News(call, "end", end));
    }
    calls.remove(call.hello().pid(), call);
  }

  /** What has been said since the last time, in the order of the process tree. */
  List<News> heard() {
    List<News> all = new ArrayList<>();
    for (News n = news.poll(); n != null; n = news.poll()) {
      all.add(n);
    }
    Comparator<Long> byPlace = HostTree.byPlace(entries, pids);
    all.sort(
        Comparator.comparing((News n) -> n.call().hello().pid(), byPlace)
            .thenComparingInt(n -> admitted.indexOf(n.call())));
    return all;
  }

  /** The calls whose tools run, in the order in which they began. */
  List<ClientCall> running() {
    return List.copyOf(admitted);
  }

  /** The processes of the script as they were last seen. */
  Map<Long, HostTree.Entry> processes() {
    return entries;
  }

  /** Whether the script has ended. */
  boolean over() {
    return over;
  }

  /** The launcher was killed. On a thread beside the run. */
  void abandon() {
    over = true;
  }

  /** From here on nobody waits for the host. */
  void end() {
    over = true;
    ending = true;
  }

  /** Whether nothing has been said that was not heard. */
  boolean silent() {
    return news.isEmpty();
  }

  // ---- tools ----

  @Override
  public Thread start(String name, Runnable body) {
    return stepper.start(name, body);
  }

  @Override
  public void join(Thread thread) throws InterruptedException {
    stepper.interruptibly(() -> !stepper.runs(thread));
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    beforeLooking(); // the answer is there, or will not come before something else happens
    stepper.interruptibly(() -> !queue.isEmpty());
    T next = queue.poll();
    if (next == null) {
      throw interrupted();
    }
    return next;
  }

  @Override
  public <T> @Nullable T poll(BlockingQueue<T> queue, Duration timeout)
      throws InterruptedException {
    AtomicBoolean late = new AtomicBoolean();
    Callout timer =
        new Callout(machine.kernelCallouts(), null, "timeout of a program", () -> late.set(true));
    machine.kernelLane().post(Event.of(() -> timer.reset(timeout.toNanos())));
    mayGoOn();
    stepper.interruptibly(() -> !queue.isEmpty() || late.get());
    machine.kernelLane().post(Event.of(timer::stop));
    T next = queue.poll();
    if (next == null && !late.get()) {
      throw interrupted();
    }
    return next;
  }

  private static InterruptedException interrupted() {
    Thread.interrupted();
    return new InterruptedException();
  }

  @Override
  public void beforeLooking() {
    mayGoOn();
  }

  @Override
  public boolean synchronous() {
    return !over;
  }

  @Override
  public void sending(ClientMoves client, int frameType) throws InterruptedException {
    if (over) {
      return;
    }
    if (!client.synced()) {
      mayGoOn();
      stepper.interruptibly(client::synced);
    }
    boolean file =
        frameType == FrameType.STDOUT && client.toFile(1)
            || frameType == FrameType.STDERR && client.toFile(2);
    if (!file) {
      stir = Stir.PROCESSES;
    } else if (stir == Stir.NOTHING) {
      stir = Stir.FILES;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public void signalled() {
    stir = Stir.PROCESSES;
  }

  // ---- the host ----

  /** Time is about to move: what was proved long ago, by the host's clock, is proved again. */
  void beforeTimeMoves() {
    if (stir == Stir.NOTHING && System.nanoTime() - proved > GOES_STALE) {
      stir = Stir.PROCESSES;
    }
    mayGoOn();
  }

  /** Whether all sleep at each of several looks, a moment of the host's time between them. */
  boolean provedAgain(int times) {
    for (int i = 0; i < times && !over; i++) {
      LockSupport.parkNanos(20 * LAST_PAUSE);
      stir = Stir.PROCESSES;
      mayGoOn();
      if (!silent()) {
        return false;
      }
    }
    return !over;
  }

  /** Waits until the script's processes sleep; false when the script has ended. */
  boolean mayGoOn() {
    if (stir != Stir.NOTHING && !over) {
      boolean interrupted = Thread.interrupted();
      try {
        await();
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    return !over;
  }

  private void await() {
    if (stir == Stir.FILES && acknowledged()) {
      stir = Stir.NOTHING;
      return;
    }
    long began = System.nanoTime();
    long tell = WORTH_TELLING;
    long pause = FIRST_PAUSE;
    while (!over) {
      String busy = busy();
      if (busy == null) {
        stir = Stir.NOTHING;
        proved = System.nanoTime();
        return;
      }
      LockSupport.parkNanos(pause);
      Thread.interrupted();
      pause = Math.min(2 * pause, LAST_PAUSE);
      if (System.nanoTime() - began > tell) {
        tell *= 2;
        log.line("time stands still: " + busy);
      }
    }
  }

  /** Whether clients that write to files have done so, soon. */
  private boolean acknowledged() {
    long began = System.nanoTime();
    while (System.nanoTime() - began < ACKNOWLEDGED) {
      if (calls.values().stream().allMatch(c -> c.moves().synced() || c.moves().ended())) {
        return true;
      }
      Thread.onSpinWait();
      LockSupport.parkNanos(FIRST_PAUSE / 4);
      Thread.interrupted();
    }
    return false;
  }

  /** Null when every process sleeps; else one that does not. */
  private @Nullable String busy() {
    HostTree seen = tree;
    if (seen == null) {
      return calls.isEmpty() || calls.values().stream().anyMatch(c -> !c.moves().idle())
          ? "the script does something"
          : null;
    }
    HostTree.Look first = seen.look();
    if (first.busy() != null) {
      return first.busy();
    }
    HostTree.Look second = seen.look();
    if (second.busy() != null || !first.readings().equals(second.readings())) {
      return second.busy() == null ? "something has just run" : second.busy();
    }
    List<Long> suspects = seen.settled(second);
    if (!suspects.isEmpty()) {
      suspects.forEach(this::askAgain);
      return "clients are asked whether they have said all";
    }
    entries = second.entries();
    return null;
  }

  /** What a client said before it answers has been heard when it has. */
  private void askAgain(long pid) {
    ClientCall call = calls.get(pid);
    if (call != null) {
      call.askAgain();
    }
  }
}
