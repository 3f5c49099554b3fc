package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host processes of a kernel's jails. A process belongs to a jail when it was registered
 * (jexec, {@code command=}, exec.*), descends from such a process or is in its session or process
 * group, or carries the kernel's {@link Mark}. On Linux the mark in the resource limits survives
 * daemonising, setsid(2) and an emptied environment; elsewhere only registered processes and their
 * living descendants are found. Any thread. FreeBSD's kernel simply knows: {@code kern_jail.c},
 * prison_proc_iterate().
 *
 * <p>A jail is named by its serial ({@link Door#serial}), 0 being the host: a jid may be another
 * jail's while programs of the one that had it before are still being killed.
 */
public final class HostProcesses {
  private static final long FIRST_PAUSE_MILLIS = 2;
  private static final long LAST_PAUSE_MILLIS = 50;

  private static final Comparator<Member> BY_KERNEL_PID =
      Comparator.comparingInt(m -> m.process().pid());

  private final int kernel;
  private final Map<Long, Member> members = new ConcurrentHashMap<>();
  private final Set<Integer> touched = ConcurrentHashMap.newKeySet();
  private final Set<Long> exempt = ConcurrentHashMap.newKeySet();
  private final Set<Birth> births = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Door door;
  private volatile @Nullable Pace simulation;
  private volatile boolean closed;

  /** A registered process. {@code process} is its counterpart inside the kernel. */
  private record Member(ProcessHandle handle, int jail, int fib, KernelPort process) {}

  /** The processes of the kernel with this random id, 31 bits. */
  public HostProcesses(int kernel) {
    this.kernel = kernel & Integer.MAX_VALUE;
  }

  void open(Door kernelDoor) {
    door = kernelDoor;
  }

  /**
   * In a simulation nothing happens beside the run: it looks at the processes by {@link #sweep}.
   */
  void simulated(Pace pace) {
    simulation = pace;
  }

  /** Tells the kernel of registered processes that have ended. By the driver of a simulation. */
  void sweep() {
    for (Member member : members.values().stream().sorted(BY_KERNEL_PID).toList()) {
      if (!lives(member.handle())) {
        exited(member);
      }
    }
  }

  int kernel() {
    return kernel;
  }

  /** The mark for a process of a jail, or of a FIB. */
  Mark mark(int jail, int fib) {
    return new Mark(kernel, jail, fib);
  }

  /** The kernel stops: no process enters a jail any more. */
  void close() {
    closed = true;
  }

  /**
   * Has a jail count a process that is about to be started. From here to its birth {@link #killAll}
   * waits for it; after the jail began to die there is none to wait for.
   *
   * @throws KernelError when the jail takes no process
   */
  Birth expect(int jail, int fib, String command) throws KernelError {
    Birth birth = new Birth(this, jail, fib);
    Door kernelDoor = door;
    if (kernelDoor == null || jail == 0) {
      return birth;
    }
    touched.add(jail);
    births.add(birth);
    try {
      if (closed) {
        throw new KernelError("EAGAIN", "Resource temporarily unavailable", "kernel is stopping");
      }
      birth.process(kernelDoor.join(jail, fib, command, birth));
      return birth;
    } catch (KernelError e) {
      births.remove(birth);
      throw e;
    }
  }

  /**
   * Makes a host process a process of a jail until it exits. Processes that it leaves behind take
   * its place then.
   */
  public void register(int jail, int fib, long pid, String command) throws KernelError {
    expect(jail, fib, command).born(pid);
  }

  /** An expected process is there: a member from now on. */
  void born(Birth birth, long pid) {
    KernelPort process = birth.process();
    ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
    if (process == null) {
      return;
    }
    if (handle == null) {
      lost(birth); // it has come and gone since
      return;
    }
    Member member = new Member(handle, birth.jail(), birth.fib(), process);
    boolean first = members.putIfAbsent(pid, member) == null;
    birth.is(handle);
    births.remove(birth); // whoever looks has seen it as one or the other
    if (!first) {
      leave(process);
    } else if (simulation == null) {
      Thread.ofVirtual().name("watch " + pid).start(() -> watch(member));
    }
  }

  /** An expected process has not been heard of: those whose mark says so take its place. */
  void lost(Birth birth) {
    if (birth.process() != null) {
      adoptAll(0, birth.jail(), birth.fib());
      leave(birth);
    }
  }

  /** An expected process will not come. */
  void leave(Birth birth) {
    KernelPort process = birth.process();
    births.remove(birth);
    if (process != null) {
      leave(process);
    }
  }

  private void leave(KernelPort process) {
    Door kernelDoor = door;
    if (kernelDoor != null) {
      kernelDoor.leave(process);
    }
  }

  /**
   * Polls, since most of these are no children of ours. A zombie is as good as gone: where nobody
   * reaps orphans (a container without init) it stays for ever.
   */
  private void watch(Member member) {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (members.get(member.handle().pid()) == member && lives(member.handle())) {
        TimeUnit.MILLISECONDS.sleep(pause);
        pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
      }
      exited(member);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean lives(ProcessHandle handle) {
    ProcTable.Entry entry = ProcTable.entry(handle.pid());
    return entry != null && !entry.zombie() && handle.isAlive();
  }

  /** A child's parent tells of its end, sooner than the watch would. */
  void ended(long pid) {
    Member member = members.get(pid);
    if (member != null) {
      exited(member);
    }
  }

  /** A client that becomes a program of its jail: the jail owns it from now on. */
  void handOver(long pid) {
    exempt.remove(pid);
  }

  /** Takes a registration back: the process did not become what it was to be. */
  void unregister(long pid) {
    Member member = members.remove(pid);
    if (member != null) {
      leave(member.process());
    }
  }

  /**
   * What it leaves behind takes its place in the jail, or dies where the jail takes nobody any
   * more.
   */
  private void exited(Member member) {
    long pid = member.handle().pid();
    if (members.get(pid) == member) {
      adoptAll(pid, member.jail(), member.fib());
    }
    if (members.remove(pid, member)) {
      leave(member.process());
    }
  }

  /** Registers what a process of the jail left behind. */
  private void adoptAll(long pid, int jail, int fib) {
    boolean again = true;
    while (again) {
      again = false;
      for (ProcessHandle left : of(jail)) {
        if (left.pid() != pid && !members.containsKey(left.pid())) {
          again |= !adopted(left, jail, fib);
        }
      }
    }
  }

  private boolean adopted(ProcessHandle left, int jail, int fib) {
    try {
      register(jail, fib, left.pid(), left.info().command().orElse("?"));
      return true;
    } catch (KernelError dying) {
      left.destroyForcibly();
      return false;
    }
  }

  /** A signal from the kernel, which does not wait; a fatal one is followed by a closer look. */
  void deliver(ProcessHandle handle, String signal) {
    Pace pace = simulation;
    if (pace != null) {
      signal(handle, signal);
      pace.signalled();
      return;
    }
    Thread.ofVirtual()
        .name("signal " + handle.pid())
        .start(() -> {
          signal(handle, signal);
          Member member = members.get(handle.pid());
          if (member != null) {
            watch(member);
          }
        });
  }

  /**
   * A client of ours: while it runs a child it looks like one of the jail's, and must not be
   * killed.
   */
  void exempt(long pid, boolean is) {
    if (is) {
      exempt.add(pid);
    } else {
      exempt.remove(pid);
    }
  }

  /**
   * The jail and FIB that a process acts in; one that emptied its environment has the FIB of the
   * registered process that it descends from. Jail 0 when it is in none of this kernel's.
   */
  Mark recognise(long pid, Map<String, String> env) {
    Mark told = Mark.of(env);
    Mark own = told != null && told.kernel() == kernel ? told : null;
    Member member = own != null || members.isEmpty() ? null : ancestor(pid);
    int fib = own != null ? own.fib() : member == null ? 0 : member.fib();
    Mark limit = ProcTable.limitMark(pid);
    if (limit != null && limit.kernel() == kernel) {
      return mark(limit.jail(), fib);
    }
    if (own != null) {
      return own;
    }
    return member == null ? mark(0, 0) : mark(member.jail(), fib);
  }

  private @Nullable Member ancestor(long pid) {
    ProcTable.Entry self = ProcTable.entry(pid);
    for (ProcTable.Entry at = self; at != null && at.pid() > 1; at = ProcTable.entry(at.parent())) {
      Member member = members.get(at.pid());
      if (member != null) {
        return member;
      }
    }
    Member leader = self == null ? null : members.get(self.session());
    return leader != null || self == null ? leader : members.get(self.group());
  }

  /** Every living host process of a jail, by pid; this JVM and busy clients excepted. */
  public List<ProcessHandle> of(int jail) {
    if (!touched.contains(jail)) {
      return List.of();
    }
    Map<Long, ProcTable.Entry> all = new LinkedHashMap<>();
    for (ProcTable.Entry entry : ProcTable.all()) {
      if (!entry.zombie()) {
        all.put(entry.pid(), entry);
      }
    }
    Set<Long> found = new HashSet<>();
    for (ProcTable.Entry entry : all.values()) {
      if (marked(entry, jail)) {
        found.add(entry.pid());
      }
    }
    addDescendants(all, found, jail);
    found.remove(ProcessHandle.current().pid());
    found.removeAll(exempt);
    List<ProcessHandle> handles = new ArrayList<>();
    for (long pid : all.keySet()) {
      if (found.contains(pid)) {
        ProcessHandle.of(pid).ifPresent(handles::add);
      }
    }
    return handles;
  }

  private boolean marked(ProcTable.Entry entry, int jail) {
    Member member = members.get(entry.pid());
    if (member != null) {
      return member.jail() == jail;
    }
    Mark mark = ProcTable.limitMark(entry.pid());
    if (mark == null || mark.kernel() != kernel) {
      mark = ProcTable.environmentMark(entry.pid());
    }
    return mark != null && mark.kernel() == kernel && mark.jail() == jail && jail != 0;
  }

  private void addDescendants(Map<Long, ProcTable.Entry> all, Set<Long> found, int jail) {
    boolean grown = true;
    while (grown) {
      grown = false;
      for (ProcTable.Entry entry : all.values()) {
        boolean below = found.contains(entry.parent()) && !exempt.contains(entry.parent());
        boolean beside = leads(entry.session(), jail) || leads(entry.group(), jail);
        Member other = members.get(entry.pid());
        if ((below || beside) && (other == null || other.jail() == jail)) {
          Mark mark = below || beside ? ProcTable.limitMark(entry.pid()) : null;
          boolean elsewhere = mark != null && mark.kernel() == kernel && mark.jail() != jail;
          grown |= !elsewhere && found.add(entry.pid());
        }
      }
    }
  }

  private boolean leads(long pid, int jail) {
    Member member = members.get(pid);
    return member != null && member.jail() == jail;
  }

  /**
   * Sends a signal ("TERM", "KILL", "HUP", ...) to every host process of a jail.
   *
   * @return how many there were
   */
  public int signal(int jail, String signal) {
    List<ProcessHandle> processes = of(jail);
    for (ProcessHandle process : processes) {
      signal(process, signal);
    }
    return processes.size();
  }

  /** Sends a signal to one process, unless its pid has come to mean another one. */
  static void signal(ProcessHandle process, String signal) {
    switch (signal) {
      case "KILL" -> process.destroyForcibly();
      case "TERM" -> process.destroy();
      default -> {
        try {
          String pid = Long.toString(process.pid());
          new ProcessBuilder("kill", "-s", signal, pid)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
        } catch (IOException e) {
          // No kill(1): the signal is lost, KILL will follow.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Whether a jail has neither a process nor one on its way. */
  boolean none(int jail) {
    return !expects(jail) && of(jail).isEmpty();
  }

  private boolean expects(int jail) {
    return births.stream().anyMatch(birth -> birth.jail() == jail);
  }

  /**
   * Kills every host process of a jail and awaits it: scans again until a scan finds none, so that
   * a process forked in between is found by the next. The jail must be closed to new ones: by its
   * kernel, or by {@link #close}.
   *
   * @return false when the patience ran out
   */
  public boolean killAll(int jail, Duration patience) throws InterruptedException {
    boolean gone = await(jail, "KILL", patience);
    if (gone) {
      touched.remove(jail);
    }
    return gone;
  }

  private boolean await(int jail, String signal, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      boolean expected = expects(jail); // before the scan, which finds it if it is born meanwhile
      if (signal(jail, signal) == 0 && !expected) {
        return true;
      }
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(pause);
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
    }
  }

  /** Kills what a kernel that was itself killed has left behind. */
  static void killOrphans(int deadKernel) throws InterruptedException {
    boolean found = true;
    for (int round = 0; found && round < 100; round++) {
      found = false;
      for (ProcTable.Entry entry : ProcTable.all()) {
        Mark mark = entry.zombie() ? null : orphanMark(entry.pid());
        if (mark != null && mark.kernel() == deadKernel && mark.jail() != 0) {
          found |= ProcessHandle.of(entry.pid()).map(ProcessHandle::destroyForcibly).orElse(false);
        }
      }
      if (found) {
        TimeUnit.MILLISECONDS.sleep(FIRST_PAUSE_MILLIS);
      }
    }
  }

  private static @Nullable Mark orphanMark(long pid) {
    Mark mark = ProcTable.limitMark(pid);
    return mark != null ? mark : ProcTable.environmentMark(pid);
  }
}
