package cellblock.daemon;

import cellblock.kern.lane.Threads;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * How the threads of tools run beside the processes of their clients: at once and side by side in
 * real time ({@link RealPace}), in an order that a seed decides in a simulation ({@link SimPace}).
 * Threading: any thread, except where a method says otherwise.
 */
interface Pace extends Threads {
  /** Waits for the end of a thread that {@link #start} made. */
  void join(Thread thread) throws InterruptedException;

  /** The next element of a queue that a client's frames fill. */
  <T> T take(BlockingQueue<T> queue) throws InterruptedException;

  /** The same, or null when {@code timeout} of the kernel's time passes first. */
  <T> @Nullable T poll(BlockingQueue<T> queue, Duration timeout) throws InterruptedException;

  /** A client calls; {@code body} runs its tool and waits for the end. On the session's thread. */
  void called(ClientCall call, Runnable body);

  /** A client tells of something that a tool hears of at once. On the session's thread. */
  void told(ClientCall call, Runnable news);

  /** A client has gone; {@code news} tells its tool. On the session's thread. */
  void gone(ClientCall call, Runnable news);

  /** Before something is looked at that clients change: in a simulation all of them sleep then. */
  void beforeLooking();

  /** Before a frame goes to a client. On a tool's thread. */
  void sending(ClientMoves client, int frameType) throws InterruptedException;

  /** Whether a client is asked to say when it has dealt with a frame. */
  boolean synchronous();

  /** The host process with that id has got a signal from its kernel. */
  void signalled();
}
