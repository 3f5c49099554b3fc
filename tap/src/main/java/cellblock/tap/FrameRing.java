package cellblock.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Frames on their way between a lane and a thread outside: a ring of bytes that system calls can
 * read and write. A frame lies in one piece behind its length; the rest of the ring before its end
 * is skipped when it is too short, so that only frames of up to half of the ring are certain to fit
 * into an empty one. Ancestor: the descriptor rings of network cards (net/iflib.c).
 *
 * <p>Threading: one producer and one consumer. Its memory is the garbage collector's.
 */
final class FrameRing {
  /** Bytes before a frame: its length, and padding. */
  private static final int HEADER = 8;

  private static final int SKIP = -1;
  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(FrameRing.class, "head", long.class);
      TAIL = lookup.findVarHandle(FrameRing.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MemorySegment memory;
  private final int size;

  /** Bytes consumed so far; the consumer's. */
  private volatile long head;

  /** Bytes produced so far; the producer's. */
  private volatile long tail;

  /** Where the reserved frame begins, in bytes produced. */
  private long reserved;

  /**
   * @param size bytes, a power of two
   */
  FrameRing(int size) {
    if (Integer.bitCount(size) != 1 || size < HEADER) {
      throw new IllegalArgumentException("size " + size);
    }
    this.size = size;
    this.memory = Arena.ofAuto().allocate(size, HEADER);
  }

  /** What {@link #reserve} and {@link #peek} give places of. */
  MemorySegment memory() {
    return memory;
  }

  private int place(long position) {
    return (int) position & size - 1;
  }

  private static int room(int length) {
    return HEADER + length + HEADER - 1 & -HEADER;
  }

  // ---- the producer ----

  /** Where a frame of up to {@code most} bytes may be written; -1 = no room for so many. */
  int reserve(int most) {
    long end = tail;
    int at = place(end);
    int free = size - (int) (end - (long) HEAD.getAcquire(this));
    int need = room(most);
    int behind = size - at;
    if (need > behind) {
      if (need > free - behind) {
        return -1;
      }
      memory.set(JAVA_INT, at, SKIP);
      end += behind;
      at = 0;
    } else if (need > free) {
      return -1;
    }
    reserved = end;
    return at + HEADER;
  }

  /** The frame that was reserved is there, of {@code length} bytes. */
  void commit(int length) {
    memory.set(JAVA_INT, place(reserved), length);
    TAIL.setRelease(this, reserved + room(length));
  }

  /** Adds a frame; false = full. */
  boolean offer(byte[] from, int off, int length) {
    int at = reserve(length);
    if (at < 0) {
      return false;
    }
    MemorySegment.copy(from, off, memory, JAVA_BYTE, at, length);
    commit(length);
    return true;
  }

  // ---- the consumer ----

  /** Whether nothing waits. */
  boolean isEmpty() {
    return peek() < 0;
  }

  /** Where the oldest frame lies; -1 = there is none. */
  int peek() {
    while (head != (long) TAIL.getAcquire(this)) {
      int at = place(head);
      if (memory.get(JAVA_INT, at) != SKIP) {
        return at + HEADER;
      }
      HEAD.setRelease(this, head + size - at);
    }
    return -1;
  }

  /** Bytes of the oldest frame, which {@link #peek} has found. */
  int length() {
    return memory.get(JAVA_INT, place(head));
  }

  /** Copies the oldest frame, which {@link #peek} has found. */
  void copyTo(byte[] to, int off) {
    MemorySegment.copy(memory, JAVA_BYTE, place(head) + (long) HEADER, to, off, length());
  }

  /** The oldest frame, which {@link #peek} has found, is done with. */
  void release() {
    HEAD.setRelease(this, head + room(length()));
  }
}
