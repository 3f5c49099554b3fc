package cellblock.daemon;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a script and whether each of them sleeps until another one, or a tool, does
 * something. To the script belongs what descends from its launcher, and what carries the control
 * socket's name in its environment. Linux only. One thread at a time.
 *
 * <p>The proof that all sleep at one moment: {@link #look} reads of each process that it sleeps and
 * how often it was switched away from. When two looks in a row read the same of the same processes,
 * each slept from its reading in the first look to that in the second, so all slept when the first
 * ended; and who could wake them slept, too.
 */
final class HostTree {
  private static final Path PROC = Path.of("/proc");
  private static final long STRANGERS_NANOS = 2_000_000_000;
  private static final long UNBORN_NANOS = 500_000_000;
  private static final long NOT_SEEN = Long.MAX_VALUE;

  private final long root;
  private final long self = ProcessHandle.current().pid();
  private final byte[] mark;
  private final Clients clients;
  private final HostSleep sleep;
  private final Set<Long> strangers = new HashSet<>();
  private final Map<Long, Long> members = new HashMap<>();
  private final Map<Long, Long> unborn = new HashMap<>();
  private final long began;
  private long doubtful;
  private long strangersSince;

  /** What is known of the processes that are clients. */
  interface Clients {
    /** What that process owes its tool, if it is a client; else null. */
    @Nullable ClientMoves moves(long pid);

    /** The processes whose connections are open. */
    Set<Long> pids();
  }

  /** A process of the script. {@code start} is in ticks since the host's boot. */
  record Entry(long pid, long parent, char state, int threads, long start) {}

  /**
   * What one look saw.
   *
   * @param busy a process that does not sleep, in words; null when all do
   * @param readings equal for equal looks
   */
  record Look(@Nullable String busy, List<String> readings, Map<Long, Entry> entries) {}

  /**
   * @param root the process that the script's shell is a child of
   * @param socket the control socket's name
   */
  HostTree(long root, String socket, Clients clients) {
    this.root = root;
    this.mark = ("CELLBLOCK_SOCKET=" + socket + "\0").getBytes(StandardCharsets.UTF_8);
    this.clients = clients;
    this.sleep = new HostSleep(root);
    Entry launcher = entry(root);
    this.began = launcher == null ? 0 : launcher.start();
  }

  /** Whether this host shows what a simulation needs to see. */
  static boolean visible() {
    return !read("self/stat").isEmpty() && Files.exists(PROC.resolve("self/wchan"));
  }

  /** Looks once at every process of the script. */
  Look look() {
    Map<Long, Entry> entries = entries();
    List<String> readings = new ArrayList<>();
    String busy = entries.containsKey(root) ? null : "the launcher has gone";
    if (doubtful != 0) {
      busy = doubtful + " is becoming a program";
    }
    for (long pid : clients.pids()) {
      Entry e = entries.get(pid);
      if (e != null && e.state() == 'Z' || e == null && !alive(pid)) {
        busy = "client " + pid + " ends";
      }
    }
    for (Entry e : entries.values()) {
      String reading = reading(e, entries);
      if (reading == null) {
        busy = e.pid() + " (" + name(e.pid()) + ", " + sleep.why() + ")";
        break;
      }
      readings.add(reading);
    }
    return new Look(busy, readings, entries);
  }

  /**
   * Two looks were equal. Returns the clients that have run since the last time: what they said may
   * still be on its way.
   */
  List<Long> settled(Look look) {
    List<Long> suspects = new ArrayList<>();
    for (long pid : look.entries().keySet()) {
      if (clients.moves(pid) != null && sleep.suspect(pid)) {
        suspects.add(pid);
      }
    }
    sleep.settled(look, clients);
    return suspects;
  }

  private static boolean alive(long pid) {
    String stat = read(pid + "/stat");
    return !stat.isEmpty() && state(stat) != 'Z';
  }

  /** Null: it does not sleep, or not only for what the script does. */
  private @Nullable String reading(Entry e, Map<Long, Entry> entries) {
    if (e.state() == 'Z') {
      Entry parent = entries.get(e.parent());
      return sleep.zombie(e, parent) ? e.pid() + "Z" : null;
    }
    ClientMoves moves = clients.moves(e.pid());
    return moves != null ? sleep.client(e, moves) : sleep.process(e);
  }

  private static String name(long pid) {
    return read(pid + "/comm").strip();
  }

  // ---- who belongs to the script ----

  private Map<Long, Entry> entries() {
    long now = System.nanoTime();
    if (now - strangersSince > STRANGERS_NANOS) {
      strangers.clear();
      strangersSince = now;
    }
    doubtful = 0;
    String[] names = PROC.toFile().list();
    Map<Long, Entry> own = new TreeMap<>();
    Map<Long, Entry> others = new TreeMap<>();
    for (String n : names == null ? new String[0] : names) {
      if (Character.isDigit(n.charAt(0))) {
        long pid = Long.parseLong(n);
        Entry e = pid == self || strangers.contains(pid) ? null : entry(pid);
        if (e != null) {
          (pid == root ? own : others).put(pid, e);
        }
      }
    }
    others.values().removeIf(e -> e.equals(asMember(e)) && own.put(e.pid(), e) == null);
    boolean grown = true;
    while (grown) {
      grown =
          others.values().removeIf(e -> own.containsKey(e.parent()) && own.put(e.pid(), e) == null);
    }
    others.values().removeIf(e -> orphan(e) && own.put(e.pid(), e) == null);
    members.keySet().retainAll(own.keySet());
    own.values().forEach(e -> members.put(e.pid(), e.start()));
    unborn.keySet().retainAll(others.keySet());
    return own;
  }

  /** The entry itself when the process has been one of the script's before; else null. */
  private @Nullable Entry asMember(Entry e) {
    Long start = members.get(e.pid());
    return start != null && start == e.start() ? e : null;
  }

  /**
   * Whether a process that does not descend from the script (any more) belongs to it. One that is
   * just becoming a program has no environment: for a while it is taken for the script's.
   */
  private boolean orphan(Entry e) {
    byte[] environment = ProcTable.bytes(e.pid() + "/environ");
    for (int at = 0; at + mark.length <= environment.length; at++) {
      if (Arrays.equals(environment, at, at + mark.length, mark, 0, mark.length)) {
        return true;
      }
      while (at < environment.length && environment[at] != 0) {
        at++;
      }
    }
    if (environment.length > 0 || e.state() == 'Z' || e.start() < began) {
      strangers.add(e.pid());
      return false;
    }
    long since = unborn.computeIfAbsent(e.pid(), p -> System.nanoTime());
    if (System.nanoTime() - since > UNBORN_NANOS) {
      strangers.add(e.pid());
    }
    doubtful = e.pid();
    return false;
  }

  private static @Nullable Entry entry(long pid) {
    String stat = read(pid + "/stat");
    int name = stat.lastIndexOf(')');
    if (name < 0) {
      return null;
    }
    String[] f = stat.substring(name + 2).split(" ", 21);
    return new Entry(
        pid, Long.parseLong(f[1]), f[0].charAt(0), Integer.parseInt(f[17]), Long.parseLong(f[19]));
  }

  private static char state(String stat) {
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  // ---- places ----

  /**
   * The order of processes by their place in the tree: a parent before its children, children in
   * the order in which they were started, those without a parent in the script last.
   *
   * @param pids how many process ids the host has before it begins anew with the small ones
   */
  static Comparator<Long> byPlace(Map<Long, Entry> entries, long pids) {
    Map<Long, List<Place>> paths = new HashMap<>();
    return (a, b) ->
        compare(
            paths.computeIfAbsent(a, p -> path(p, entries)),
            paths.computeIfAbsent(b, p -> path(p, entries)),
            pids);
  }

  /** The host's number of process ids (kernel.pid_max); on Linux 32768 to 4 million. */
  static long pids() {
    String most = read("sys/kernel/pid_max").strip();
    return most.isEmpty() ? Integer.MAX_VALUE : Long.parseLong(most);
  }

  /** A process among its siblings. */
  private record Place(long start, long pid) {
    /** Ids of one tick of the host's clock lie close together, also where they begin anew. */
    int compare(Place other, long pids) {
      int byStart = Long.compare(start, other.start);
      if (byStart != 0) {
        return byStart;
      }
      int byPid = Long.compare(pid, other.pid);
      return Math.abs(pid - other.pid) > pids / 2 ? -byPid : byPid;
    }
  }

  /**
   * The processes on the way down from the root. One that has left the script began after the root
   * did, and so comes after all that descend from it; one that was not seen comes last.
   */
  private static List<Place> path(long pid, Map<Long, Entry> entries) {
    List<Place> path = new ArrayList<>();
    for (Entry e = entries.get(pid); e != null; e = entries.get(e.parent())) {
      path.addFirst(new Place(e.start(), e.pid()));
    }
    return path.isEmpty() ? List.of(new Place(NOT_SEEN, pid)) : path;
  }

  private static int compare(List<Place> a, List<Place> b, long pids) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int c = a.get(i).compare(b.get(i), pids);
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  // ---- files ----

  static String read(String file) {
    return new String(ProcTable.bytes(file), StandardCharsets.UTF_8);
  }

  /** What a descriptor refers to; "" when unknown. */
  static String descriptor(long pid, long fd) {
    return ProcTable.descriptor(pid, (int) fd);
  }
}
