package cellblock.tap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Linux's C library that a TAP device takes. Every result below zero is a negative
 * errno of Linux. Every function is called in one shape, six longs to one, as in the client's class
 * of this name.
 *
 * <p>Threading: one of these for each thread; it holds the thread's errno.
 */
final class Libc {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ENOSYS = 38;

  private static final int O_RDWR = 0x2;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int TUNSETIFF = 0x4004_54ca;
  private static final short IFF_TAP = 0x0002;
  private static final short IFF_NO_PI = 0x1000;
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ = 40;
  private static final short POLLIN = 0x1;
  private static final int STATE_BYTES = 64; // more than captureStateLayout() has

  private static final @Nullable MethodHandle OPEN = function("open");
  private static final @Nullable MethodHandle IOCTL = function("ioctl");
  private static final @Nullable MethodHandle READ = function("read");
  private static final @Nullable MethodHandle WRITE = function("write");
  private static final @Nullable MethodHandle POLL = function("poll");
  private static final @Nullable MethodHandle EVENTFD = function("eventfd");
  private static final @Nullable MethodHandle CLOSE = function("close");

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment state = arena.allocate(STATE_BYTES, 8);
  private final MemorySegment word = arena.allocate(JAVA_LONG);
  private final MemorySegment polled = arena.allocate(16, 8); // two of struct pollfd

  /** Null where the platform has no linker, or this process no right to it. */
  private static @Nullable MethodHandle function(String name) {
    try {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor shape =
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
      MemorySegment address = linker.defaultLookup().find(name).orElseThrow();
      return linker.downcallHandle(address, shape, Linker.Option.captureCallState("errno"));
    } catch (RuntimeException refused) {
      return null;
    }
  }

  private int call(@Nullable MethodHandle function, long a, long b, long c) {
    if (function == null) {
      return -ENOSYS;
    }
    int result;
    try {
      result = (int) (long) function.invokeExact(state, a, b, c, 0L, 0L, 0L);
    } catch (Throwable refused) {
      return -ENOSYS;
    }
    return result == -1 ? -state.get(JAVA_INT, 0) : result;
  }

  /** open(2) of a device for reading and writing, never blocking; its descriptor. */
  int open(String path) {
    try (Arena here = Arena.ofConfined()) {
      MemorySegment name = here.allocateFrom(path);
      return call(OPEN, name.address(), O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
    }
  }

  /**
   * Has {@code fd}, an open /dev/net/tun, become the TAP device {@code name}, made if there is
   * none; an empty name leaves the choice to Linux. Frames come without a header of the device's
   * own.
   *
   * @param chosen gets the name in its first place
   */
  int attach(int fd, String name, String[] chosen) {
    try (Arena here = Arena.ofConfined()) {
      MemorySegment request = here.allocate(IFREQ, 8);
      request.setString(0, name);
      request.set(JAVA_SHORT, IFNAMSIZ, (short) (IFF_TAP | IFF_NO_PI));
      int result = call(IOCTL, fd, TUNSETIFF, request.address());
      chosen[0] = request.getString(0);
      return result;
    }
  }

  /** A descriptor that {@link #wake} makes readable. */
  int eventfd() {
    return call(EVENTFD, 0, O_NONBLOCK | O_CLOEXEC, 0);
  }

  /** Wakes who polls the descriptor, now or later. */
  void wake(int eventfd) {
    word.set(JAVA_LONG, 0, 1);
    call(WRITE, eventfd, word.address(), JAVA_LONG.byteSize());
  }

  /** read(2) into {@code to} from {@code at} on; the bytes read. */
  int read(int fd, MemorySegment to, long at, int most) {
    return call(READ, fd, to.address() + at, most);
  }

  /** write(2) of {@code from}'s bytes from {@code at} on. */
  int write(int fd, MemorySegment from, long at, int length) {
    return call(WRITE, fd, from.address() + at, length);
  }

  /** Waits until one of two descriptors is readable or broken; the first may be -1 for none. */
  void poll(int first, int second) {
    polled.set(JAVA_INT, 0, first);
    polled.set(JAVA_INT, 4, POLLIN); // and revents cleared
    polled.set(JAVA_INT, 8, second);
    polled.set(JAVA_INT, 12, POLLIN);
    call(POLL, polled.address(), 2, -1);
  }

  void close(int fd) {
    call(CLOSE, fd, 0, 0);
  }
}
