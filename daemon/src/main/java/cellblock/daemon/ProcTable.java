package cellblock.daemon;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The host's processes as {@code /proc} shows them on Linux; elsewhere only pid and parent are
 * known. Any thread.
 */
final class ProcTable {
  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));
  private static final String LIMIT = "Max realtime timeout";

  private ProcTable() {}

  /**
   * A process.
   *
   * @param group its process group; 0 when unknown
   * @param session its session; 0 when unknown
   * @param zombie whether it is dead and only waits to be reaped
   */
  record Entry(long pid, long parent, long group, long session, boolean zombie) {}

  /** All processes that are visible. */
  static List<Entry> all() {
    List<Entry> found = new ArrayList<>();
    if (!LINUX) {
      ProcessHandle.allProcesses().forEach(p -> found.add(portable(p)));
      return found;
    }
    String[] names = PROC.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0))) {
        Entry entry = entry(Long.parseLong(name));
        if (entry != null) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  /** One process; null when there is none. */
  static @Nullable Entry entry(long pid) {
    if (!LINUX) {
      return ProcessHandle.of(pid).map(ProcTable::portable).orElse(null);
    }
    String stat = read(pid, "stat");
    return stat.isEmpty() ? null : entry(pid, stat);
  }

  /**
   * Reads {@code /proc/PID/stat}. A first thread that has ended looks like a zombie while others
   * run: so does every JVM that becomes another program, until the thread that asked for it takes
   * the first one's place.
   */
  static Entry entry(long pid, String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 19);
    char state = fields[0].charAt(0);
    return new Entry(
        pid,
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Long.parseLong(fields[3]),
        state == 'X' || state == 'Z' && Long.parseLong(fields[17]) <= 1);
  }

  private static Entry portable(ProcessHandle process) {
    long parent = process.parent().map(ProcessHandle::pid).orElse(0L);
    return new Entry(process.pid(), parent, 0, 0, !process.isAlive());
  }

  /** The mark in a process's resource limits; null when it carries none. */
  static @Nullable Mark limitMark(long pid) {
    String limits = read(pid, "limits");
    int line = limits.indexOf(LIMIT);
    if (line < 0) {
      return null;
    }
    String soft = limits.substring(line + LIMIT.length()).strip().split(" ", 2)[0];
    return soft.equals("unlimited") || soft.length() > 19
        ? null
        : Mark.ofLimit(Long.parseLong(soft));
  }

  /** The mark in the environment that a process was started with; null when it carries none. */
  static @Nullable Mark environmentMark(long pid) {
    String environ = read(pid, "environ");
    return environ.isEmpty() ? null : Mark.of(Arrays.asList(environ.split("\0")));
  }

  /** What descriptor {@code fd} of a process refers to, as a path; "" when unknown. */
  static String descriptor(long pid, int fd) {
    try {
      return Files.readSymbolicLink(PROC.resolve(pid + "/fd/" + fd)).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static String read(long pid, String file) {
    if (!LINUX) {
      return "";
    }
    return new String(bytes(pid + "/" + file), StandardCharsets.UTF_8);
  }

  /**
   * The content of a file below {@code /proc}; empty when it is gone or not ours. Not by a channel:
   * to a thread with a pending interrupt every process would seem to have ended.
   */
  static byte[] bytes(String file) {
    try (FileInputStream in = new FileInputStream(PROC.resolve(file).toFile())) {
      return in.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
