package cellblock.tap;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A TAP device of the host's kernel, its descriptor, and the two threads that carry frames: one
 * reads and posts what came to the driver's lane, and runs its turn when the lane is free; one
 * writes what the lane has queued. Both queues are bounded; what finds them full is counted. The
 * device is attached to this process until {@link #close} has ended both threads.
 *
 * <p>Threading: {@link #open} and {@link #abandon} outside every lane; {@link #send} and {@link
 * #receive} in turns of the lane that the interface is in; the rest from anywhere. Ancestor: struct
 * tuntap_softc and tunread, tunwrite of net/if_tuntap.c, seen from the program's side.
 */
final class HostDevice {
  /** The device that TAP devices are made by. */
  static final String PATH = "/dev/net/tun";

  /** Largest frame: an IP packet's largest size, the Ethernet header and a tag. */
  static final int LARGEST = 65_535 + 18;

  private static final int QUEUE_BYTES = 1 << 21;

  /** Frames read before the lane is told of them. */
  private static final int BATCH = 64;

  private final String name;
  private final int tun;
  private final int wake;
  private final FrameRing in = new FrameRing(QUEUE_BYTES);
  private final FrameRing out = new FrameRing(QUEUE_BYTES);
  private @Nullable Thread writer;
  private volatile boolean writerIdle;
  private volatile boolean closing;
  private volatile boolean closed;

  /** The host has taken the device away. */
  private volatile boolean lost;

  /** Frames that came while the queue was full; the reader's. */
  private volatile long missed;

  /** Frames that the host did not take; the writer's. */
  private volatile long refused;

  private HostDevice(String name, int tun, int wake) {
    this.name = name;
    this.tun = tun;
    this.wake = wake;
  }

  /**
   * Attaches to the host's device of that name, made if there is none; an empty name leaves the
   * choice to the host.
   *
   * @throws ErrnoException EPERM (no right to make or to use it), EBUSY (another program has it),
   *     EINVAL (the name is that of something else), ENOENT (no {@link #PATH}), ENODEV (not Linux)
   */
  static HostDevice open(String wanted) throws ErrnoException {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new ErrnoException(Errno.ENODEV);
    }
    Libc libc = new Libc();
    int tun = checked(libc.open(PATH));
    String[] chosen = {wanted};
    int wake = -1;
    boolean opened = false;
    try {
      checked(libc.attach(tun, wanted, chosen));
      wake = checked(libc.eventfd());
      opened = true;
      return new HostDevice(chosen[0], tun, wake);
    } finally {
      if (!opened) {
        libc.close(tun);
      }
    }
  }

  private static int checked(int result) throws ErrnoException {
    if (result >= 0) {
      return result;
    }
    throw new ErrnoException(
        switch (-result) {
          case Libc.EPERM -> Errno.EPERM;
          case Libc.ENOENT -> Errno.ENOENT;
          case Libc.EACCES -> Errno.EACCES;
          case Libc.EBUSY -> Errno.EBUSY;
          case Libc.ENODEV, Libc.ENOSYS -> Errno.ENODEV;
          case Libc.EINVAL -> Errno.EINVAL;
          case Libc.EMFILE, Libc.ENFILE -> Errno.EMFILE;
          case Libc.ENOMEM -> Errno.ENOMEM;
          default -> Errno.EIO;
        });
  }

  /** What the host calls it; the host may rename it later. */
  String name() {
    return name;
  }

  /** Begins to carry frames; {@code news} is run by the reader when something has come. */
  void start(String interfaceName, Runnable news) {
    Thread reading =
        Thread.ofPlatform().daemon().name(interfaceName + " in").unstarted(() -> read(news));
    Thread writing =
        Thread.ofPlatform().daemon().name(interfaceName + " out").unstarted(() -> write(reading));
    writer = writing;
    reading.start();
    writing.start();
  }

  /** Closes it without ever having started. */
  void abandon() {
    Libc libc = new Libc();
    closing = true;
    release(libc);
  }

  private void release(Libc libc) {
    libc.close(tun);
    libc.close(wake);
    closed = true;
  }

  /** Ends it; it has ended when it is {@link #closed}. Never waits. */
  void close() {
    closing = true;
    LockSupport.unpark(writer);
  }

  /** Whether descriptors are closed and threads at their end. */
  boolean closed() {
    return closed;
  }

  /** Whether the host has taken it away. */
  boolean lost() {
    return lost;
  }

  long missed() {
    return missed;
  }

  long refused() {
    return refused;
  }

  // ---- for the driver ----

  /** Queues a frame to be written; false = the queue is full. In a turn of {@code lane}. */
  boolean send(byte[] from, int off, int length, Lane lane) {
    if (!out.offer(from, off, length)) {
      return false;
    }
    VarHandle.fullFence(); // the writer sees the frame, or we see that it sleeps
    if (writerIdle) {
      writerIdle = false;
      Thread sleeper = writer;
      if (sleeper != null) {
        lane.wake(sleeper);
      }
    }
    return true;
  }

  /** Frames that came. */
  FrameRing received() {
    return in;
  }

  // ---- the writer ----

  private void write(Thread reader) {
    Libc libc = new Libc();
    while (!closing) {
      int at = out.peek();
      if (at < 0) {
        sleep();
        continue;
      }
      int length = out.length();
      int result;
      do {
        result = libc.write(tun, out.memory(), at, length);
      } while (result == -Libc.EINTR);
      out.release();
      if (result < 0) {
        refused = refused + 1;
      }
    }
    libc.wake(wake);
    while (reader.isAlive()) {
      LockSupport.parkNanos(this, 1_000_000);
    }
    release(libc);
  }

  /** Until a frame is queued; a wake-up for nothing does no harm. */
  private void sleep() {
    writerIdle = true;
    VarHandle.fullFence();
    if (out.isEmpty() && !closing) {
      LockSupport.park(this);
    }
    writerIdle = false;
  }

  // ---- the reader ----

  private void read(Runnable news) {
    Libc libc = new Libc();
    MemorySegment spare = Arena.ofAuto().allocate(LARGEST);
    while (!closing) {
      long before = missed;
      int frames = 0;
      int result = 0;
      while (frames < BATCH && !lost) {
        int at = in.reserve(LARGEST);
        result = libc.read(tun, at < 0 ? spare : in.memory(), Math.max(at, 0), LARGEST);
        if (result < 0) {
          break;
        }
        if (at < 0) {
          missed = missed + 1;
        } else {
          in.commit(result);
        }
        frames++;
      }
      if (result < 0 && result != -Libc.EAGAIN && result != -Libc.EINTR) {
        lost = true;
        news.run();
      } else if (frames > 0 || missed != before) {
        news.run();
      }
      if ((result < 0 || lost) && !closing) {
        libc.poll(lost ? -1 : tun, wake);
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
