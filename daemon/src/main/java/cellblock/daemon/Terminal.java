package cellblock.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The terminal of a client's standard output, looked up only when a tool wants to know. */
final class Terminal {
  private static final int DEFAULT_COLUMNS = 80;
  private final long pid;

  Terminal(long pid) {
    this.pid = pid;
  }

  /** Whether standard output is one; false where the host does not tell. */
  boolean is() {
    return is(1);
  }

  /** Whether standard error is one. */
  boolean isError() {
    return is(2);
  }

  private boolean is(int descriptor) {
    String device = ProcTable.descriptor(pid, descriptor);
    return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
  }

  /** Its width by stty(1). */
  int columns() {
    if (!is()) {
      return DEFAULT_COLUMNS;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File(ProcTable.descriptor(pid, 1)))
              .start();
      byte[] answer = stty.getInputStream().readAllBytes();
      stty.waitFor(1, TimeUnit.SECONDS);
      String[] size = new String(answer, StandardCharsets.US_ASCII).strip().split(" ");
      int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
      return columns > 0 ? columns : DEFAULT_COLUMNS;
    } catch (IOException | NumberFormatException e) {
      return DEFAULT_COLUMNS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return DEFAULT_COLUMNS;
    }
  }
}
