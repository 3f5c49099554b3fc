package cellblock.client;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cellblock.control.session.Launch;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the C library that a process needs in order to become, or to start, another program.
 * The only native access outside the tap module (docs/adr/0003-client-exec.md). Loaded only when
 * such a call or a deadly signal happens, never by an ordinary tool call. Numbers are those of
 * Linux where {@link #LINUX}, else of the BSDs and macOS.
 *
 * <p>Every function is called through one handle that takes six longs and gives one: integers and
 * pointers travel in the same registers on every 64-bit ABI that the JDK has, unread ones do no
 * harm, and a second shape would cost 10 ms. The upper half of an int result is rubbish and cut
 * off.
 */
final class Libc {
  static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  static final int ENOEXEC = 8;
  private static final int EINTR = 4;
  private static final int SIG_SETMASK = LINUX ? 2 : 3;
  private static final int RLIMIT_RTTIME = 15;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int SPAWN_SETSIGMASK = 0x08;
  private static final int SPAWN_SETSID = LINUX ? 0x80 : 0x400;
  private static final int APPEND = LINUX ? 0x1 | 0x40 | 0x400 : 0x1 | 0x200 | 0x8; // WRONLY, CREAT
  private static final int STATE_BYTES = 64; // more than captureStateLayout() has anywhere
  private static final int OPAQUE = 1024; // larger than any sigset_t, posix_spawnattr_t, ...

  private static final Arena ARENA = Arena.global();
  private static final @Nullable MethodHandle CALL = handle();

  private Libc() {}

  /** A call failed: errno, or -1 when the platform does not have it. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    final int errno;

    Failure(int errno) {
      super("errno", null, false, false);
      this.errno = errno;
    }
  }

  /** Null where the platform has no linker, or this process no right to it. */
  private static @Nullable MethodHandle handle() {
    try {
      return Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
              Linker.Option.captureCallState("errno"));
    } catch (RuntimeException refused) {
      return null;
    }
  }

  private static int call(String name, long a, long b, long c, long d, long e, long f)
      throws Failure {
    return call(ARENA.allocate(STATE_BYTES, 8), name, a, b, c, d, e, f);
  }

  private static int call(
      MemorySegment state, String name, long a, long b, long c, long d, long e, long f)
      throws Failure {
    MethodHandle handle = CALL;
    MemorySegment none = MemorySegment.NULL;
    MemorySegment function =
        handle == null ? none : Linker.nativeLinker().defaultLookup().find(name).orElse(none);
    if (handle == null || function.address() == 0) {
      throw new Failure(-1);
    }
    try {
      return (int) (long) handle.invokeExact(function, state, a, b, c, d, e, f);
    } catch (Throwable refused) {
      throw new Failure(-1);
    }
  }

  /** A call whose -1 means that errno tells more. */
  private static int checked(String name, long a, long b, long c) throws Failure {
    MemorySegment state = ARENA.allocate(STATE_BYTES, 8);
    int result = call(state, name, a, b, c, 0, 0, 0);
    if (result == -1) {
      throw new Failure(state.get(JAVA_INT, 0)); // errno is the first of what may be captured
    }
    return result;
  }

  private static long string(String text) {
    return ARENA.allocateFrom(text).address();
  }

  private static long strings(List<String> texts) {
    MemorySegment array = ARENA.allocate(JAVA_LONG, texts.size() + 1L); // ends with a null
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(JAVA_LONG, i, string(texts.get(i)));
    }
    return array.address();
  }

  /** kill(2); where there is no native access every signal is SIGTERM. */
  static void kill(long pid, int signal) {
    try {
      checked("kill", pid, signal, 0);
    } catch (Failure e) {
      if (e.errno < 0) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
      }
    }
  }

  /** Sets a signal's action to the default, in place of "ignored". */
  static void signalDefault(int signal) {
    try {
      call("signal", signal, 0, 0, 0, 0, 0);
    } catch (Failure e) {
      // It stays ignored.
    }
  }

  /** Ends this process by the signal's default action; else exits with 128+n. */
  static void dieOf(int signal) {
    try {
      signalDefault(signal);
      setMask(0);
      checked("kill", ProcessHandle.current().pid(), signal, 0);
      new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS); // another thread may take it
    } catch (Failure | InterruptedException e) {
      // Below.
    }
    Runtime.getRuntime().halt(128 + signal);
  }

  /**
   * Whether this process is in the foreground of a terminal, which then signals the whole group.
   */
  static boolean inForeground() {
    try {
      int group = call("getpgrp", 0, 0, 0, 0, 0, 0);
      for (int fd = 0; fd <= 2; fd++) {
        if (call("tcgetpgrp", fd, 0, 0, 0, 0, 0) == group) {
          return true;
        }
      }
    } catch (Failure e) {
      // As if there were none.
    }
    return false;
  }

  /** Blocks exactly these signals (bit n-1) in the calling thread. */
  static void setMask(long bits) throws Failure {
    MemorySegment set = ARENA.allocate(OPAQUE);
    set.set(JAVA_LONG, 0, bits);
    call("pthread_sigmask", SIG_SETMASK, set.address(), 0, 0, 0, 0);
  }

  /** Has execve(2) close this descriptor. */
  static void closeOnExec(int fd) throws Failure {
    call("fcntl", fd, F_SETFD, FD_CLOEXEC, 0, 0, 0);
  }

  /** chdir(2) of the whole process. */
  static void chdir(String path) throws Failure {
    checked("chdir", string(path), 0, 0);
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
    try {
      MemorySegment limit = ARENA.allocate(16, 8);
      checked("getrlimit", RLIMIT_RTTIME, limit.address(), 0);
      long before = limit.get(JAVA_LONG, 0);
      limit.set(JAVA_LONG, 0, value);
      checked("setrlimit", RLIMIT_RTTIME, limit.address(), 0);
      return before;
    } catch (Failure e) {
      return 0;
    }
  }

  /** execve(2): returns only by failing. */
  static void execve(String path, List<String> argv, List<String> env) throws Failure {
    checked("execve", string(path), strings(argv), strings(env));
  }

  /**
   * posix_spawn(3) with {@code mask} blocked, ignored signals still ignored, all descriptors
   * inherited, output as the launch wants it, and a session of its own for the background.
   *
   * @return the child's pid
   */
  static int spawn(Launch launch, long mask) throws Failure {
    long attr = ARENA.allocate(OPAQUE).address();
    MemorySegment set = ARENA.allocate(OPAQUE);
    set.set(JAVA_LONG, 0, mask);
    int flags = SPAWN_SETSIGMASK | (launch.background() ? SPAWN_SETSID : 0);
    call("posix_spawnattr_init", attr, 0, 0, 0, 0, 0);
    call("posix_spawnattr_setsigmask", attr, set.address(), 0, 0, 0, 0);
    call("posix_spawnattr_setflags", attr, flags, 0, 0, 0, 0);
    long actions = ARENA.allocate(OPAQUE).address();
    call("posix_spawn_file_actions_init", actions, 0, 0, 0, 0, 0);
    if (!launch.output().isEmpty()) {
      long file = string(launch.output());
      call("posix_spawn_file_actions_addopen", actions, 1, file, APPEND, 0600, 0);
      call("posix_spawn_file_actions_adddup2", actions, 1, 2, 0, 0, 0);
    }
    MemorySegment pid = ARENA.allocate(JAVA_INT);
    long path = string(launch.path());
    long argv = strings(launch.argv());
    long env = strings(launch.env());
    int error = call("posix_spawn", pid.address(), path, actions, attr, argv, env);
    if (error != 0) {
      throw new Failure(error);
    }
    return pid.get(JAVA_INT, 0);
  }

  /** waitpid(2): the exit status, 128+n when signal n killed the child. */
  static int await(int pid) {
    MemorySegment status = ARENA.allocate(JAVA_INT);
    while (true) {
      try {
        checked("waitpid", pid, status.address(), 0);
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
