package cellblock.daemon;

import cellblock.control.session.Launch;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Invocation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what a command names: a tool of ours, or a program of the host and what it is given. */
final class Programs {
  static final int ENOENT = 2;
  static final int EACCES = 13;
  private static final String SHIM = "# cellblock shim";
  private static final String DEFAULT_PATH = "/usr/bin:/bin:/usr/sbin:/sbin";
  private static final Set<String> SYSTEM_FOLDERS =
      Set.of("/bin", "/sbin", "/usr/bin", "/usr/sbin");

  private final Door door;
  private final HostProcesses processes;
  private final String socket;
  private final String bin;

  Programs(ControlServer.Shared shared) {
    this.door = shared.door();
    this.processes = shared.processes();
    this.socket = shared.socket();
    this.bin = shared.bin();
  }

  /**
   * Whether a command is one of our tools: by its bare name, by the path it has on FreeBSD, or
   * because the file is a shim.
   */
  boolean isTool(String command, Path cwd) {
    int slash = command.lastIndexOf('/');
    if (door.tool(Invocation.baseName(command)) == null) {
      return false;
    }
    return slash < 0
        || SYSTEM_FOLDERS.contains(command.substring(0, slash))
        || isShim(cwd.resolve(command));
  }

  /** A tool as the program that a shell would start: its shim, whatever path it has on FreeBSD. */
  HostCommand shimmed(HostCommand command, Path cwd) {
    String first = command.argv().getFirst();
    if (bin.isEmpty() || !isTool(first, cwd)) {
      return command;
    }
    List<String> argv = new ArrayList<>(command.argv());
    argv.set(0, Path.of(bin).resolve(Invocation.baseName(first)).toString());
    return command.running(argv);
  }

  private static boolean isShim(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(64), StandardCharsets.ISO_8859_1).contains(SHIM);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The launch of a host program; its environment carries the mark of its jail.
   *
   * @param jail the serial of {@code command}'s jail
   */
  Launch launch(HostCommand command, int jail, Path cwd) throws ClientChild.Failed {
    Path start = command.directory() == null ? cwd : cwd.resolve(command.directory());
    if (!Files.isDirectory(start)) {
      throw new ClientChild.Failed(ENOENT);
    }
    Mark mark = processes.mark(jail, command.fib());
    Map<String, String> env = new LinkedHashMap<>(command.env());
    mark.into(env, socket);
    env.put("PATH", withTools(env.getOrDefault("PATH", DEFAULT_PATH)));
    List<String> entries = new ArrayList<>();
    env.forEach((name, value) -> entries.add(name + "=" + value));
    return new Launch(
        find(command.argv().getFirst(), start, env.getOrDefault("PATH", "")).toString(),
        command.argv(),
        entries,
        start.toString(),
        command.jid() == 0 ? 0 : mark.limit(),
        output(command.consoleLog(), cwd),
        command.background());
  }

  /** The tools come first, so that a script in a jail does not meet the host's ifconfig. */
  private String withTools(String path) {
    boolean has = bin.isEmpty() || (":" + path + ":").contains(":" + bin + ":");
    return has ? path : bin + ":" + path;
  }

  private static String output(@Nullable Path log, Path cwd) {
    return log == null ? "" : cwd.resolve(log).toString();
  }

  private static Path find(String command, Path cwd, String path) throws ClientChild.Failed {
    if (command.indexOf('/') >= 0) {
      Path file = cwd.resolve(command);
      if (!Files.exists(file)) {
        throw new ClientChild.Failed(ENOENT);
      }
      if (!executable(file)) {
        throw new ClientChild.Failed(EACCES);
      }
      return file;
    }
    for (String folder : path.split(":", -1)) {
      Path file = cwd.resolve(folder).resolve(command);
      if (executable(file)) {
        return file;
      }
    }
    throw new ClientChild.Failed(ENOENT);
  }

  private static boolean executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /** strerror(3) of the few errors that starting a program has. */
  static String words(int errno) {
    return switch (errno) {
      case 1 -> "Operation not permitted";
      case ENOENT -> "No such file or directory";
      case 7 -> "Argument list too long";
      case 8 -> "Exec format error";
      case 11 -> "Resource temporarily unavailable";
      case 12 -> "Cannot allocate memory";
      case EACCES -> "Permission denied";
      default -> "error " + errno;
    };
  }
}
