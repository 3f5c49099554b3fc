package cellblock.control;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A bounded queue of events; when its reader is too slow the oldest are lost and counted. */
public interface EventPort<E> extends AutoCloseable {
  /**
   * The next event; waits; {@code null} after {@link #close} or when {@code timeout} has passed.
   */
  @Nullable E next(@Nullable Duration timeout) throws InterruptedException;

  /** How many events were lost for want of room. */
  long lost();

  @Override
  void close();
}
