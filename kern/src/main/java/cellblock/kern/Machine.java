package cellblock.kern;

import cellblock.kern.epoch.Epoch;
import cellblock.kern.lane.FaultHandler;
import cellblock.kern.lane.Lane;
import cellblock.kern.lane.Lanes;
import cellblock.kern.lane.Ready;
import cellblock.kern.lane.Threads;
import cellblock.kern.lane.TurnWatch;
import cellblock.kern.lane.Waiting;
import cellblock.kern.memguard.MemGuard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.saga.Coordinator;
import cellblock.kern.saga.Driver;
import cellblock.kern.saga.Saga;
import cellblock.kern.time.Alarms;
import cellblock.kern.time.CalloutQueue;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.Vnets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the subsystems of one kernel share: time, randomness, lanes, epoch, vnets, messages. Several
 * machines may live in one JVM and know nothing of each other.
 *
 * <p>Threading: immutable after construction; each part says its own.
 */
public final class Machine {
  /**
   * The outside world of a machine.
   *
   * @param clock time
   * @param random the seed of everything random; used in turns of the kernel lane only, to be split
   * @param ready the stepper of virtual time, or null
   * @param workers runs long chains and grace periods
   * @param waiting how threads outside the lanes wait
   * @param vimage whether there may be vnets besides vnet0
   * @param invariants checked mode: recursion and wrong-vnet use are reported
   * @param plan how jails and interfaces die
   * @param secrets what keys are made of, for any thread; null = split from {@code random}, so that
   *     a seed repeats them, too
   */
  public record Options(
      Clock clock,
      RandomGenerator.SplittableGenerator random,
      @Nullable Ready ready,
      Executor workers,
      Waiting waiting,
      boolean vimage,
      boolean invariants,
      TeardownPlan plan,
      @Nullable RandomGenerator secrets) {
    /** The same with keys that the seed repeats. */
    public Options(
        Clock clock,
        RandomGenerator.SplittableGenerator random,
        @Nullable Ready ready,
        Executor workers,
        Waiting waiting,
        boolean vimage,
        boolean invariants,
        TeardownPlan plan) {
      this(clock, random, ready, workers, waiting, vimage, invariants, plan, null);
    }

    /** The same with the house's own plan. */
    public Options(
        Clock clock,
        RandomGenerator.SplittableGenerator random,
        @Nullable Ready ready,
        Executor workers,
        Waiting waiting,
        boolean vimage,
        boolean invariants) {
      this(clock, random, ready, workers, waiting, vimage, invariants, TeardownPlan.STAGED);
    }
  }

  /** A turn longer than this is reported, nanoseconds. */
  private static final long TURN_LIMIT = 250_000_000;

  private final Options options;
  private final MessageBuffer messages = new MessageBuffer();
  private final MemGuard memguard;
  private final Alarms alarms = new Alarms();
  private final Lanes lanes;
  private final TurnWatch turnWatch;
  private final Epoch epoch;
  private final Lane kernelLane;
  private final CalloutQueue kernelCallouts;
  private final Coordinator coordinator;
  private final Driver driver;
  private final Vnets vnets;
  private final RandomGenerator.SplittableGenerator random;
  private volatile Map<MachineVariable<?>, Object> variables = Map.of();

  public Machine(Options options) {
    this.options = options;
    this.memguard = new MemGuard(options.invariants, messages::log);
    this.lanes =
        new Lanes(
            options.ready, options.clock, options.workers, options.waiting, new Reports(messages));
    this.turnWatch = new TurnWatch(lanes, TURN_LIMIT);
    this.kernelLane = new Lane("kernel", lanes, null, Lane.LIMIT);
    this.epoch = new Epoch(lanes, options.workers, kernelLane);
    this.kernelCallouts = new CalloutQueue(kernelLane, alarms);
    this.coordinator = new Coordinator(options.waiting);
    this.driver =
        options.ready instanceof Driver stepper
            ? stepper
            : saga -> options.workers.execute(() -> coordinator.drive(saga));
    this.random = options.random;
    this.vnets = new Vnets(this);
  }

  /** Faults and overruns go to the message buffer; the lane keeps the fault itself. */
  private record Reports(MessageBuffer messages) implements FaultHandler {
    @Override
    public void fault(Lane lane, Throwable cause) {
      StackTraceElement[] stack = cause.getStackTrace();
      messages.log(
          "panic: " + lane.name() + ": " + cause + (stack.length > 0 ? " at " + stack[0] : ""));
    }

    @Override
    public void overrun(Lane lane, long nanos, StackTraceElement[] stack) {
      messages.log(
          "lane "
              + lane.name()
              + ": a turn has been running for "
              + nanos / 1_000_000
              + " ms"
              + (stack.length > 0 ? ", at " + stack[0] : ""));
      for (int i = 1; i < Math.min(stack.length, 12); i++) {
        messages.log("  " + stack[i]);
      }
    }
  }

  public Clock clock() {
    return options.clock;
  }

  public boolean vimage() {
    return options.vimage;
  }

  public boolean invariants() {
    return options.invariants;
  }

  /** How jails and interfaces die. */
  public TeardownPlan plan() {
    return options.plan;
  }

  /** Faults: use of what is dead. */
  public MemGuard memguard() {
    return memguard;
  }

  /** A generator of its own for whoever asks; in turns of the kernel lane, or while booting. */
  public RandomGenerator splitRandom() {
    return random.split();
  }

  /**
   * What keys are made of; in turns of the kernel lane, or while booting. In real time it is as
   * good as the host's; in virtual time the seed repeats it.
   */
  public RandomGenerator secrets() {
    RandomGenerator own = options.secrets;
    return own == null ? random.split() : own;
  }

  public Lanes lanes() {
    return lanes;
  }

  /** Reports turns that take too long; in real time somebody lends it a thread. */
  public TurnWatch turnWatch() {
    return turnWatch;
  }

  public Epoch epoch() {
    return epoch;
  }

  /** Owns what belongs to no vnet: lists, tables, global units, the prison tree. */
  public Lane kernelLane() {
    return kernelLane;
  }

  public CalloutQueue kernelCallouts() {
    return kernelCallouts;
  }

  /** Hands a saga over to be driven beside the caller; from anywhere, turns included. */
  public void spawn(Saga<?> saga) {
    driver.drive(saga);
  }

  /**
   * Starts the threads of programs in virtual time; null in real time, where any thread will do.
   */
  public @Nullable Threads threads() {
    return options.ready instanceof Threads stepper ? stepper : null;
  }

  /** Drives sagas, outside every lane. */
  public Coordinator coordinator() {
    return coordinator;
  }

  public Alarms alarms() {
    return alarms;
  }

  public Vnets vnets() {
    return vnets;
  }

  public Vnet vnet0() {
    return vnets.vnet0();
  }

  public MessageBuffer messages() {
    return messages;
  }

  Object value(MachineVariable<?> key) {
    Object value = variables.get(key);
    if (value == null) {
      throw new IllegalStateException(key + " is not linked (module not loaded?)");
    }
    return value;
  }

  /** Links a module's machine-wide variables. In a turn of the kernel lane. */
  public void link(List<MachineVariable<?>> added) {
    Map<MachineVariable<?>, Object> now = new IdentityHashMap<>(variables);
    for (MachineVariable<?> v : added) {
      now.put(v, v.initialFor(this));
    }
    variables = now;
  }

  /** Forgets a module's machine-wide variables. In a turn of the kernel lane. */
  public void unlink(List<MachineVariable<?>> removed) {
    Map<MachineVariable<?>, Object> now = new IdentityHashMap<>(variables);
    removed.forEach(now::remove);
    variables = now;
  }
}
