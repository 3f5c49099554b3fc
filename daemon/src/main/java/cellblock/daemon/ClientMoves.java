package cellblock.daemon;

import cellblock.control.session.FrameType;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whose move it is between a client and its tool: what the client was sent and has not dealt with
 * yet. A client that owes nothing does nothing until the next frame. Any thread.
 */
final class ClientMoves {
  private final boolean[] toFile;
  private final AtomicInteger unsynced = new AtomicInteger();
  private volatile boolean asked;
  private volatile boolean spawned;
  private volatile boolean started;
  private volatile boolean ended;
  private volatile boolean background;

  /**
   * @param client whose standard output and error may be files, which nobody waits to read
   */
  ClientMoves(long client) {
    toFile = new boolean[] {false, file(client, 1), file(client, 2)};
  }

  private static boolean file(long client, int fd) {
    String end = ProcTable.descriptor(client, fd);
    return end.startsWith("/") && !end.startsWith("/dev/pts/") && !end.startsWith("/dev/tty");
  }

  /** Whether a standard stream goes where nobody waits for it. */
  boolean toFile(int fd) {
    return toFile[fd];
  }

  /** Whether it owes nothing. */
  boolean idle() {
    return synced() && !asked && !spawned && !ended;
  }

  /** A frame goes to the client. */
  void sent(int frameType) {
    switch (frameType) {
      case FrameType.SYNC -> unsynced.incrementAndGet();
      case FrameType.READ -> asked = true;
      case FrameType.SPAWN -> {
        started = false;
        spawned = true;
      }
      case FrameType.EXIT, FrameType.EXEC -> ended = true;
      default -> {
        // A SYNC follows it.
      }
    }
  }

  /** A frame came from the client, and its content is where the tool finds it. */
  void received(int frameType) {
    switch (frameType) {
      case FrameType.SYNCED -> unsynced.decrementAndGet();
      case FrameType.STDIN -> asked = false;
      case FrameType.CHILD_STARTED -> {
        started = true;
        spawned = !background;
      }
      case FrameType.CHILD_EXIT -> spawned = false;
      case FrameType.CHILD_FAILED -> {
        spawned = false;
        ended = false; // it was to become a program, and is still there
      }
      default -> {
        // Not an answer.
      }
    }
  }

  /** The next child is for the background, or not: nobody waits for the end of one that is. */
  void background(boolean next) {
    background = next;
  }

  /** Whether the client has dealt with all that was written to it. */
  boolean synced() {
    return unsynced.get() == 0;
  }

  /** Whether it was asked for input and has not answered. */
  boolean asked() {
    return asked;
  }

  /** Whether it was told to run a child and has not reported its end. */
  boolean spawned() {
    return spawned;
  }

  /** Whether that child runs. */
  boolean started() {
    return started;
  }

  /** Whether it was told to end, or to become a program. */
  boolean ended() {
    return ended;
  }
}
