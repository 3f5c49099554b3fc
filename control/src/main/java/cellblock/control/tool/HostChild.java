package cellblock.control.tool;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A program of the host that a tool started on pipes. Threading: one thread a stream, any for the
 * rest.
 */
public interface HostChild {
  /** The host's process id. */
  long pid();

  /** What it reads. */
  OutputStream in();

  /** What it writes, both of its outputs. */
  InputStream out();

  /** Waits for its end; its status. */
  int await() throws InterruptedException;

  /** Ends it. */
  void kill();
}
