package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.Inet;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.TcpSettings;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.sim.Residue;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A long transfer over a bad cable in virtual time: nothing stalls, what arrives is what was sent.
 * With {@code -Dcellblock.goodput=write} the table of docs/suites/tcp-goodput.md is written anew,
 * at full length; {@code cellblock.transfer} sets the megabytes of the other tests.
 */
class TransferTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MEGABYTE = 1_000_000;
  private static final int CHUNK = 1 << 16;

  /** The longest that the receiver may wait for the next byte. */
  private static final long PATIENCE = 60 * SECOND;

  /** One way through the network, and what is sent over it. */
  private record Case(String algorithm, int family, String loss, int buffer, long bytes) {}

  /** Bits a second that arrived, and the longest silence. */
  private record Outcome(double megabits, double silence) {}

  private static Outcome transfer(Case c, long seed) {
    try (Lab lab = new Lab(seed)) {
      if (c.algorithm.equals("rack")) {
        lab.ok("kldload tcp_rack");
      }
      lab.pair("a", "b");
      lab.ok("jexec a ifconfig epair0a inet6 2001:db8::1/64 no_dad");
      lab.ok("jexec b ifconfig epair0b inet6 2001:db8::2/64 no_dad");
      String model = " delay 20ms jitter 1ms reorder .5% queue 65536 loss " + c.loss;
      lab.ok("jexec a link epair0a" + model);
      lab.ok("jexec b link epair0b delay 20ms queue 65536");
      Vnet a = vnet(lab, "a");
      Vnet b = vnet(lab, "b");
      Outcome outcome = run(lab, a, b, c, seed);
      lab.all("jail -r a\njail -r b");
      assertThat(Residue.of(lab.kernel().machine())).isEmpty();
      return outcome;
    } catch (ErrnoException e) {
      throw new AssertionError(c + " seed " + seed, e);
    }
  }

  private static Vnet vnet(Lab lab, String jail) {
    return Objects.requireNonNull(lab.kernel().jail(jail)).vnet();
  }

  private static Socket socket(Vnet v, Case c) throws ErrnoException {
    Family family = c.family == 4 ? Family.INET : Family.INET6;
    Socket s =
        v.call(() -> {
          Inet inet = Inet.of(v);
          inet.sockets.maxsockbuf(64L << 20);
          TcpSettings settings = inet.tcp.open().settings;
          settings.sendbufAuto.set(0);
          settings.recvbufAuto.set(0);
          return inet.sockets.open(family, SocketType.STREAM, 0, Credential.ROOT);
        });
    s.setOption(SocketOption.SO_SNDBUF, c.buffer);
    s.setOption(SocketOption.SO_RCVBUF, c.buffer);
    if (c.algorithm.equals("rack")) {
      s.setText(SocketOption.TCP_FUNCTION_BLK, "rack");
    } else {
      s.setText(SocketOption.TCP_CONGESTION, c.algorithm);
    }
    return s;
  }

  private static Outcome run(Lab lab, Vnet a, Vnet b, Case c, long seed) throws ErrnoException {
    Socket server = socket(b, c);
    server.bind(IpAddress.parse(c.family == 4 ? "0.0.0.0" : "::"), 80);
    server.stream().listen(1);
    Socket client = socket(a, c);
    client.connect(IpAddress.parse(c.family == 4 ? "192.0.2.2" : "2001:db8::2"), 80);
    Socket child = server.stream().accept(10 * SECOND);
    byte[] pattern = new byte[MEGABYTE];
    new SplittableRandom(seed).nextBytes(pattern);
    byte[] got = new byte[CHUNK];
    long written = 0;
    long read = 0;
    long begin = lab.sim().clock().nanos();
    long last = begin;
    long silence = 0;
    while (read < c.bytes) {
      while (written < c.bytes && client.stream().canWrite()) {
        int at = (int) (written % MEGABYTE);
        int most = (int) Math.min(Math.min(CHUNK, MEGABYTE - at), c.bytes - written);
        written += client.stream().write(pattern, at, most, 0);
      }
      int n = child.stream().read(got, 0, CHUNK, PATIENCE);
      for (int i = 0; i < n; i++) {
        if (got[i] != pattern[(int) ((read + i) % MEGABYTE)]) {
          throw new AssertionError("byte " + (read + i) + " is wrong: " + c + ", seed " + seed);
        }
      }
      read += n;
      long now = lab.sim().clock().nanos();
      silence = Math.max(silence, now - last);
      last = now;
    }
    client.close();
    assertThat(child.stream().read(got, 0, 1, PATIENCE)).isEqualTo(-1);
    child.close();
    server.close();
    lab.sim().stepper().advance(70 * SECOND);
    double seconds = (last - begin) / 1e9;
    return new Outcome(c.bytes * 8 / seconds / 1e6, silence / 1e9);
  }

  @ParameterizedTest
  @CsvSource({"newreno, 4", "newreno, 6", "cubic, 4", "cubic, 6", "rack, 4", "rack, 6"})
  void a_transfer_under_loss_and_reordering_arrives_whole_and_never_stalls(
      String algorithm, int family) {
    long bytes = Long.getLong("cellblock.transfer", 2) * MEGABYTE;
    Outcome o = transfer(new Case(algorithm, family, "2%", 1 << 20, bytes), 42);
    assertThat(o.silence).as("longest silence, seconds").isLessThan(10);
    assertThat(o.megabits).as("goodput, Mb/s").isGreaterThan(0.5);
  }

  @Test
  void without_loss_the_buffer_sets_the_rate() {
    Outcome small = transfer(new Case("cubic", 4, "0%", 65_536, 4 * MEGABYTE), 1);
    Outcome large = transfer(new Case("cubic", 4, "0%", 1 << 20, 4 * MEGABYTE), 1);
    assertThat(small.megabits).isBetween(8.0, 13.2); // 64 KiB in 40 ms are 13.1 Mb/s
    assertThat(large.megabits).isGreaterThan(2 * small.megabits);
  }

  @Test
  void the_table_of_goodput_is_written_when_asked_for() throws IOException {
    if (!"write".equals(System.getProperty("cellblock.goodput"))) {
      return;
    }
    StringBuilder table = new StringBuilder();
    for (String loss : new String[] {"0%", ".1%", ".5%", "1%", "2%", "5%"}) {
      long bytes = loss.equals("2%") ? 100L * MEGABYTE : 20L * MEGABYTE;
      for (int buffer : new int[] {1 << 16, 1 << 18, 1 << 21}) {
        table.append(String.format("| %s | %d |", loss, buffer >> 10));
        for (String algorithm : new String[] {"newreno", "cubic", "rack"}) {
          for (int family : new int[] {4, 6}) {
            Outcome o = transfer(new Case(algorithm, family, loss, buffer, bytes), 7);
            table.append(String.format(Locale.ROOT, " %.2f (%.1f) |", o.megabits, o.silence));
          }
        }
        table.append('\n');
        System.out.println(table.substring(table.lastIndexOf("\n", table.length() - 2) + 1));
      }
    }
    Path file = Path.of("..", "docs", "suites", "tcp-goodput.md");
    String before = Files.readString(file);
    String mark = "|---|---|---|---|---|---|---|---|\n";
    Files.writeString(file, before.substring(0, before.indexOf(mark) + mark.length()) + table);
  }
}
