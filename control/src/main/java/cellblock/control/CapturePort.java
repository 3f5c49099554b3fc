package cellblock.control;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An open capture (an open bpf(4) device): a bounded queue of copies; what finds no room is counted
 * and lost. It belongs to the process, and ends when the interface leaves its vnet. Threading: one
 * reader; {@link #close} from any thread.
 */
public interface CapturePort extends AutoCloseable {
  /**
   * A frame.
   *
   * @param timestampNanos wall clock, since 1970
   * @param length bytes it had before it was cut
   * @param outbound whether it was sent
   */
  record Frame(long timestampNanos, int length, boolean outbound, byte[] bytes) {}

  /** 1 = Ethernet; 0 = four bytes of family, little-endian (DLT_NULL), then the packet. */
  int linkType();

  /** The next frame; waits; null when {@code timeout} (null = none) passed or it has ended. */
  @Nullable Frame next(@Nullable Duration timeout) throws InterruptedException;

  /** Whether frames may still come. */
  boolean isOpen();

  /** Frames seen. */
  long received();

  /** Frames lost since the reader was slow. */
  long dropped();

  @Override
  void close();
}
