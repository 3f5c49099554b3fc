package cellblock.daemon;

import cellblock.control.Pollable;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to a client, written by a thread of their own: a tool may be interrupted at
 * any moment, and a channel closes itself when the thread that writes to it is. A few frames are
 * held, then the tool waits; a tool that was told to go waits a second and no more.
 */
final class Outgoing implements Pollable {
  private static final int HELD = 4;

  private final FrameChannel channel;
  private final Pace pace;
  private final ClientMoves moves;
  private final ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(HELD);
  private final Thread writer;
  private volatile boolean broken;
  private volatile @Nullable Thread watcher;

  private record Item(int type, byte[] body) {}

  private static final Item END = new Item(0, new byte[0]);

  Outgoing(FrameChannel channel, Pace pace, ClientMoves moves) {
    this.channel = channel;
    this.pace = pace;
    this.moves = moves;
    this.writer = Thread.ofVirtual().name("writer").start(this::drain);
  }

  private void drain() {
    try {
      for (Item item = queue.take(); item != END; item = queue.take()) {
        write(item);
        LockSupport.unpark(watcher);
      }
    } catch (InterruptedException e) {
      broken = true;
    }
  }

  private void write(Item item) {
    if (!broken) {
      try {
        channel.write(item.type(), item.body());
      } catch (IOException e) {
        broken = true; // the client has gone: what follows is taken and dropped
      }
    }
  }

  /**
   * Room for what a tool writes at once: its buffer's rest and a block. In a simulation a tool
   * waits where it writes, since how far the writer has come is not decided by the seed.
   */
  @Override
  public boolean ready() {
    if (pace.synchronous()) {
      pace.beforeLooking();
      return broken || moves.synced();
    }
    return broken || queue.remainingCapacity() >= 2;
  }

  @Override
  public void watch(@Nullable Thread thread) {
    watcher = thread;
  }

  /** Sends a frame; {@code body} must not change any more. */
  void send(int type, byte[] body) throws IOException {
    if (broken) {
      throw new IOException("the client has gone");
    }
    awaitClient(type);
    moves.sent(type);
    put(new Item(type, body));
    if (pace.synchronous() && !answered(type)) {
      moves.sent(FrameType.SYNC);
      put(new Item(FrameType.SYNC, new byte[0]));
    }
  }

  /** Asks for an answer, beside what the tool sends. */
  void sync() {
    if (!broken) {
      moves.sent(FrameType.SYNC);
      if (!queue.offer(new Item(FrameType.SYNC, new byte[0]))) {
        moves.received(FrameType.SYNCED); // there are some on their way already
      }
    }
  }

  /** Frames that have an answer of their own, or end the conversation. */
  private static boolean answered(int type) {
    return switch (type) {
      case FrameType.READ, FrameType.SPAWN, FrameType.EXEC, FrameType.EXIT -> true;
      default -> false;
    };
  }

  private void awaitClient(int type) throws IOException {
    try {
      pace.sending(moves, type);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (broken) {
      throw new IOException("the client has gone");
    }
  }

  private void put(Item item) throws IOException {
    boolean interrupted = Thread.interrupted();
    boolean done = false;
    try {
      while (!done) {
        try {
          if (interrupted) {
            done = queue.offer(item, 1, TimeUnit.SECONDS);
            if (!done) {
              throw new IOException("the client does not listen");
            }
          } else {
            queue.put(item);
            done = true;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The client has gone, or is told so: nothing more is begun, and nobody waits for room. A frame
   * half written goes on, since its interruption would close the channel and take the session's own
   * last words.
   */
  void stop() {
    broken = true;
    while (!queue.offer(END)) {
      queue.clear();
    }
  }

  /**
   * Returns when everything has been written.
   *
   * @throws IOException when it was not: the conversation is not this one's to end
   */
  void finish() throws IOException, InterruptedException {
    put(END);
    writer.join();
    if (broken) {
      throw new IOException("the client has gone");
    }
  }
}
