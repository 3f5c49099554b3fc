package cellblock.client;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import cellblock.control.session.Launch;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The calls of the C library that a process needs in order to become, or to start, another program.
 * The only native access outside the tap module (docs/adr/0003-client-exec.md). Loaded only when
 * such a call or a deadly signal happens, never by an ordinary tool call. Numbers are those of
 * Linux where {@link #LINUX}, else of the BSDs and macOS.
 */
final class Libc {
  static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  static final int ENOEXEC = 8;
  static final int EINTR = 4;
  private static final int SIG_SETMASK = LINUX ? 2 : 3;
  private static final int RLIMIT_RTTIME = 15;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int SPAWN_SETSIGMASK = 0x08;
  private static final int SPAWN_SETSID = LINUX ? 0x80 : 0x400;
  private static final int OPAQUE = 1024; // larger than any sigset_t, posix_spawnattr_t, ...

  private static final Arena ARENA = Arena.global();
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private Libc() {}

  /** A call failed: errno, or -1 when the platform does not have it. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    final int errno;

    Failure(int errno) {
      super("errno " + errno, null, false, false);
      this.errno = errno;
    }
  }

  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, options);
  }

  /** {@code int name(long or int or pointer ...)}; -1 when the platform refuses. */
  private static int call(String name, FunctionDescriptor type, Object... args) {
    try {
      return (int) function(name, type).invokeWithArguments(args);
    } catch (Throwable e) {
      return -1;
    }
  }

  private static FunctionDescriptor ints(int count) {
    MemoryLayout[] args = new MemoryLayout[count];
    Arrays.fill(args, JAVA_INT);
    return FunctionDescriptor.of(JAVA_INT, args);
  }

  /** kill(2); where there is no native access every signal is SIGTERM. */
  static void kill(long pid, int signal) {
    if (call("kill", ints(2), (int) pid, signal) != 0) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  /** Sets a signal's action to the default, in place of "ignored". */
  static void signalDefault(int signal) {
    FunctionDescriptor type = FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS);
    try {
      function("signal", type).invokeWithArguments(List.of(signal, MemorySegment.NULL));
    } catch (Throwable e) {
      // It stays ignored.
    }
  }

  /** Ends this process by the signal's default action; else exits with 128+n. */
  static void dieOf(int signal) {
    try {
      signalDefault(signal);
      setMask(0);
      call("kill", ints(2), (int) ProcessHandle.current().pid(), signal);
      new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS); // another thread may take it
    } catch (Throwable e) {
      // Below.
    }
    Runtime.getRuntime().halt(128 + signal);
  }

  /**
   * Whether this process is in the foreground of a terminal, which then signals the whole group.
   */
  static boolean inForeground() {
    int group = call("getpgrp", ints(0));
    for (int fd = 0; fd <= 2; fd++) {
      if (group > 0 && call("tcgetpgrp", ints(1), fd) == group) {
        return true;
      }
    }
    return false;
  }

  /** Blocks exactly these signals (bit n-1) in the calling thread. */
  static void setMask(long bits) {
    MemorySegment set = ARENA.allocate(OPAQUE).fill((byte) 0);
    set.set(JAVA_LONG, 0, bits);
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    call("pthread_sigmask", type, SIG_SETMASK, set, MemorySegment.NULL);
  }

  /** Has execve(2) close this descriptor. */
  static void closeOnExec(int fd) {
    FunctionDescriptor type = ints(3);
    try {
      function("fcntl", type, Linker.Option.firstVariadicArg(2))
          .invokeWithArguments(List.of(fd, F_SETFD, FD_CLOEXEC));
    } catch (Throwable e) {
      // The program inherits one descriptor too many.
    }
  }

  /** chdir(2) of the whole process. */
  static void chdir(String path) throws Failure {
    check("chdir", FunctionDescriptor.of(JAVA_INT, ADDRESS), ARENA.allocateFrom(path));
  }

  /**
   * Sets the soft limit RLIMIT_RTTIME, which children inherit whatever else they drop, and which
   * means nothing to a process without real-time scheduling.
   *
   * @return the value before, -1 being "unlimited"; 0 when the platform has none
   */
  static long mark(long value) {
    if (!LINUX) {
      return 0;
    }
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
    MemorySegment limit = ARENA.allocate(16, 8);
    if (call("getrlimit", type, RLIMIT_RTTIME, limit) != 0) {
      return 0;
    }
    long before = limit.get(JAVA_LONG, 0);
    limit.set(JAVA_LONG, 0, value);
    return call("setrlimit", type, RLIMIT_RTTIME, limit) == 0 ? before : 0;
  }

  private static void check(String name, FunctionDescriptor type, Object... args) throws Failure {
    int result;
    MemorySegment state = ARENA.allocate(STATE);
    try {
      Object[] all = new Object[args.length + 1];
      all[0] = state;
      System.arraycopy(args, 0, all, 1, args.length);
      result =
          (int)
              function(name, type, Linker.Option.captureCallState("errno"))
                  .invokeWithArguments(all);
    } catch (Throwable e) {
      throw new Failure(-1);
    }
    if (result == -1) {
      throw new Failure((int) ERRNO.get(state, 0L));
    }
  }

  private static MemorySegment strings(List<String> texts) {
    MemorySegment array = ARENA.allocate(ADDRESS, texts.size() + 1);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, ARENA.allocateFrom(texts.get(i)));
    }
    array.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
    return array;
  }

  /** execve(2): returns only by failing. */
  static void execve(String path, List<String> argv, List<String> env) throws Failure {
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    check("execve", type, ARENA.allocateFrom(path), strings(argv), strings(env));
  }

  /**
   * posix_spawn(3) with {@code mask} blocked, ignored signals still ignored, all descriptors
   * inherited, output as the launch wants it, and a session of its own for the background.
   *
   * @return the child's pid
   */
  static int spawn(Launch launch, long mask) throws Failure {
    MemorySegment attr = ARENA.allocate(OPAQUE);
    MemorySegment set = ARENA.allocate(OPAQUE);
    FunctionDescriptor one = FunctionDescriptor.of(JAVA_INT, ADDRESS);
    FunctionDescriptor two = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
    call("posix_spawnattr_init", one, attr);
    set.set(JAVA_LONG, 0, mask);
    call("posix_spawnattr_setsigmask", two, attr, set);
    FunctionDescriptor flags = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT);
    call(
        "posix_spawnattr_setflags",
        flags,
        attr,
        (short) (SPAWN_SETSIGMASK | (launch.background() ? SPAWN_SETSID : 0)));
    MemorySegment actions = ARENA.allocate(OPAQUE);
    call("posix_spawn_file_actions_init", one, actions);
    if (!launch.output().isEmpty()) {
      redirect(actions, launch.output());
    }
    MemorySegment pid = ARENA.allocate(JAVA_INT);
    FunctionDescriptor type =
        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    int error =
        call(
            "posix_spawn",
            type,
            pid,
            ARENA.allocateFrom(launch.path()),
            actions,
            attr,
            strings(launch.argv()),
            strings(launch.env()));
    if (error != 0) {
      throw new Failure(error);
    }
    return pid.get(JAVA_INT, 0);
  }

  private static void redirect(MemorySegment actions, String output) {
    int append = LINUX ? 0x1 | 0x40 | 0x400 : 0x1 | 0x200 | 0x8; // O_WRONLY|O_CREAT|O_APPEND
    call(
        "posix_spawn_file_actions_addopen",
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
        actions,
        1,
        ARENA.allocateFrom(output),
        append,
        0600);
    call(
        "posix_spawn_file_actions_adddup2",
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
        actions,
        1,
        2);
  }

  /** waitpid(2): the exit status, 128+n when signal n killed the child. */
  static int await(int pid) {
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    MemorySegment status = ARENA.allocate(JAVA_INT);
    while (true) {
      try {
        check("waitpid", type, pid, status, 0);
        int value = status.get(JAVA_INT, 0);
        return (value & 0x7f) == 0 ? (value >> 8) & 0xff : 128 + (value & 0x7f);
      } catch (Failure e) {
        if (e.errno != EINTR) {
          return 127;
        }
      }
    }
  }
}
