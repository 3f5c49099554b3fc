package cellblock.daemon;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ServiceLoader;

/**
 * {@code Main [--owner PID] [--remove FOLDER]}: a kernel behind the control socket that CELLBLOCK_SOCKET
 * names. Prints "ready" when clients may come, or one line that says why not; then its standard
 * output is closed, and standard error is its log.
 */
public final class Main {
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

  /** The command line. {@code owner} 0 means nobody's death ends this kernel. */
  private record Options(long owner, String remove) {
    static Options of(String[] args) throws UserError {
      long owner = 0;
      String remove = "";
      for (int i = 0; i + 1 < args.length; i += 2) {
        switch (args[i]) {
          case "--owner" -> owner = Long.parseLong(args[i + 1]);
          case "--remove" -> remove = args[i + 1];
          default -> throw new UserError("unknown option " + args[i]);
        }
      }
      return new Options(owner, remove);
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
            .boot(processes);
    processes.open(door);
    ControlServer server = ControlServer.start(place, door, processes, Main::log);
    if (options.owner() != 0) {
      ProcessHandle.of(options.owner())
          .ifPresentOrElse(
              owner -> owner.onExit().thenRun(server::requestStop), server::requestStop);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(server, door, options.remove())));
    System.out.println("ready");
    System.out.close();
    log("kernel " + Integer.toHexString(kernel) + " at " + path);
    server.awaitStop();
  }

  private static void shutDown(ControlServer server, Door door, String remove) {
    door.stop();
    server.close();
    if (!remove.isEmpty()) {
      remove(Path.of(remove));
    }
    log("stopped");
  }

  private static void remove(Path folder) {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (java.io.IOException e) {
      log("cannot remove " + folder + ": " + SocketPath.words(e));
    }
  }

  private static void log(String text) {
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    err.println(Instant.now() + " " + text);
  }
}
