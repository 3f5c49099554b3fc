package cellblock.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * {@code Main [--bin FOLDER] [--owner PID] [--remove FOLDER] [--loader-conf FILE]... [--tunable
 * NAME=VALUE]...}: a kernel behind the control socket that CELLBLOCK_SOCKET names. Prints "ready"
 * when clients may come, or one line that says why not; then its standard output is closed, and
 * standard error is its log.
 */
public final class Main {
  private static final int OWNER_POLL_MILLIS = 50;

  private Main() {}

  /** Runs until told to stop. */
  public static void main(String[] args) {
    try {
      run(Options.of(args));
      System.exit(0);
    } catch (UserError e) {
      System.out.println("cellblock: " + e.getMessage());
    } catch (InterruptedException e) {
      System.out.println("cellblock: interrupted");
    }
    System.exit(1);
  }

  /**
   * The command line: the folder of the tools' shims, whose death ends this kernel (0: nobody's),
   * what to remove at the end, and the kernel's environment: what was named outright wins over what
   * stands in files.
   */
  record Options(String bin, long owner, String remove, Map<String, String> tunables) {
    static Options of(String[] args) throws UserError {
      String bin = "";
      long owner = 0;
      String remove = "";
      Map<String, String> inFiles = new LinkedHashMap<>();
      Map<String, String> named = new LinkedHashMap<>();
      for (int i = 0; i + 1 < args.length; i += 2) {
        switch (args[i]) {
          case "--bin" -> bin = args[i + 1];
          case "--owner" -> owner = Long.parseLong(args[i + 1]);
          case "--remove" -> remove = args[i + 1];
          case "--loader-conf" -> inFiles.putAll(loaderConf(args[i + 1]));
          case "--tunable" -> assign(named, args[i + 1]);
          default -> throw new UserError("unknown option " + args[i]);
        }
      }
      inFiles.putAll(named);
      try {
        KernelDoor.Maker.plan(inFiles);
      } catch (IllegalArgumentException e) {
        throw new UserError(String.valueOf(e.getMessage()));
      }
      return new Options(bin, owner, remove, inFiles);
    }

    private static void assign(Map<String, String> values, String word) throws UserError {
      try {
        LoaderConf.assign(values, word);
      } catch (IllegalArgumentException e) {
        throw new UserError(String.valueOf(e.getMessage()));
      }
    }

    private static Map<String, String> loaderConf(String file) throws UserError {
      try {
        return LoaderConf.parse(
            new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8), file);
      } catch (IOException e) {
        throw new UserError(file + ": " + SocketPath.words(e));
      } catch (IllegalArgumentException e) {
        throw new UserError(String.valueOf(e.getMessage()));
      }
    }
  }

  private static void run(Options options) throws UserError, InterruptedException {
    int kernel = new SecureRandom().nextInt() >>> 1 | 1;
    Path path = SocketPath.of(System.getenv());
    SocketPath place = SocketPath.claim(path, kernel);
    HostProcesses processes = new HostProcesses(kernel);
    Door door =
        ServiceLoader.load(Door.Maker.class)
            .findFirst()
            .orElseThrow(() -> new UserError("this build has no kernel"))
            .boot(processes, options.tunables());
    processes.open(door);
    ControlServer server = ControlServer.start(place, door, processes, options.bin(), Main::log);
    if (options.owner() != 0) {
      Thread.ofVirtual().start(() -> watch(options.owner(), server));
    }
    AtomicBoolean ended = new AtomicBoolean();
    Runnable end =
        () -> {
          if (ended.compareAndSet(false, true)) {
            processes.close();
            shutDown(server, door, options.remove());
          }
        };
    Runtime.getRuntime().addShutdownHook(new Thread(end));
    System.out.println("ready");
    System.out.close();
    log("kernel " + Integer.toHexString(kernel) + " at " + path);
    server.awaitStop();
    end.run();
  }

  /** Polls, because the owner is no child of ours and need not tell us of its end. */
  private static void watch(long owner, ControlServer server) {
    try {
      ProcTable.Entry entry = ProcTable.entry(owner);
      ProcessHandle handle = ProcessHandle.of(owner).orElse(null);
      while (handle != null && handle.isAlive() && entry != null && !entry.zombie()) {
        TimeUnit.MILLISECONDS.sleep(OWNER_POLL_MILLIS);
        entry = ProcTable.entry(owner);
      }
      server.requestStop();
    } catch (InterruptedException e) {
      server.requestStop();
    }
  }

  private static void shutDown(ControlServer server, Door door, String remove) {
    door.stop();
    try {
      server.kernelStopped();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    if (!remove.isEmpty()) {
      remove(Path.of(remove));
    }
    log("stopped");
  }

  static void remove(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      log("cannot remove " + folder + ": " + SocketPath.words(e));
    }
  }

  private static void log(String text) {
    System.err.println(Instant.now() + " " + text);
  }
}
