package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.TcpSettings;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHook;
import cellblock.net.pfil.Verdict;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What TCP does beyond the RFC's core, between two vnets in virtual time. */
class TcpFeaturesTest {
  private static final Ip4Address B = Ip4Address.parse("192.0.2.2");
  private final Rig rig = new Rig();
  private final List<TcpHeader> seen = new ArrayList<>();
  private final List<Integer> data = new ArrayList<>();
  private final List<IfRegistration> hooks = new ArrayList<>();
  private Vnet a;
  private Vnet b;
  private Socket server;

  @BeforeEach
  void twoVnets() throws Exception {
    a = rig.vnet("a");
    b = rig.vnet("b");
    rig.cable(a, "192.0.2.1/24", b, "192.0.2.2/24");
    server = rig.tcp(b);
    server.bind(Ip4Address.ANY, 80);
    server.stream().listen(8);
  }

  private void settings(Vnet v, Consumer<TcpSettings> change) {
    rig.in(
        v,
        () -> {
          change.accept(rig.inet(v).tcp.open().settings);
          return 0;
        });
  }

  /** Writes down what comes into {@code b}, and lets {@code touch} change it. */
  private void watch(Consumer<Mbuf> touch) {
    PfilHook hook =
        new PfilHook() {
          @Override
          public Verdict check(Mbuf m, Ifnet ifp, boolean out) {
            if (Ip4Header.protocol(m.buf, m.off) == IpProtocol.TCP) {
              TcpHeader h = TcpHeader.parse(m.buf, m.off + Ip4Header.LENGTH, m.len - 20);
              seen.add(h);
              data.add(m.len - 20 - h.headerLength());
            }
            touch.accept(m);
            return Verdict.PASS;
          }

          @Override
          public String name() {
            return "watch";
          }
        };
    hooks.add(rig.in(b, () -> Pfil.of(b).inet().link(false, 1, hook)));
  }

  private Socket connected() throws Exception {
    Socket client = rig.tcp(a);
    client.connect(B, 80);
    return client;
  }

  private void roundTrip(Socket client) throws Exception {
    Socket child = server.stream().accept(Rig.SECOND);
    byte[] bytes = new byte[100_000];
    new SplittableRandom(1).nextBytes(bytes);
    byte[] got = new byte[bytes.length];
    int written = 0;
    int read = 0;
    for (int i = 0; read < got.length; i++) {
      assertThat(i).isLessThan(10_000);
      if (written < bytes.length && client.stream().canWrite()) {
        written += client.stream().write(bytes, written, bytes.length - written, 0);
      }
      rig.advance(0.001);
      if (child.stream().readable()) {
        read += child.stream().read(got, read, got.length - read, 0);
      }
    }
    assertThat(Arrays.equals(got, bytes)).isTrue();
    client.close();
    rig.settle();
    child.close();
    rig.settle();
  }

  private void clean() {
    server.close();
    rig.advance(61);
    rig.in(
        b,
        () -> {
          hooks.forEach(IfRegistration::close);
          return 0;
        });
    assertThat(rig.remove0(a)).isEmpty();
    assertThat(rig.remove0(b)).isEmpty();
    assertThat(rig.outstanding(a)).isZero();
    assertThat(rig.outstanding(b)).isZero();
  }

  // ---- fast open ----

  @Test
  void a_fast_open_cookie_brings_data_with_the_next_syn() throws Exception {
    settings(b, s -> s.fastopenServerEnable.set(1));
    server.setOption(SocketOption.TCP_FASTOPEN, 1);
    byte[] hello = {1, 2, 3};
    for (int i = 0; i < 2; i++) {
      Socket client = rig.tcp(a);
      client.setOption(SocketOption.TCP_FASTOPEN, 1);
      if (i == 1) {
        watch(m -> {});
      }
      assertThat(client.send(hello, 0, 3, B, 80)).isEqualTo(3);
      rig.settle();
      Socket child = server.stream().accept(Rig.SECOND);
      byte[] got = new byte[10];
      assertThat(child.stream().read(got, 0, 10, Rig.SECOND)).isEqualTo(3);
      assertThat(got[2]).isEqualTo((byte) 3);
      child.send(hello, 0, 3, null, 0);
      assertThat(client.stream().read(got, 0, 10, Rig.SECOND)).isEqualTo(3);
      client.close();
      rig.settle();
      child.close();
      rig.settle();
    }
    assertThat(seen.getFirst().flags() & TcpHeader.SYN).isNotZero();
    assertThat(data.getFirst()).isEqualTo(3);
    clean();
  }

  @Test
  void fast_open_is_refused_where_it_is_switched_off() {
    assertThat(Refused.by(() -> server.setOption(SocketOption.TCP_FASTOPEN, 1)))
        .isEqualTo(Errno.EPERM);
    rig.in(
        a,
        () -> {
          rig.inet(a).tcp.open().fastOpenClient(false);
          return 0;
        });
    assertThat(Refused.by(() -> rig.tcp(a).setOption(SocketOption.TCP_FASTOPEN, 1)))
        .isEqualTo(Errno.EPERM);
  }

  // ---- syncookies ----

  @Test
  void cookies_alone_make_connections_without_a_cache() throws Exception {
    settings(b, s -> s.syncookiesOnly.set(1));
    Socket client = connected();
    assertThat(rig.counter(b, "tcp", "syncache/receivd-cookies")).isOne();
    assertThat(rig.counter(b, "tcp", "syncache/entries-added")).isZero();
    roundTrip(client);
    clean();
  }

  @Test
  void a_flood_leaves_a_bounded_cache_and_the_evicted_come_back_by_their_cookie() throws Exception {
    settings(b, s -> s.syncacheLimit.set(1));
    Socket[] clients = new Socket[5];
    watch(m -> {});
    rig.in(
        a,
        () -> {
          for (int i = 0; i < clients.length; i++) {
            clients[i] =
                rig.inet(a).sockets.open(Family.INET, SocketType.STREAM, 0, Credential.ROOT);
          }
          for (Socket s : clients) {
            s.pcb().connect(B, 80); // all SYNs leave before one answer comes
          }
          return 0;
        });
    rig.settle();
    assertThat(rig.in(b, () -> rig.inet(b).tcp.open().syncacheCount())).isZero();
    assertThat(rig.counter(b, "tcp", "syncache/cache-overflow")).isEqualTo(4);
    assertThat(rig.counter(b, "tcp", "syncache/receivd-cookies")).isEqualTo(4);
    assertThat(rig.in(b, () -> server.streamOf().waiting())).isEqualTo(5);
  }

  // ---- UDP encapsulation ----

  @Test
  void tcp_runs_inside_udp() throws Exception {
    rig.in(a, () -> tunnel(a, 9811));
    rig.in(b, () -> tunnel(b, 9811));
    watch(m -> {});
    Socket client = rig.tcp(a);
    client.setOption(SocketOption.TCP_REMOTE_UDP_ENCAPS_PORT, 9811);
    client.connect(B, 80);
    assertThat(client.getOption(SocketOption.TCP_MAXSEG)).isEqualTo(1452 - 12);
    roundTrip(client);
    assertThat(seen).as("segments outside of UDP").isEmpty();
    assertThat(rig.counter(b, "tcp", "received-udp-tunneled-pkts")).isGreaterThan(50);
    Socket plain = rig.udp(a);
    assertThat(Refused.by(() -> rig.tcp(a).setOption(SocketOption.TCP_REMOTE_UDP_ENCAPS_PORT, -1)))
        .isEqualTo(Errno.EINVAL);
    plain.close();
    clean();
  }

  private int tunnel(Vnet v, int port) throws Exception {
    rig.inet(v).tunnelTcp(port);
    return port;
  }

  // ---- ECN ----

  @Test
  void a_mark_halves_the_window_without_a_loss() throws Exception {
    settings(a, s -> s.ecnEnable.set(1));
    int[] count = {0};
    watch(m -> {
      if ((Ip4Header.tos(m.buf, m.off) & 3) == 2 && ++count[0] == 20) {
        Ip4Header.putTos(m.buf, m.off, Ip4Header.tos(m.buf, m.off) | Ip4Header.ECN_CE);
        Ip4Header.fillChecksum(m.buf, m.off);
      }
    });
    roundTrip(connected());
    assertThat(seen.getFirst().flags()).isEqualTo(TcpHeader.SYN | TcpHeader.ECE | TcpHeader.CWR);
    assertThat(rig.counter(b, "tcp", "ecn/received-ce-packets")).isOne();
    assertThat(rig.counter(a, "tcp", "ecn/congestion-reductions")).isOne();
    assertThat(seen.stream().filter(h -> (h.flags() & TcpHeader.CWR) != 0)).hasSize(2);
    assertThat(rig.counter(a, "tcp", "retransmit-timeouts")).isZero();
    clean();
  }

  @Test
  void ecn_is_not_offered_by_default() throws Exception {
    watch(m -> {});
    roundTrip(connected());
    assertThat(seen.getFirst().flags()).isEqualTo(TcpHeader.SYN);
  }

  // ---- host cache, congestion control ----

  @Test
  void the_host_cache_remembers_the_round_trip_and_forgets_when_told() throws Exception {
    roundTrip(connected());
    rig.advance(61);
    assertThat(rig.in(a, () -> rig.inet(a).tcp.open().hostCacheCount())).isOne();
    assertThat(rig.in(a, () -> rig.inet(a).tcp.open().hostCacheList())).contains("192.0.2.2");
    Socket again = connected();
    assertThat(rig.counter(a, "tcp", "connections-hostcache-rtt")).isOne();
    roundTrip(again);
    rig.in(
        a,
        () -> {
          rig.inet(a).tcp.open().purgeHostCache();
          return 0;
        });
    assertThat(rig.in(a, () -> rig.inet(a).tcp.open().hostCacheCount())).isZero();
    clean();
  }

  @Test
  void congestion_control_is_chosen_by_name() throws Exception {
    Socket s = rig.tcp(a);
    assertThat(s.getText(SocketOption.TCP_CONGESTION)).isEqualTo("cubic");
    s.setText(SocketOption.TCP_CONGESTION, "newreno");
    assertThat(s.getText(SocketOption.TCP_CONGESTION)).isEqualTo("newreno");
    assertThat(Refused.by(() -> s.setText(SocketOption.TCP_CONGESTION, "vegas")))
        .isEqualTo(Errno.ESRCH);
  }

  @Test
  void data_that_nobody_acknowledges_ends_the_connection_in_the_time_that_is_set()
      throws Exception {
    Socket client = connected();
    client.setOption(SocketOption.TCP_MAXUNACKTIME, 5);
    rig.in(
        b,
        () ->
            Pfil.of(b)
                .inet()
                .link(
                    false,
                    2,
                    new PfilHook() {
                      @Override
                      public Verdict check(Mbuf m, Ifnet ifp, boolean out) {
                        return Verdict.DROP;
                      }

                      @Override
                      public String name() {
                        return "wall";
                      }
                    }));
    client.send(new byte[10], 0, 10, null, 0);
    rig.advance(20);
    assertThat(Refused.by(() -> client.stream().read(new byte[1], 0, 1, 0)))
        .isEqualTo(Errno.ETIMEDOUT);
    assertThat(rig.counter(a, "tcp", "connections-dropped-due-to-progress-time")).isOne();
  }

  // ---- urgent data ----

  @Test
  void an_urgent_byte_is_read_out_of_line_and_reads_stop_in_front_of_it() throws Exception {
    Socket client = connected();
    Socket child = server.stream().accept(Rig.SECOND);
    assertThat(Refused.by(() -> child.stream().readUrgent(false))).isEqualTo(Errno.EINVAL);
    client.send(new byte[] {1, 2}, 0, 2, null, 0);
    client.stream().writeUrgent(new byte[] {3, 9}, 0, 2, Rig.SECOND);
    client.send(new byte[] {4, 5}, 0, 2, null, 0);
    rig.advance(1);
    byte[] got = new byte[10];
    assertThat(child.stream().hasUrgent()).isTrue();
    assertThat(child.stream().readUrgent(true)).isEqualTo(9);
    assertThat(child.stream().read(got, 0, 10, 0)).isEqualTo(3);
    assertThat(child.stream().atMark()).isTrue();
    assertThat(child.stream().readUrgent(false)).isEqualTo(9);
    assertThat(Refused.by(() -> child.stream().readUrgent(false))).isEqualTo(Errno.EINVAL);
    assertThat(child.stream().read(got, 0, 10, 0)).isEqualTo(2);
    assertThat(got).startsWith(4, 5);
    child.setOption(SocketOption.SO_OOBINLINE, 1);
    client.stream().writeUrgent(new byte[] {6, 7}, 0, 2, Rig.SECOND);
    rig.advance(1);
    assertThat(child.stream().read(got, 0, 10, 0)).isEqualTo(1);
    assertThat(child.stream().atMark()).isTrue();
    assertThat(child.stream().read(got, 0, 10, 0)).isEqualTo(1);
    assertThat(got[0]).isEqualTo((byte) 7);
    client.close();
    rig.settle();
    child.close();
    clean();
  }

  // ---- sharing a port ----

  @Test
  void listening_sockets_of_a_group_share_the_connections_by_peer() throws Exception {
    Socket[] group = new Socket[4];
    for (int i = 0; i < group.length; i++) {
      group[i] = rig.tcp(b);
      group[i].setOption(SocketOption.SO_REUSEPORT_LB, 1);
      group[i].bind(Ip4Address.ANY, 81);
      group[i].stream().listen(100);
    }
    assertThat(Refused.by(() -> rig.tcp(b).bind(Ip4Address.ANY, 81))).isEqualTo(Errno.EADDRINUSE);
    for (int i = 0; i < 80; i++) {
      rig.tcp(a).connect(B, 81);
    }
    rig.settle();
    int all = 0;
    for (Socket one : group) {
      int n = one.streamOf().waiting();
      assertThat(n).isBetween(5, 40);
      all += n;
    }
    assertThat(all).isEqualTo(80);
  }

  // ---- timestamps ----

  @Test
  void a_segment_without_the_agreed_timestamp_is_dropped_unless_that_is_tolerated()
      throws Exception {
    Socket client = connected();
    Socket child = server.stream().accept(Rig.SECOND);
    boolean[] strip = {true};
    watch(m -> {
      int at = m.off + Ip4Header.LENGTH;
      if (strip[0] && TcpHeader.headerLength(m.buf, at) == TcpHeader.LENGTH + 12) {
        Arrays.fill(m.buf, at + TcpHeader.LENGTH, at + TcpHeader.LENGTH + 12, (byte) 1);
        int n = m.len - Ip4Header.LENGTH;
        TcpHeader.fillChecksum(m.buf, at, Ip4Header.pseudo(m.buf, m.off, n), n);
      }
    });
    client.send(new byte[5], 0, 5, null, 0);
    rig.advance(0.1);
    assertThat(child.receiveQueue()).isZero();
    settings(b, s -> s.tolerateMissingTs.set(1));
    rig.advance(2);
    assertThat(child.receiveQueue()).isEqualTo(5);
  }
}
