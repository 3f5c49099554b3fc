package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.sim.Residue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A kernel in real time with a jail {@code j}, and a network namespace of the host; a TAP device
 * joins them: 192.0.2.1 and 2001:db8::1 are the host's, 192.0.2.2 and 2001:db8::2 the jail's.
 * {@link #close} removes all of it and looks for what is left.
 */
final class Cable implements AutoCloseable {
  static final String HOST4 = "192.0.2.1";
  static final String HOST6 = "2001:db8::1";
  static final String JAIL4 = "192.0.2.2";
  static final String JAIL6 = "2001:db8::2";

  /** The interface in the jail. */
  static final String IF = "host0";

  private final String netns;
  private final String tap;
  private final Path folder;
  private final Kernel kernel;
  private final LocalShell shell;
  private final List<Process> processes = new ArrayList<>();
  private final List<Background> background = new ArrayList<>();

  /** A command of the jail that runs beside others. */
  static final class Background {
    private final Thread thread;
    private final CompletableFuture<LocalShell.Result> result;

    private Background(Thread thread, CompletableFuture<LocalShell.Result> result) {
      this.thread = thread;
      this.result = result;
    }

    /** Waits for its end. */
    LocalShell.Result await() throws Exception {
      return result.get(120, TimeUnit.SECONDS);
    }

    /** Ends it as a signal does. */
    LocalShell.Result stop() throws Exception {
      thread.interrupt();
      return await();
    }
  }

  /** Joins them; {@code folder} is where captures go. */
  Cable(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    long pid = ProcessHandle.current().pid();
    this.netns = "cellblock" + pid;
    this.tap = "cb" + pid;
    Host.ok("ip netns add " + netns);
    kernel = Kernel.boot(Kernel.Config.defaults(4711).checked());
    shell = new LocalShell(KernelDoor.of(kernel), folder);
    tool("jail -c name=j vnet persist");
    tool("ifconfig " + IF + " create hostdev " + tap);
    Host.ok("ip link set " + tap + " netns " + netns);
    host("ip link set lo up");
    host("ip addr add " + HOST4 + "/24 dev " + tap);
    host("ip link set " + tap + " up");
    host("ip -6 addr add " + HOST6 + "/64 dev " + tap + " nodad");
    tool("ifconfig " + IF + " vnet j");
    jail("ifconfig lo0 127.0.0.1/8 up");
    jail("ifconfig " + IF + " inet " + JAIL4 + "/24 up");
    jail("ifconfig " + IF + " inet6 " + JAIL6 + "/64 no_dad");
  }

  Kernel kernel() {
    return kernel;
  }

  Jail jail() {
    Jail j = kernel.jail("j");
    assertThat(j).isNotNull();
    return j;
  }

  /** The host's name of the device. */
  String tap() {
    return tap;
  }

  Path folder() {
    return folder;
  }

  // ---- the jail's side ----

  /** Runs a tool outside the jail, which must succeed. */
  String tool(String command) {
    return ok(command, shell.line(command));
  }

  /** Runs a tool in the jail, which must succeed. */
  String jail(String command) {
    return tool("jexec j " + command);
  }

  /** Runs a tool in the jail, whatever comes of it. */
  LocalShell.Result run(String command) {
    return shell.line("jexec j " + command);
  }

  /** Runs a tool in the jail that reads {@code in}. */
  LocalShell.Result run(String command, byte[] in) {
    return shell.run(0, List.of(("jexec j " + command).split(" ")), new ByteArrayInputStream(in));
  }

  /** Starts a tool in the jail. */
  Background start(String command) {
    return start(command, new byte[0]);
  }

  /** Starts a tool in the jail that reads {@code in}. */
  Background start(String command, byte[] in) {
    CompletableFuture<LocalShell.Result> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .name(command)
            .start(() -> {
              try {
                result.complete(run(command, in));
              } catch (Throwable t) {
                result.completeExceptionally(t);
              }
            });
    Background b = new Background(thread, result);
    background.add(b);
    return b;
  }

  private static String ok(String command, LocalShell.Result r) {
    assertThat(r.status()).as("%s: %s%s", command, r.out(), r.err()).isZero();
    return r.out();
  }

  /** Waits until a tool in the jail prints this. */
  void until(String command, String printed) throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      if (run(command).out().contains(printed)) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError(command + " never printed " + printed + ": " + run(command));
  }

  // ---- the host's side ----

  /** Words that have a command of the host run in the namespace. */
  String in(String command) {
    return "ip netns exec " + netns + " " + command;
  }

  /** Runs a program of the host in the namespace, which must succeed. */
  String host(String command) throws IOException, InterruptedException {
    return Host.ok(in(command));
  }

  /** The same, whatever comes of it. */
  Host.Result tryHost(String command) throws IOException, InterruptedException {
    return Host.run(in(command));
  }

  /** Starts one; it is ended by {@link #close} at the latest. */
  Process startHost(String command, String out) throws IOException {
    Process p = Host.start(folder.resolve(out), List.of(in(command).split(" ")));
    processes.add(p);
    return p;
  }

  // ---- the end ----

  /** Takes all of it away. */
  @Override
  public void close() throws Exception {
    try {
      for (Process p : processes) {
        p.descendants().forEach(ProcessHandle::destroy);
        p.destroy();
      }
      for (Background b : background) {
        b.thread.interrupt();
      }
      if (kernel.jail("j") != null) {
        tool("jail -r j");
        tool("ifconfig " + IF + " destroy");
        assertThat(Host.taps()).as("open TAP devices").isZero();
        assertThat(Host.threads(IF)).isEmpty();
      }
    } finally {
      kernel.close();
      Host.run("ip netns del " + netns);
    }
    assertThat(Residue.of(kernel.machine())).isEmpty();
    assertThat(Host.taps()).as("open TAP devices").isZero();
  }
}
