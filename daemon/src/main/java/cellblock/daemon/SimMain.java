package cellblock.daemon;

import cellblock.host.Kernel;
import cellblock.kern.errno.ErrnoException;
import cellblock.sim.Sim;
import cellblock.sim.Stepper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code SimMain --owner PID [--seed N] [--trace FILE] [--bin FOLDER] [--remove FOLDER]}: a kernel
 * in virtual time behind the control socket that CELLBLOCK_SOCKET names, for the script that
 * process PID runs. Prints "ready" as {@link Main} does; standard error is the user's.
 */
public final class SimMain {
  /** System property that has this host taken for one that does not show its processes. */
  private static final String BLIND = "cellblock.sim.blind";

  private static final int DOUBTS = 10;
  private static final int OWNER_POLL_MILLIS = 100;
  private static final long LONGEST_SILENCE = Duration.ofDays(365).toNanos();
  private static final long LAST_WORDS = Duration.ofMinutes(2).toNanos();

  private final Options options;
  private final Sim sim;
  private final Stepper stepper;
  private final HostProcesses processes;
  private final SimPace pace;
  private @Nullable BufferedWriter trace;
  private boolean told;

  /** Those of {@link Main}, and the simulation's own. */
  private record Options(long seed, String trace, Main.Options kernel) {
    static Options of(String[] args) throws UserError {
      long seed = new SecureRandom().nextInt() & Integer.MAX_VALUE;
      String trace = "";
      List<String> others = new ArrayList<>();
      for (int i = 0; i + 1 < args.length; i += 2) {
        switch (args[i]) {
          case "--seed" -> seed = number(args[i + 1]);
          case "--trace" -> trace = args[i + 1];
          default -> others.addAll(List.of(args[i], args[i + 1]));
        }
      }
      return new Options(seed, trace, Main.Options.of(others.toArray(new String[0])));
    }

    private static long number(String text) throws UserError {
      try {
        return Long.decode(text);
      } catch (NumberFormatException e) {
        throw new UserError("sim: " + text + ": a seed is a number of 64 bits");
      }
    }
  }

  private SimMain(Options options, HostProcesses processes) {
    this.options = options;
    this.processes = processes;
    this.sim = Sim.ofEpoch(options.seed(), KernelDoor.Maker.plan(options.kernel().tunables()));
    this.stepper = sim.stepper();
    this.pace = new SimPace(sim.machine(), stepper, SimMain::say);
  }

  /** Runs until the script has ended. */
  public static void main(String[] args) {
    try {
      int kernel = new SecureRandom().nextInt() >>> 1 | 1;
      new SimMain(Options.of(args), new HostProcesses(kernel)).run(kernel);
      System.exit(0);
    } catch (UserError e) {
      System.out.println("cellblock: " + e.getMessage());
    } catch (InterruptedException e) {
      System.out.println("cellblock: interrupted");
    } catch (IOException e) {
      System.out.println("cellblock: sim: " + options(args) + SocketPath.words(e));
    }
    System.exit(1);
  }

  private static String options(String[] args) {
    int at = List.of(args).indexOf("--trace");
    return at < 0 ? "" : args[at + 1] + ": ";
  }

  private static void say(String text) {
    System.err.println("cellblock: sim: " + text);
  }

  private void run(int number) throws UserError, InterruptedException, IOException {
    Path path = SocketPath.of(System.getenv());
    if (!options.trace().isEmpty()) {
      BufferedWriter file = Files.newBufferedWriter(Path.of(options.trace()));
      trace = file;
      stepper.listener(line -> write(file, line));
    }
    Map<String, String> tunables = options.kernel().tunables();
    Kernel.Config config = Kernel.Config.defaults(options.seed()).tunables(tunables);
    Kernel kernel = Kernel.boot(sim.machine(), config);
    KernelDoor.Maker.modules(kernel, tunables);
    Door door = KernelDoor.simulated(kernel);
    prepare(kernel);
    processes.open(door);
    processes.simulated(pace);
    SocketPath place = SocketPath.claim(path, number);
    if (HostTree.visible() && !Boolean.getBoolean(BLIND)) {
      pace.watch(new HostTree(options.kernel().owner(), place.path().toString(), pace));
    } else {
      say("processes cannot be seen on this system: only scripts without & are promised");
    }
    ControlServer server =
        ControlServer.start(place, door, processes, pace, options.kernel().bin(), SimMain::say);
    Thread.ofVirtual().start(this::watchOwner);
    System.out.println("ready");
    System.out.close();
    try {
      drive();
      end(kernel);
    } finally {
      server.kernelStopped();
      server.close();
      if (!options.kernel().remove().isEmpty()) {
        Main.remove(Path.of(options.kernel().remove()));
      }
    }
  }

  /** What the host's start does before anybody can log in, and what comes from the seed. */
  private void prepare(Kernel kernel) {
    kernel
        .jails()
        .reaper(prison -> {
          var reap = KernelDoor.reapAtOnce(processes, prison.serial());
          return () -> {
            boolean gone = reap.getAsBoolean();
            pace.signalled();
            stepper.execute(processes::sweep);
            return gone;
          };
        });
    KernelDoor.Maker.loopback(kernel);
    int first = 100 + (int) Long.remainderUnsigned(options.seed() * 0x9e3779b97f4a7c15L, 60_000);
    try {
      kernel
          .machine()
          .kernelLane()
          .call(() -> {
            kernel.procs().after(first);
            return true;
          });
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The launcher ends last, unless it was killed. */
  private void watchOwner() {
    try {
      ProcessHandle owner = ProcessHandle.of(options.kernel().owner()).orElse(null);
      while (owner != null && owner.isAlive()) {
        TimeUnit.MILLISECONDS.sleep(OWNER_POLL_MILLIS);
      }
      pace.abandon();
    } catch (InterruptedException e) {
      pace.abandon();
    }
  }

  // ---- the run ----

  private void drive() {
    long heard = sim.clock().nanos();
    pace.signalled(); // the script begins
    while (!pace.over()) {
      stepper.settle();
      pace.mayGoOn();
      if (pace.over()) {
        return;
      }
      processes.sweep();
      List<SimPace.News> news = pace.heard();
      for (SimPace.News n : news) {
        note(n.what());
        n.action().run();
        stepper.settle();
      }
      if (!news.isEmpty()) {
        heard = sim.clock().nanos();
        continue;
      }
      pace.beforeTimeMoves();
      long next = stepper.nextDeadline();
      if (next == Long.MAX_VALUE || next - heard > LONGEST_SILENCE) {
        if (pace.provedAgain(DOUBTS)) {
          stuck(next == Long.MAX_VALUE);
          heard = sim.clock().nanos();
        }
      } else if (!pace.over() && pace.silent()) {
        stepper.moveToNext();
      }
    }
  }

  /** All wait for what will not come: the script is ended, as a user would. */
  private void stuck(boolean nothing) {
    if (!told) {
      told = true;
      String who = stepper.programs().toString();
      say(
          (nothing ? "nothing can happen any more" : "nothing has happened for a year")
              + "; "
              + who
              + " wait; the script is ended");
    }
    for (HostTree.Entry e : pace.processes().values()) {
      if (e.pid() != options.kernel().owner()) {
        ProcessHandle.of(e.pid()).ifPresent(ProcessHandle::destroy);
      }
    }
    pace.signalled();
  }

  /** The script has ended: what still runs is told so, and has the time it needs to say goodbye. */
  private void end(Kernel kernel) throws IOException {
    pace.end();
    note("end of the script");
    for (ClientCall call : pace.running()) {
      call.signal("TERM");
      stepper.settle();
    }
    long until = sim.clock().nanos() + LAST_WORDS;
    while (!stepper.programs().isEmpty() && stepper.nextDeadline() < until) {
      stepper.moveToNext();
      stepper.settle();
    }
    note("kernel stops");
    processes.close();
    kernel.close();
    BufferedWriter file = trace;
    if (file != null) {
      note("trace " + Long.toHexString(stepper.trace()) + " steps " + stepper.steps());
      file.close();
    }
  }

  private void note(String what) {
    BufferedWriter file = trace;
    if (file != null) {
      write(file, sim.clock().nanos() + " # " + what);
    }
  }

  private static void write(BufferedWriter file, String line) {
    try {
      file.write(line);
      file.write('\n');
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
