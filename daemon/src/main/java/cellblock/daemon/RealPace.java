package cellblock.daemon;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Everything at once, each on a virtual thread of its own. Stateless. */
final class RealPace implements Pace {
  @Override
  public Thread start(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }

  @Override
  public void join(Thread thread) throws InterruptedException {
    thread.join();
  }

  @Override
  public <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    return queue.take();
  }

  @Override
  public <T> @Nullable T poll(BlockingQueue<T> queue, Duration timeout)
      throws InterruptedException {
    return queue.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void called(ClientCall call, Runnable body) {
    call.thread(start("tool " + call.hello().tool(), body));
  }

  @Override
  public void told(ClientCall call, Runnable news) {
    news.run();
  }

  @Override
  public void gone(ClientCall call, Runnable news) {
    news.run();
  }

  @Override
  public void beforeLooking() {
    // It may change at any moment.
  }

  @Override
  public void sending(ClientMoves client, int frameType) {
    // Frames go as fast as the client takes them.
  }

  @Override
  public boolean synchronous() {
    return false;
  }

  @Override
  public void signalled() {
    // Its end will be seen.
  }
}
