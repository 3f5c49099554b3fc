package cellblock.it.interop;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server of iperf3 as a program of a jail: TCP, several streams, both directions. One test, then
 * it ends. The conversation: a cookie on every connection; on the first of them states as single
 * bytes, and JSON behind its length.
 */
final class Iperf3 {
  static final int PORT = 5201;
  private static final int COOKIE = 37;
  private static final int TEST_START = 1;
  private static final int TEST_RUNNING = 2;
  private static final int TEST_END = 4;
  private static final int PARAM_EXCHANGE = 9;
  private static final int CREATE_STREAMS = 10;
  private static final int EXCHANGE_RESULTS = 13;
  private static final int DISPLAY_RESULTS = 14;
  private static final int IPERF_DONE = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A stream of the test. */
  private static final class Stream {
    final SocketPort socket;
    final AtomicLong bytes = new AtomicLong();
    Thread thread = Thread.currentThread();

    Stream(SocketPort socket) {
      this.socket = socket;
    }
  }

  private final List<Stream> streams = new ArrayList<>();
  private volatile boolean ended;

  /** Serves one test; the bytes that the streams carried. */
  long serve(KernelPort port, SocketPort.Domain domain) throws Exception {
    try (SocketPort listener = port.socket(domain, SocketPort.Type.STREAM, 0)) {
      listener.setOption("SO_REUSEADDR", 1);
      listener.bind(null, PORT);
      listener.listen(128);
      try (SocketPort control = accepted(listener)) {
        return test(listener, control);
      }
    }
  }

  private static SocketPort accepted(SocketPort listener) throws Exception {
    SocketPort s = Objects.requireNonNull(listener.accept(PATIENCE), "no connection");
    fully(s, new byte[COOKIE]);
    return s;
  }

  private long test(SocketPort listener, SocketPort control) throws Exception {
    state(control, PARAM_EXCHANGE);
    String params = json(control);
    boolean reverse = params.contains("\"reverse\":");
    int parallel = number(params, "parallel", 1);
    state(control, CREATE_STREAMS);
    for (int i = 0; i < parallel; i++) {
      streams.add(new Stream(accepted(listener)));
    }
    state(control, TEST_START);
    state(control, TEST_RUNNING);
    for (Stream s : streams) {
      s.thread = Thread.ofVirtual().start(() -> carry(s, reverse));
    }
    byte[] one = new byte[1];
    fully(control, one);
    if (one[0] != TEST_END) {
      throw new IOException("state " + one[0] + " in place of the end");
    }
    ended = true;
    state(control, EXCHANGE_RESULTS);
    json(control);
    if (reverse) {
      for (Stream s : streams) {
        s.thread.join(10_000);
      }
    }
    byte[] results = results().getBytes(StandardCharsets.UTF_8);
    control.write(ByteBuffer.allocate(4).putInt(results.length).array(), 0, 4);
    control.write(results, 0, results.length);
    state(control, DISPLAY_RESULTS);
    fully(control, one);
    long sum = 0;
    for (Stream s : streams) {
      s.socket.close();
      s.thread.join(10_000);
      sum += s.bytes.get();
    }
    if (one[0] != IPERF_DONE) {
      throw new IOException("state " + one[0] + " in place of done");
    }
    return sum;
  }

  private void carry(Stream s, boolean reverse) {
    byte[] data = new byte[131_072];
    try {
      while (reverse && !ended) {
        s.bytes.addAndGet(s.socket.write(data, 0, data.length, Duration.ofMillis(100)));
      }
      while (!reverse) {
        int n = s.socket.read(data, 0, data.length, PATIENCE);
        if (n <= 0) {
          return;
        }
        s.bytes.addAndGet(n);
      }
    } catch (KernelError | InterruptedException over) {
      // The other end has closed it.
    }
  }

  private String results() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < streams.size(); i++) {
      all.append(i == 0 ? "" : ",")
          .append("{\"id\":")
          .append(i == 0 ? 1 : i + 2) // as iperf3 numbers them
          .append(",\"bytes\":")
          .append(streams.get(i).bytes.get())
          .append(",\"retransmits\":-1,\"jitter\":0,\"errors\":0,\"omitted_errors\":0,")
          .append("\"packets\":0,\"omitted_packets\":0,\"start_time\":0,\"end_time\":1}");
    }
    return "{\"cpu_util_total\":0,\"cpu_util_user\":0,\"cpu_util_system\":0,"
        + "\"sender_has_retransmits\":-1,\"streams\":["
        + all
        + "]}";
  }

  private static void state(SocketPort s, int state) throws Exception {
    s.write(new byte[] {(byte) state}, 0, 1);
  }

  private static String json(SocketPort s) throws Exception {
    byte[] length = new byte[4];
    fully(s, length);
    byte[] text = new byte[ByteBuffer.wrap(length).getInt()];
    fully(s, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int number(String json, String key, int otherwise) {
    int at = json.indexOf("\"" + key + "\":");
    if (at < 0) {
      return otherwise;
    }
    String rest = json.substring(at + key.length() + 3).strip();
    return Integer.parseInt(rest.replaceFirst("\\D.*", ""));
  }

  private static void fully(SocketPort s, byte[] data) throws Exception {
    for (int at = 0; at < data.length; ) {
      int n = s.read(data, at, data.length - at, PATIENCE);
      if (n <= 0) {
        throw new IOException(n == 0 ? "nothing came" : "the end after " + at + " bytes");
      }
      at += n;
    }
  }
}
