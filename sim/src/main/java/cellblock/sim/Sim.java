package cellblock.sim;

import cellblock.kern.Machine;
import cellblock.kern.plan.TeardownPlan;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A machine in virtual time. The classes are those of real time; only what its constructor is given
 * differs. Threading: one thread.
 */
public final class Sim {
  /** 2026-01-01T00:00:00Z: what the wall shows when a simulated machine boots. */
  private static final long BOOT_WALL = 1_767_225_600_000_000_000L;

  private static final long SECOND = 1_000_000_000;
  private static final long YEAR = 365L * 86_400;

  private final VirtualClock clock;
  private final Stepper stepper;
  private final Machine machine;

  /** A machine whose every choice comes from {@code seed}; checked mode. */
  public Sim(long seed) {
    this(seed, true);
  }

  /** A machine whose jails and interfaces die by {@code plan}. */
  public Sim(long seed, TeardownPlan plan) {
    this(seed, true, plan, null, BOOT_WALL);
  }

  /**
   * A machine whose every choice is made by {@code chooser}.
   *
   * @param seed of what the machine itself draws
   */
  public Sim(long seed, TeardownPlan plan, Stepper.Chooser chooser) {
    this(seed, true, plan, chooser, BOOT_WALL);
  }

  /**
   * @param vimage whether the machine may have vnets besides vnet0
   */
  public Sim(long seed, boolean vimage) {
    this(seed, vimage, TeardownPlan.STAGED, null, BOOT_WALL);
  }

  /** A machine that boots at a second of 2026 which the seed chooses, too. */
  public static Sim ofEpoch(long seed) {
    return ofEpoch(seed, TeardownPlan.STAGED);
  }

  /** The same, whose jails and interfaces die by {@code plan}. */
  public static Sim ofEpoch(long seed, TeardownPlan plan) {
    long second = RandomGeneratorFactory.of("L64X128MixRandom").create(seed ^ YEAR).nextLong(YEAR);
    return new Sim(seed, true, plan, null, BOOT_WALL + second * SECOND);
  }

  private Sim(
      long seed,
      boolean vimage,
      TeardownPlan plan,
      Stepper.@Nullable Chooser chooser,
      long bootWall) {
    clock = new VirtualClock(bootWall);
    stepper = chooser == null ? new Stepper(seed, clock) : new Stepper(seed, clock, chooser);
    RandomGenerator.SplittableGenerator random =
        (RandomGenerator.SplittableGenerator)
            RandomGeneratorFactory.of("L64X128MixRandom").create(~seed);
    machine =
        new Machine(
            new Machine.Options(clock, random, stepper, stepper, stepper, vimage, true, plan));
    stepper.alarms(machine.alarms());
  }

  public Machine machine() {
    return machine;
  }

  public Stepper stepper() {
    return stepper;
  }

  public VirtualClock clock() {
    return clock;
  }
}
