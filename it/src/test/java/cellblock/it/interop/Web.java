package cellblock.it.interop;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server as a program of a jail: {@code GET /N} answers N bytes of {@link #content}, {@code
 * PUT} answers what came as its SHA-256. Each request has a connection of its own, which the server
 * closes; each connection has a thread.
 */
final class Web {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PIECE = 65_536;

  private final AtomicInteger connections = new AtomicInteger();

  int connections() {
    return connections.get();
  }

  /** The byte at a place of every answer: no two pages of 4 KiB are alike. */
  static byte content(long at) {
    return (byte) (at * 31 ^ at >>> 12);
  }

  static byte[] content(long from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = content(from + i);
    }
    return bytes;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Serves until its process is killed. */
  boolean serve(KernelPort port, SocketPort.Domain domain, int number) throws Exception {
    try (SocketPort listener = port.socket(domain, SocketPort.Type.STREAM, 0)) {
      listener.bind(null, number);
      listener.listen(1024);
      while (true) {
        SocketPort s = listener.accept(null);
        if (s != null) {
          connections.incrementAndGet();
          Thread.ofVirtual().start(() -> answer(s));
        }
      }
    }
  }

  private static void answer(SocketPort s) {
    try (s) {
      StringBuilder head = new StringBuilder();
      byte[] one = new byte[1];
      while (head.indexOf("\r\n\r\n") < 0) {
        if (s.read(one, 0, 1, PATIENCE) <= 0) {
          return;
        }
        head.append((char) one[0]);
      }
      if (head.indexOf("GET /") == 0) {
        give(s, Long.parseLong(head.substring(5, head.indexOf(" HTTP"))));
      } else {
        take(s, head.toString());
      }
    } catch (InterruptedException | IOException e) {
      // The client sees it.
    }
  }

  private static void give(SocketPort s, long length) throws KernelError, InterruptedException {
    say(s, "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n");
    for (long at = 0; at < length; at += PIECE) {
      byte[] piece = content(at, (int) Math.min(PIECE, length - at));
      s.write(piece, 0, piece.length);
    }
  }

  private static void take(SocketPort s, String head)
      throws KernelError, InterruptedException, IOException {
    if (head.contains("100-continue")) {
      say(s, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    String lower = head.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("content-length: ") + 16;
    long length = Long.parseLong(lower.substring(at, lower.indexOf("\r\n", at)));
    MessageDigest digest = sha256();
    byte[] piece = new byte[PIECE];
    while (length > 0) {
      int n = s.read(piece, 0, (int) Math.min(PIECE, length), PATIENCE);
      if (n <= 0) {
        throw new IOException("too short");
      }
      digest.update(piece, 0, n);
      length -= n;
    }
    String answer = HexFormat.of().formatHex(digest.digest());
    say(
        s,
        "HTTP/1.1 200 OK\r\nContent-Length: "
            + answer.length()
            + "\r\nConnection: close\r\n\r\n"
            + answer);
  }

  private static void say(SocketPort s, String text) throws KernelError, InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    s.write(bytes, 0, bytes.length);
  }
}
