package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Kernel;
import cellblock.kern.module.KernelModule;
import cellblock.sim.Residue;
import cellblock.sim.Sim;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in virtual time with a shell: what the lab tests run on. {@link #close} stops the kernel
 * and looks for residue. Every message names the seed.
 */
public final class Lab implements AutoCloseable {
  private final long seed;
  private final Sim sim;
  private final Kernel kernel;
  private final LocalShell shell;

  public Lab(long seed) {
    this(seed, Path.of("/"));
  }

  /** A lab whose commands resolve file names against {@code cwd}. */
  public Lab(long seed, Path cwd) {
    this(seed, cwd, Kernel.Config.defaults(seed));
  }

  /** A lab whose kernel has an environment. */
  static Lab tunables(long seed, Map<String, String> environment) {
    return new Lab(seed, Path.of("/"), Kernel.Config.defaults(seed).tunables(environment));
  }

  /** A lab whose kernel has more modules compiled in. */
  static Lab with(long seed, KernelModule... more) {
    return new Lab(seed, Path.of("/"), Kernel.Config.defaults(seed).with(List.of(more)));
  }

  private Lab(long seed, Path cwd, Kernel.Config config) {
    this.seed = seed;
    this.sim = new Sim(seed);
    this.kernel = Kernel.boot(sim.machine(), config.checked());
    this.shell = new LocalShell(KernelDoor.simulated(kernel), cwd);
  }

  public Kernel kernel() {
    return kernel;
  }

  public Sim sim() {
    return sim;
  }

  /** Runs a command that must succeed without a word on standard error; returns what it printed. */
  public String ok(String command) {
    LocalShell.Result r = shell.line(command);
    assertThat(r.err()).as("stderr of %s (seed %d)", command, seed).isEmpty();
    assertThat(r.status()).as("status of %s (seed %d): %s", command, seed, r.out()).isZero();
    return r.out();
  }

  /** Runs commands, a line each, that must succeed. */
  public void all(String commands) {
    commands.lines().map(String::strip).filter(l -> !l.isEmpty()).forEach(this::ok);
  }

  /** Runs a command that must fail; returns its standard error. */
  public String fails(String command, int status) {
    LocalShell.Result r = shell.line(command);
    assertThat(r.status()).as("status of %s (seed %d): %s", command, seed, r).isEqualTo(status);
    return r.err();
  }

  /** Runs a command, whatever comes of it. */
  public LocalShell.Result run(String command) {
    return shell.line(command);
  }

  /** The same with words given. */
  public LocalShell.Result run(List<String> words) {
    return shell.run(0, words);
  }

  /** Two jails joined by an epair, 192.0.2.1 and 192.0.2.2. */
  public void pair(String a, String b) {
    String end = ok("ifconfig epair create").strip();
    String other = end.substring(0, end.length() - 1) + "b";
    all(
        """
        jail -c name=%s vnet persist
        jail -c name=%s vnet persist
        ifconfig %s vnet %s
        ifconfig %s vnet %s
        jexec %s ifconfig %s 192.0.2.1/24 up
        jexec %s ifconfig %s 192.0.2.2/24 up
        """
            .formatted(a, b, end, a, other, b, a, end, b, other));
  }

  /** A command that runs beside others. */
  static final class Running {
    private final String command;
    private volatile LocalShell.@Nullable Result result;

    private Running(String command) {
      this.command = command;
    }
  }

  /** Starts a command as a program of the run, which reads {@code stdin}. */
  Running start(String command, byte[] stdin) {
    Running running = new Running(command);
    List<String> words = List.of(command.strip().split("\\s+"));
    sim.stepper()
        .start(
            command, () -> running.result = shell.run(0, words, new ByteArrayInputStream(stdin)));
    sim.stepper().settle();
    return running;
  }

  /**
   * Starts a command as a program of the run, without a step of it being taken.
   *
   * @param ended told what came of it, by the program
   * @param broken told when it ended with what no command may end with
   */
  void begin(String command, Consumer<LocalShell.Result> ended, Consumer<Throwable> broken) {
    List<String> words = List.of(command.strip().split("\\s+"));
    sim.stepper()
        .start(
            command,
            () -> {
              try {
                ended.accept(shell.run(0, words));
              } catch (RuntimeException | Error e) {
                broken.accept(e);
              }
            });
  }

  /** Lets time pass until it has ended. */
  LocalShell.Result await(Running running) {
    sim.stepper().until(() -> running.result != null);
    LocalShell.Result result = running.result;
    assertThat(result).as("%s (seed %d)", running.command, seed).isNotNull();
    return result;
  }

  /** Both in one. */
  LocalShell.Result run(String command, byte[] stdin) {
    return await(start(command, stdin));
  }

  @Override
  public void close() {
    kernel.close();
    sim.stepper().settle();
    assertThat(Residue.of(sim.machine())).as("residue (seed %d)", seed).isEmpty();
  }
}
