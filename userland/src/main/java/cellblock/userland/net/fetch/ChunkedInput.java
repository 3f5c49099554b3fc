package cellblock.userland.net.fetch;

import java.io.IOException;
import java.io.InputStream;

/** A body that comes in chunks, each with its length in front (RFC 9112 section 7.1). */
final class ChunkedInput extends InputStream {
  private final Connection connection;
  private long left;
  private boolean first = true;
  private boolean ended;

  ChunkedInput(Connection connection) {
    this.connection = connection;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !ended) {
      chunk();
    }
    if (ended) {
      return -1;
    }
    int n = connection.read(to, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw new FetchError("Connection reset by peer", true);
    }
    left -= n;
    return n;
  }

  private void chunk() throws IOException {
    if (!first) {
      connection.line();
    }
    first = false;
    String line = connection.line();
    String digits = line == null ? "" : line.replaceFirst("[;\\s].*", "");
    if (!digits.matches("[0-9A-Fa-f]{1,15}")) {
      throw new FetchError("Protocol error", true);
    }
    left = Long.parseLong(digits, 16);
    ended = left == 0;
  }

  @Override
  public void close() {
    connection.close();
  }
}
