package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHook;
import cellblock.net.pfil.Verdict;
import cellblock.wire.Ip4Address;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TCP between two vnets in virtual time. */
class TcpStreamTest {
  private static final Ip4Address B = Ip4Address.parse("192.0.2.2");
  private final Rig rig = new Rig();
  private Vnet a;
  private Vnet b;
  private Socket server;
  private Socket client;
  private Socket child;

  @BeforeEach
  void twoVnets() {
    a = rig.vnet("a");
    b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
  }

  private void connect() throws Exception {
    connect(65536);
  }

  private void connect(int window) throws Exception {
    server = rig.tcp(b);
    server.setOption(SocketOption.SO_RCVBUF, window);
    server.bind(Ip4Address.ANY, 80);
    server.stream().listen(5);
    client = rig.tcp(a);
    client.connect(B, 80);
    child = server.stream().accept(Rig.SECOND);
  }

  private String state(Vnet v, Socket s) {
    return rig.in(
        v,
        () -> {
          SocketProtocol p = s.pcb();
          return p == null ? "none" : String.valueOf(p.state());
        });
  }

  private static byte[] bytes(long seed, int n) {
    byte[] data = new byte[n];
    new SplittableRandom(seed).nextBytes(data);
    return data;
  }

  /** Moves {@code data} from one socket to another, writing and reading in turns. */
  private void transfer(Socket from, Socket to, byte[] data, double patience) throws Exception {
    byte[] got = new byte[data.length + 1];
    int written = 0;
    int read = 0;
    double waited = 0;
    while (read < data.length) {
      boolean moved = false;
      if (written < data.length && from.stream().canWrite()) {
        int n = from.stream().write(data, written, Math.min(30000, data.length - written), 0);
        written += n;
        moved = n > 0;
      }
      rig.settle();
      if (to.stream().readable()) {
        int n = to.stream().read(got, read, got.length - read, 0);
        assertThat(n).isPositive();
        read += n;
        moved = true;
      }
      if (!moved) {
        rig.advance(0.01);
        waited += 0.01;
        assertThat(waited).as("no progress at %d of %d", read, data.length).isLessThan(patience);
      }
    }
    assertThat(java.util.Arrays.copyOf(got, read)).isEqualTo(data);
  }

  @Test
  void a_connection_is_made_data_flows_both_ways_and_it_ends() throws Exception {
    connect();
    assertThat(state(a, client)).isEqualTo("ESTABLISHED");
    assertThat(state(b, child)).isEqualTo("ESTABLISHED");
    assertThat(child.foreignAddress()).isEqualTo(Ip4Address.parse("192.0.2.1"));
    transfer(client, child, bytes(1, 300_000), 5);
    transfer(child, client, bytes(2, 300_000), 5);
    client.close();
    rig.settle();
    assertThat(state(a, client)).isEqualTo("FIN_WAIT_2");
    assertThat(state(b, child)).isEqualTo("CLOSE_WAIT");
    assertThat(child.stream().read(new byte[1], 0, 1, 0)).isEqualTo(-1);
    child.close();
    rig.settle();
    assertThat(state(a, client)).isEqualTo("TIME_WAIT");
    rig.advance(61);
    assertThat(rig.in(a, () -> rig.inet(a).sockets.sockets())).isEmpty();
    server.close();
    assertThat(rig.in(b, () -> rig.inet(b).sockets.sockets())).isEmpty();
    assertThat(rig.remove(a)).isEmpty();
    assertThat(rig.remove(b)).isEmpty();
    assertThat(rig.outstanding(a)).isZero();
    assertThat(rig.outstanding(b)).isZero();
  }

  @Test
  void a_closed_port_refuses_at_once() throws Exception {
    client = rig.tcp(a);
    assertThat(Refused.by(() -> client.connect(B, 81))).isEqualTo(Errno.ECONNREFUSED);
    client.close();
    assertThat(rig.in(a, () -> rig.inet(a).sockets.sockets())).isEmpty();
  }

  @Test
  void nobody_there_times_out() throws Exception {
    client = rig.tcp(a);
    drop(b, 1.0, 3);
    assertThat(Refused.by(() -> client.connect(B, 81))).isEqualTo(Errno.ETIMEDOUT);
    assertThat(rig.sim.clock().nanos()).isBetween(70 * Rig.SECOND, 80 * Rig.SECOND);
  }

  @Test
  void a_closed_connection_with_unread_data_resets_the_peer() throws Exception {
    connect();
    client.send(new byte[10], 0, 10, null, 0);
    rig.settle();
    child.close();
    rig.settle();
    assertThat(Refused.by(() -> client.stream().read(new byte[1], 0, 1, 0)))
        .isEqualTo(Errno.ECONNRESET);
    assertThat(state(a, client)).isEqualTo("CLOSED");
  }

  @Test
  void a_full_receiver_is_probed_until_it_reads() throws Exception {
    connect(20000);
    rig.in(
        b,
        () -> {
          rig.inet(b).tcp.open().settings.recvbufAuto.set(0);
          return 0;
        });
    byte[] data = bytes(5, 60_000);
    int written = 0;
    while (client.stream().canWrite() && written < data.length) {
      written += client.stream().write(data, written, data.length - written, 0);
      rig.advance(0.1);
    }
    rig.advance(60);
    assertThat(state(a, client)).isEqualTo("ESTABLISHED");
    assertThat(rig.counter(a, "tcp", "persist-timeout")).isPositive();
    byte[] got = new byte[data.length];
    int read = 0;
    while (read < written) {
      read += child.stream().read(got, read, got.length - read, 100 * Rig.SECOND);
    }
    assertThat(java.util.Arrays.copyOf(got, written))
        .isEqualTo(java.util.Arrays.copyOf(data, written));
  }

  /** Loses, at the entrance of {@code v}, that share of packets. */
  private void drop(Vnet v, double share, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    rig.in(
        v,
        () ->
            Pfil.of(v)
                .inet()
                .link(
                    false,
                    1,
                    new PfilHook() {
                      @Override
                      public Verdict check(Mbuf m, Ifnet ifp, boolean out) {
                        return random.nextDouble() < share ? Verdict.DROP : Verdict.PASS;
                      }

                      @Override
                      public String name() {
                        return "loss";
                      }
                    }));
  }

  @Test
  void data_survives_loss_in_both_directions() throws Exception {
    connect();
    drop(a, 0.03, 11);
    drop(b, 0.03, 12);
    transfer(client, child, bytes(3, 400_000), 100);
    transfer(child, client, bytes(4, 400_000), 100);
    assertThat(rig.counter(a, "tcp", "sack/recovery-episodes")).isPositive();
  }

  @Test
  void low_water_marks_say_from_where_on_a_stream_is_ready() throws Exception {
    connect(4096);
    assertThat(client.getOption(SocketOption.SO_SNDLOWAT)).as("MCLBYTES").isEqualTo(2048);
    assertThat(client.getOption(SocketOption.SO_RCVLOWAT)).isEqualTo(1);
    client.setOption(SocketOption.SO_SNDBUF, 4000);
    assertThat(Refused.by(() -> client.setOption(SocketOption.SO_SNDLOWAT, 0)))
        .isEqualTo(Errno.EINVAL);
    client.setOption(SocketOption.SO_SNDLOWAT, 9000);
    assertThat(client.getOption(SocketOption.SO_SNDLOWAT)).as("the buffer").isEqualTo(4000);
    client.setOption(SocketOption.SO_SNDLOWAT, 1000);
    byte[] data = new byte[8000];
    int taken = 0;
    try {
      for (int n = 1; n > 0; taken += n) {
        n = client.stream().write(data, 0, 700, 0);
        rig.advance(1); // until both buffers are full
      }
    } catch (ErrnoException e) {
      assertThat(e.errno()).isEqualTo(Errno.EAGAIN);
    }
    assertThat(client.stream().canWrite()).as("%d bytes in", taken).isFalse();
    assertThat(client.stream().send.space()).as("room, but too little").isBetween(1, 699);
    child.setOption(SocketOption.SO_RCVLOWAT, 3000);
    assertThat(child.stream().readable()).isTrue();
    assertThat(child.stream().read(data, 0, 2000, 0)).isEqualTo(2000);
    assertThat(child.stream().receive.size()).isBetween(1, 2999);
    assertThat(child.stream().readable()).as("fewer than 3000 bytes").isFalse();
    assertThat(Refused.by(() -> child.stream().read(data, 0, 8000, 0))).isEqualTo(Errno.EAGAIN);
    assertThat(child.stream().read(data, 0, 500, 0)).as("all that is asked for").isEqualTo(500);
    child.setOption(SocketOption.SO_RCVLOWAT, 1);
    while (child.stream().readable()) {
      child.stream().read(data, 0, 8000, 0);
      rig.advance(1);
    }
    assertThat(client.stream().canWrite()).isTrue();
  }
}
