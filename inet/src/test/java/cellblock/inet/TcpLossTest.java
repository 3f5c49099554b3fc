package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip4Address;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data over a bad cable: whatever it loses, doubles, or reorders, what arrives is what was sent.
 */
class TcpLossTest {
  private record Flying(long due, long order, TestLink to, byte[] packet)
      implements Comparable<Flying> {
    @Override
    public int compareTo(Flying o) {
      return due != o.due ? Long.compare(due, o.due) : Long.compare(order, o.order);
    }
  }

  private SplittableRandom random;
  private Rig rig;
  private TestLink left;
  private TestLink right;
  private PriorityQueue<Flying> cable;
  private long order;
  private double loss;

  private void step() {
    rig.advance(0.001);
    long now = rig.sim.clock().nanos();
    send(left, right, now);
    send(right, left, now);
    while (!cable.isEmpty() && cable.peek().due <= now) {
      Flying f = cable.poll();
      f.to.ip(f.packet);
    }
  }

  private void send(TestLink from, TestLink to, long now) {
    for (byte[] p : from.packets()) {
      int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < 0.02 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        long extra = random.nextDouble() < 0.1 ? random.nextLong(15_000_000) : 0;
        cable.add(new Flying(now + 5_000_000 + extra, order++, to, p));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"newreno", "cubic", "rack"})
  void content_survives_loss_reordering_and_duplication(String algorithm) throws Exception {
    for (long seed = 1; seed <= 50; seed++) {
      run(seed, algorithm);
    }
  }

  private void run(long seed, String algorithm) throws Exception {
    random = new SplittableRandom(seed);
    rig = new Rig(seed);
    cable = new PriorityQueue<>();
    loss = random.nextDouble() * 0.1;
    Vnet a = rig.vnet("a");
    Vnet b = rig.vnet("b");
    left = rig.link(a, "eth0");
    right = rig.link(b, "eth0");
    rig.address(a, "eth0", "192.0.2.1/24");
    rig.address(b, "eth0", "192.0.2.2/24");
    left.know("192.0.2.2", "192.0.2.1");
    right.know("192.0.2.1", "192.0.2.2");
    if (random.nextInt(3) == 0) {
      rig.in(
          a,
          () -> {
            rig.inet(a).tcp.open().settings.sack.set(0);
            return 0;
          });
    }
    Socket server = rig.tcp(b);
    server.bind(Ip4Address.ANY, 80);
    server.stream().listen(1);
    Socket client = rig.tcp(a);
    boolean rack = algorithm.equals("rack");
    client.setText(rack ? SocketOption.TCP_FUNCTION_BLK : SocketOption.TCP_CONGESTION, algorithm);
    assertThat(Refused.by(() -> client.stream().connect(Ip4Address.parse("192.0.2.2"), 80, 0)))
        .isEqualTo(Errno.EINPROGRESS);
    byte[] data = new byte[random.nextInt(1, 150_000)];
    random.nextBytes(data);
    byte[] got = new byte[data.length + 1];
    int written = 0;
    int read = 0;
    boolean end = false;
    Socket child = null;
    for (int ms = 0; !end; ms++) {
      assertThat(ms).as("stalled: seed %d, %d of %d", seed, read, data.length).isLessThan(300_000);
      step();
      if (child == null && server.stream().readable()) {
        child = server.stream().accept(0);
      }
      if (written < data.length && client.stream().isConnected() && client.stream().canWrite()) {
        int most = Math.min(random.nextInt(1, 20_000), data.length - written);
        written += client.stream().write(data, written, most, 0);
        if (written == data.length) {
          client.close();
        }
      }
      if (child != null && child.stream().readable()) {
        int n = child.stream().read(got, read, Math.min(got.length - read, 9000), 0);
        end = n < 0;
        read += Math.max(n, 0);
      }
    }
    assertThat(Arrays.copyOf(got, read)).as("seed %d", seed).isEqualTo(data);
    child.close();
    for (int ms = 0; ms < 70_000 && child.endedBy() == null; ms++) {
      step();
    }
    assertThat(rig.remove(a)).as("seed %d", seed).isEmpty();
    assertThat(rig.remove(b)).as("seed %d", seed).isEmpty();
    assertThat(rig.outstanding(a)).isZero();
    assertThat(rig.outstanding(b)).isZero();
  }
}
