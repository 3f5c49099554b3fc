package cellblock.daemon;

import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells from {@code /proc} what a process sleeps for: a reading (a text that changes when it has
 * run meanwhile) when only something inside the script can wake it, else null. Linux only. One
 * thread at a time.
 */
final class HostSleep {
  private static final Set<String> WAITS =
      Set.of(
          "do_wait",
          "kernel_wait4",
          "kernel_waitid",
          "do_sigsuspend",
          "sigsuspend",
          "__do_sys_pause");
  private static final long ZOMBIE_NANOS = 1_000_000_000;

  /** Numbers of poll, ppoll, select, pselect6, epoll_wait, epoll_pwait and where their time is. */
  private static final Map<String, Integer> POLLS_X86 =
      Map.of("7", 3, "271", 3, "23", 5, "270", 5, "232", 4, "281", 4);

  private static final Map<String, Integer> POLLS_ARM = Map.of("73", 3, "72", 5, "22", 4);
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

  private final String[] outside = new String[3];
  private final Map<Long, Long> zombies = new HashMap<>();
  private final Map<Long, String> known = new HashMap<>();
  private String why = "";

  /**
   * @param root whose standard streams lead out of the script
   */
  HostSleep(long root) {
    for (int fd = 0; fd < outside.length; fd++) {
      outside[fd] = HostTree.descriptor(root, fd);
    }
  }

  /** Why the last reading was null. */
  String why() {
    return why;
  }

  private @Nullable String busy(String reason) {
    why = reason;
    return null;
  }

  /**
   * A dead process, if it is: a first thread that has ended before the others looks like one, and
   * nobody has been told of it yet. A parent that waits is about to hear, unless it waits for
   * another one.
   */
  boolean zombie(HostTree.Entry e, HostTree.@Nullable Entry parent) {
    if (e.threads() > 1) {
      why = "ends thread by thread";
      return false;
    }
    long since = zombies.computeIfAbsent(e.pid(), p -> System.nanoTime());
    if (parent == null || !WAITS.contains(place(Long.toString(parent.pid())))) {
      return true;
    }
    if (System.nanoTime() - since < ZOMBIE_NANOS) {
      why = "has just ended";
      return false;
    }
    return true;
  }

  // ---- clients ----

  /** A client: its tool knows what it does, but for signals on their way to it. */
  @Nullable String client(HostTree.Entry e, ClientMoves moves) {
    if (moves.ended()) {
      return busy("has been told to end");
    }
    StringBuilder reading = new StringBuilder();
    if (!moves.synced() && !blocked(e, Kind.WRITE, reading)) {
      return busy("has output to write");
    }
    if (moves.asked() && !blocked(e, Kind.READ, reading)) {
      return busy("reads");
    }
    if (moves.spawned() && !(moves.started() && blocked(e, Kind.WAIT, reading))) {
      return busy("runs a program");
    }
    String main = switches(e.pid() + "/task/" + e.pid());
    if (e.state() != 'S' && e.state() != 'T' || main.isEmpty()) {
      return busy("state " + e.state());
    }
    // Signals wake the first thread, which else sleeps from start to end.
    if (!main.equals(known.get(e.pid()))) {
      String all = asleep(e);
      if (all == null) {
        return null;
      }
      reading.append(all);
    }
    return e.pid() + "C" + e.start() + " " + main + reading;
  }

  /** All have been seen asleep, twice, and have said what they had to say. */
  void settled(HostTree.Look look, HostTree.Clients clients) {
    known.clear();
    zombies.keySet().retainAll(look.entries().keySet());
    for (long pid : look.entries().keySet()) {
      if (clients.moves(pid) != null) {
        known.put(pid, switches(pid + "/task/" + pid));
      }
    }
  }

  /** Whether a client has run since it was last known to have said all. */
  boolean suspect(long pid) {
    return !switches(pid + "/task/" + pid).equals(known.get(pid));
  }

  /** Readings of every thread of a client; null when one runs. */
  private @Nullable String asleep(HostTree.Entry e) {
    StringBuilder all = new StringBuilder();
    for (String task : tasks(e.pid())) {
      String folder = e.pid() + "/task/" + task;
      String stat = HostTree.read(folder + "/stat");
      int name = stat.lastIndexOf(')');
      if (name >= 0 && stat.charAt(name + 2) != 'S') {
        return busy("thread " + task + " runs");
      }
      all.append(' ').append(task).append(':').append(switches(folder));
    }
    return all.toString();
  }

  private enum Kind {
    READ,
    WRITE,
    WAIT
  }

  /** Whether a thread of a client is blocked so; it is added to the reading. */
  private boolean blocked(HostTree.Entry e, Kind kind, StringBuilder reading) {
    for (String task : tasks(e.pid())) {
      String folder = e.pid() + "/task/" + task;
      String wchan = place(folder);
      boolean is =
          switch (kind) {
            case READ -> wchan.contains("pipe_read") && inside(e.pid(), 0, outside[0]);
            case WRITE ->
                wchan.contains("pipe_write")
                    && inside(e.pid(), 1, outside[1])
                    && inside(e.pid(), 1, outside[2]);
            case WAIT -> WAITS.contains(wchan);
          };
      if (is) {
        reading.append(' ').append(task).append(wchan).append(switches(folder));
        return true;
      }
    }
    return false;
  }

  private static boolean inside(long pid, long fd, String outside) {
    return outside.isEmpty() || !HostTree.descriptor(pid, fd).equals(outside);
  }

  // ---- other processes ----

  /** A process of the host. */
  @Nullable String process(HostTree.Entry e) {
    if (e.state() == 'T') {
      return e.pid() + "T"; // only a signal wakes it
    }
    if (e.state() != 'S') {
      return busy("state " + e.state());
    }
    if (e.threads() == 1) {
      String wchan = place(Long.toString(e.pid()));
      return sleepsWell(Long.toString(e.pid()), e.pid(), wchan)
          ? e.pid() + "S" + e.start() + " " + switches(Long.toString(e.pid()))
          : busy("sleeps in " + wchan);
    }
    boolean well = false;
    for (String task : tasks(e.pid())) {
      String folder = e.pid() + "/task/" + task;
      String wchan = place(folder);
      boolean one = sleepsWell(folder, e.pid(), wchan);
      if (!one && !wchan.startsWith("futex_")) {
        return busy("sleeps in " + wchan);
      }
      well |= one;
    }
    String all = asleep(e);
    return well && all != null ? e.pid() + "M" + e.start() + all : busy("has threads of its own");
  }

  /** Whether only the script's own processes can wake a thread that sleeps there. */
  private boolean sleepsWell(String folder, long pid, String wchan) {
    if (WAITS.contains(wchan)
        || wchan.contains("lock_inode_wait")
        || wchan.equals("wait_for_partner")) {
      return true;
    }
    if (wchan.contains("pipe_read") || wchan.contains("pipe_write")) {
      boolean reads = wchan.contains("pipe_read");
      String[] call = HostTree.read(folder + "/syscall").split(" ", 3);
      if (call.length < 3 || !call[1].startsWith("0x")) {
        return true; // not ours to see which
      }
      String end = HostTree.descriptor(pid, Long.decode(call[1]));
      return reads ? !end.equals(outside[0]) : !end.equals(outside[1]) && !end.equals(outside[2]);
    }
    return wchan.contains("poll") || wchan.contains("select") ? endless(folder) : false;
  }

  /** Whether a poll has no time limit. */
  private static boolean endless(String folder) {
    String[] call = HostTree.read(folder + "/syscall").strip().split(" ");
    Integer at = call.length < 7 ? null : (ARM ? POLLS_ARM : POLLS_X86).get(call[0]);
    if (at == null) {
      return false;
    }
    boolean number = call[0].equals("7") || at == 4;
    return call[at].equals(number ? "0xffffffff" : "0x0")
        || number && call[at].equals("0xffffffffffffffff");
  }

  /** The function of the host's kernel that a thread sleeps in, without the compiler's suffixes. */
  private static String place(String folder) {
    String wchan = HostTree.read(folder + "/wchan");
    int suffix = wchan.indexOf('.');
    return suffix < 0 ? wchan : wchan.substring(0, suffix);
  }

  private static String[] tasks(long pid) {
    String[] tasks = new File("/proc/" + pid + "/task").list();
    return tasks == null ? new String[0] : tasks;
  }

  /** How often a thread was switched away from; "" when it is gone. */
  private static String switches(String folder) {
    String status = HostTree.read(folder + "/status");
    int at = status.indexOf("voluntary_ctxt_switches:");
    return at < 0 ? "" : status.substring(at).replace('\n', ' ');
  }
}
