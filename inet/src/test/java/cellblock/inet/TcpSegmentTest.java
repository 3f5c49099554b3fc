package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Socket;
import cellblock.kern.errno.Errno;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Octets;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segment by segment: what a connection answers in each state, and when. */
class TcpSegmentTest {
  private static final String OWN = "192.0.2.1";
  private static final String PEER = "192.0.2.9";
  private static final int SYN = TcpHeader.SYN;
  private static final int ACK = TcpHeader.ACK;
  private static final int FIN = TcpHeader.FIN;
  private static final int RST = TcpHeader.RST;
  private static final TcpOptions MSS = new TcpOptions(1460, -1, false, false, 0, 0, List.of());

  private final Rig rig = new Rig();
  private Vnet v;
  private TestLink link;
  private Socket server;
  private Socket s;
  private int iss;

  @BeforeEach
  void host() throws Exception {
    v = rig.vnet("v");
    link = rig.link(v, "eth0");
    rig.address(v, "eth0", OWN + "/24");
    link.know(PEER, OWN);
    server = rig.tcp(v);
    server.bind(Ip4Address.ANY, 80);
    server.stream().listen(3);
  }

  /** The peer, port 1000, sends to port 80. */
  private void in(int seq, int ack, int flags, int data) {
    in(seq, ack, flags, data, null);
  }

  private void in(int seq, int ack, int flags, int data, TcpOptions options) {
    TcpHeader h = Segments.header(1000, port, seq, ack, flags, 60000, options);
    link.ip(Segments.of(PEER, 1000, OWN, port, h, Packets.data(data)));
  }

  private int port = 80;

  private TcpHeader out() {
    List<byte[]> all = link.packets();
    assertThat(all).hasSize(1);
    assertThat(
            TcpHeader.verifies(
                all.get(0),
                Ip4Header.LENGTH,
                Ip4Header.pseudo(all.get(0), 0, all.get(0).length - Ip4Header.LENGTH),
                all.get(0).length - Ip4Header.LENGTH))
        .isTrue();
    return Segments.of(all.get(0));
  }

  private void nothing() {
    assertThat(link.packets()).isEmpty();
  }

  private String state() {
    return rig.in(v, () -> s.pcb().state());
  }

  /** A connection: the peer's SYN was 100, so 101 is its first byte. */
  private void established() throws Exception {
    in(100, 0, SYN, 0, MSS);
    TcpHeader synAck = out();
    assertThat(synAck.flags()).isEqualTo(SYN | ACK);
    assertThat(synAck.acknowledgment()).isEqualTo(101);
    iss = synAck.sequence();
    in(101, iss + 1, ACK, 0);
    nothing();
    s = server.stream().accept(0);
    assertThat(state()).isEqualTo("ESTABLISHED");
  }

  private void expectAck(int ack) {
    TcpHeader h = out();
    assertThat(h.flags()).isEqualTo(ACK);
    assertThat(h.acknowledgment()).isEqualTo(ack);
    assertThat(h.sequence()).isEqualTo(iss + 1);
  }

  @Test
  void an_ack_to_a_listening_socket_is_reset() {
    in(100, 5000, ACK, 0);
    TcpHeader h = out();
    assertThat(h.flags()).isEqualTo(RST);
    assertThat(h.sequence()).isEqualTo(5000);
  }

  @Test
  void a_syn_to_a_port_without_a_socket_is_reset() {
    port = 81;
    in(100, 0, SYN, 3);
    TcpHeader h = out();
    assertThat(h.flags()).isEqualTo(RST | ACK);
    assertThat(h.acknowledgment()).isEqualTo(104);
    in(100, 0, RST, 0);
    nothing();
  }

  @Test
  void a_syn_ack_is_retransmitted_three_times_and_then_forgotten() {
    in(100, 0, SYN, 0, MSS);
    rig.advance(60);
    assertThat(link.packets()).hasSize(4);
    assertThat(rig.counter(v, "tcp", "syncache/stale")).isOne();
  }

  @Test
  void a_reset_takes_a_half_open_connection_away() {
    in(100, 0, SYN, 0, MSS);
    link.packets();
    in(101, 0, RST, 0);
    assertThat(rig.counter(v, "tcp", "syncache/reset")).isOne();
    rig.advance(60);
    nothing();
  }

  @Test
  void data_is_acknowledged_after_40_ms_or_with_the_second_segment() throws Exception {
    established();
    in(101, iss + 1, ACK, 10);
    nothing();
    rig.advance(0.041);
    expectAck(111);
    in(111, iss + 1, ACK, 10);
    nothing();
    in(121, iss + 1, ACK, 10);
    expectAck(131);
  }

  @Test
  void a_gap_is_answered_at_once_and_filled_later() throws Exception {
    established();
    in(111, iss + 1, ACK | FIN, 10);
    expectAck(101);
    in(101, iss + 1, ACK, 10);
    expectAck(122);
    assertThat(state()).isEqualTo("CLOSE_WAIT");
    assertThat(s.stream().read(new byte[100], 0, 100, 0)).isEqualTo(20);
    assertThat(s.stream().read(new byte[100], 0, 100, 0)).isEqualTo(-1);
  }

  @Test
  void what_is_known_already_is_acknowledged_again() throws Exception {
    established();
    in(91, iss + 1, ACK, 10);
    expectAck(101);
    in(91, iss + 1, ACK, 20);
    rig.advance(0.05);
    expectAck(111);
  }

  @Test
  void a_syn_in_the_window_is_challenged() throws Exception {
    established();
    in(300, iss + 1, SYN, 0);
    expectAck(101);
    assertThat(state()).isEqualTo("ESTABLISHED");
  }

  @Test
  void a_reset_counts_only_at_the_exact_number() throws Exception {
    established();
    in(102, 0, RST, 0);
    expectAck(101);
    in(101 + 70000, 0, RST, 0);
    nothing();
    assertThat(state()).isEqualTo("ESTABLISHED");
    in(101, 0, RST, 0);
    nothing();
    assertThat(state()).isEqualTo("CLOSED");
    assertThat(Refused.by(() -> s.stream().read(new byte[1], 0, 1, 0))).isEqualTo(Errno.ECONNRESET);
  }

  @Test
  void challenges_are_limited_to_five_a_second() throws Exception {
    established();
    for (int i = 0; i < 20; i++) {
      in(300, iss + 1, SYN, 0);
    }
    assertThat(link.packets()).hasSize(5);
  }

  @Test
  void an_ack_of_what_was_never_sent_changes_nothing() throws Exception {
    established();
    in(101, iss + 500, ACK, 0);
    expectAck(101);
    assertThat(state()).isEqualTo("ESTABLISHED");
  }

  @Test
  void an_active_close_ends_in_time_wait_for_60_s() throws Exception {
    established();
    s.shutdown(false, true);
    TcpHeader fin = out();
    assertThat(fin.flags()).isEqualTo(FIN | ACK);
    assertThat(state()).isEqualTo("FIN_WAIT_1");
    in(101, iss + 2, ACK, 0);
    assertThat(state()).isEqualTo("FIN_WAIT_2");
    in(101, iss + 2, ACK | FIN, 0);
    assertThat(out().acknowledgment()).isEqualTo(102);
    assertThat(state()).isEqualTo("TIME_WAIT");
    rig.advance(30);
    in(101, iss + 2, ACK | FIN, 0);
    assertThat(out().acknowledgment()).isEqualTo(102);
    rig.advance(59);
    assertThat(state()).isEqualTo("TIME_WAIT");
    rig.advance(2);
    assertThat(state()).isEqualTo("CLOSED");
  }

  @Test
  void both_close_at_once() throws Exception {
    established();
    s.shutdown(false, true);
    out();
    in(101, iss + 1, ACK | FIN, 0);
    assertThat(out().acknowledgment()).isEqualTo(102);
    assertThat(state()).isEqualTo("CLOSING");
    in(102, iss + 2, ACK, 0);
    assertThat(state()).isEqualTo("TIME_WAIT");
  }

  @Test
  void a_passive_close_ends_with_the_last_ack() throws Exception {
    established();
    in(101, iss + 1, ACK | FIN, 0);
    expectAck(102);
    assertThat(state()).isEqualTo("CLOSE_WAIT");
    s.close();
    assertThat(out().flags()).isEqualTo(FIN | ACK);
    assertThat(state()).isEqualTo("LAST_ACK");
    in(102, iss + 2, ACK, 0);
    nothing();
    assertThat(rig.in(v, () -> rig.inet(v).sockets.sockets())).containsExactly(server);
  }

  @Test
  void a_lost_fin_is_sent_again() throws Exception {
    established();
    s.close();
    assertThat(out().flags()).isEqualTo(FIN | ACK);
    rig.advance(2);
    List<byte[]> again = link.packets();
    assertThat(again).isNotEmpty();
    assertThat(Segments.of(again.get(0)).flags()).isEqualTo(FIN | ACK);
    assertThat(Segments.of(again.get(0)).sequence()).isEqualTo(iss + 1);
  }

  @Test
  void both_open_at_once() throws Exception {
    s = rig.tcp(v);
    s.bind(Ip4Address.ANY, 2000);
    assertThat(Refused.by(() -> s.stream().connect(Ip4Address.parse(PEER), 1000, 0)))
        .isEqualTo(Errno.EINPROGRESS);
    TcpHeader syn = out();
    assertThat(syn.flags()).isEqualTo(SYN);
    iss = syn.sequence();
    port = 2000;
    in(100, 0, SYN, 0, MSS);
    TcpHeader synAck = out();
    assertThat(synAck.flags()).isEqualTo(SYN | ACK);
    assertThat(synAck.sequence()).isEqualTo(iss);
    assertThat(state()).isEqualTo("SYN_RCVD");
    in(101, iss + 1, ACK, 0);
    assertThat(state()).isEqualTo("ESTABLISHED");
  }

  @Test
  void a_syn_is_retransmitted_with_a_growing_timeout() throws Exception {
    s = rig.tcp(v);
    assertThat(Refused.by(() -> s.stream().connect(Ip4Address.parse(PEER), 1000, 0)))
        .isEqualTo(Errno.EINPROGRESS);
    link.sent.clear();
    long begin = rig.sim.clock().nanos();
    rig.advance(16);
    assertThat(link.sent.stream().map(f -> (f.nanos() - begin) / 1_000_000).toList())
        .containsExactly(1000L, 3200L, 7400L, 15600L); // each timeout has 200 ms of slop
  }

  @Test
  void three_duplicate_acks_bring_the_lost_segment_before_the_timeout() throws Exception {
    established();
    s.send(Packets.data(14600), 0, 14600, null, 0);
    rig.settle();
    assertThat(link.packets()).hasSize(10);
    for (int i = 0; i < 2; i++) {
      in(101, iss + 1, ACK, 0);
    }
    link.packets();
    in(101, iss + 1, ACK, 0);
    List<byte[]> again = link.packets();
    assertThat(Segments.of(again.get(0)).sequence()).isEqualTo(iss + 1);
    assertThat(Segments.data(again.get(0))).isEqualTo(1460);
  }

  @Test
  void a_shut_window_is_probed_again_and_again_and_opens_later() throws Exception {
    established();
    in(101, iss + 1, ACK, 1);
    TcpHeader shut = Segments.header(1000, 80, 102, iss + 1, ACK, 0, null);
    link.ip(Segments.of(PEER, 1000, OWN, 80, shut, new byte[0]));
    s.send(Packets.data(100), 0, 100, null, 0);
    rig.settle();
    link.packets();
    for (int minutes = 0; minutes < 5; minutes++) {
      link.know(PEER, OWN);
      rig.advance(120);
      List<byte[]> probes = link.packets();
      assertThat(probes).isNotEmpty();
      for (byte[] p : probes) {
        if (Segments.data(p) > 0) {
          assertThat(Segments.data(p)).isEqualTo(1);
          assertThat(Segments.of(p).sequence()).isEqualTo(iss + 1);
        }
      }
      link.ip(
          Segments.of(
              PEER,
              1000,
              OWN,
              80,
              Segments.header(1000, 80, 102, iss + 1, ACK, 0, null),
              new byte[0]));
    }
    in(102, iss + 1, ACK, 0);
    List<byte[]> all = link.packets();
    assertThat(all).hasSize(1);
    assertThat(Segments.data(all.get(0))).isEqualTo(100);
    assertThat(Segments.of(all.get(0)).sequence()).isEqualTo(iss + 1);
  }

  @Test
  void an_idle_connection_is_probed_after_two_hours_and_dropped_in_the_end() throws Exception {
    established();
    rig.advance(7195);
    link.know(PEER, OWN); // or the probe would wait for ARP
    rig.advance(6);
    TcpHeader probe = out();
    assertThat(probe.sequence()).isEqualTo(iss);
    in(101, iss + 1, ACK, 0);
    rig.advance(7195);
    link.know(PEER, OWN);
    rig.advance(9 * 75);
    List<byte[]> all = link.packets();
    assertThat(all).hasSize(9); // eight probes and a reset
    assertThat(Segments.of(all.getLast()).flags()).isEqualTo(RST | ACK);
    assertThat(state()).isEqualTo("CLOSED");
    assertThat(Refused.by(() -> s.stream().read(new byte[1], 0, 1, 0))).isEqualTo(Errno.ETIMEDOUT);
  }

  @Test
  void data_that_came_twice_is_named_by_dsack_and_gaps_by_sack() throws Exception {
    TcpOptions options = new TcpOptions(1460, -1, true, false, 0, 0, List.of());
    in(100, 0, SYN, 0, options);
    iss = out().sequence();
    in(101, iss + 1, ACK, 0);
    s = server.stream().accept(0);
    in(121, iss + 1, ACK, 10);
    assertThat(TcpOptions.parse(out().options()).sacks())
        .containsExactly(new TcpOptions.Sack(121, 131));
    in(141, iss + 1, ACK, 10);
    assertThat(TcpOptions.parse(out().options()).sacks())
        .containsExactly(new TcpOptions.Sack(141, 151), new TcpOptions.Sack(121, 131));
    in(101, iss + 1, ACK, 10);
    out();
    in(101, iss + 1, ACK, 10);
    assertThat(TcpOptions.parse(out().options()).sacks()).startsWith(new TcpOptions.Sack(101, 111));
  }

  @Test
  void a_listening_socket_that_closes_resets_who_waits_in_it() throws Exception {
    in(100, 0, SYN, 0, MSS);
    iss = out().sequence();
    in(101, iss + 1, ACK, 0);
    server.close();
    assertThat(out().flags()).isEqualTo(RST | ACK);
    assertThat(rig.in(v, () -> rig.inet(v).sockets.sockets())).isEmpty();
  }

  @Test
  void a_new_syn_takes_the_place_of_a_connection_in_time_wait() throws Exception {
    established();
    s.close();
    out();
    in(101, iss + 2, ACK | FIN, 0);
    out();
    assertThat(state()).isEqualTo("TIME_WAIT");
    in(50_000, 0, SYN, 0, MSS);
    TcpHeader synAck = out();
    assertThat(synAck.flags()).isEqualTo(SYN | ACK);
    assertThat(synAck.acknowledgment()).isEqualTo(50_001);
  }

  @Test
  void a_flood_of_syns_is_bounded() {
    rig.in(
        v,
        () -> {
          rig.inet(v).tcp.open().settings.syncacheLimit.set(50);
          return 0;
        });
    for (int i = 0; i < 1000; i++) {
      TcpHeader h = Segments.header(2000 + i, 80, i, 0, SYN, 1000, MSS);
      link.ip(Segments.of(PEER, 2000 + i, OWN, 80, h, new byte[0]));
    }
    assertThat(rig.in(v, () -> rig.inet(v).tcp.open().syncacheCount())).isEqualTo(50);
    assertThat(rig.counter(v, "tcp", "syncache/cache-overflow")).isEqualTo(950);
    rig.remove0(v);
    assertThat(rig.outstanding(v)).isZero();
  }

  @Test
  void random_segments_in_every_state_do_no_harm() throws Exception {
    for (long seed = 1; seed <= 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      in(100, 0, SYN, 0, MSS);
      iss = Segments.of(link.packets().getLast()).sequence();
      in(101, iss + 1, ACK, 0);
      s = server.stream().accept(0);
      switch ((int) (seed % 6)) {
        case 1 -> s.send(new byte[5000], 0, 5000, null, 0);
        case 2 -> s.shutdown(false, true);
        case 3 -> in(101, iss + 1, ACK | FIN, 0);
        case 4 -> s.close();
        case 5 -> {
          s.shutdown(false, true);
          in(101, iss + 2, ACK | FIN, 0);
        }
        default -> {}
      }
      for (int i = 0; i < 60; i++) {
        noise(random);
      }
      s.close();
      rig.advance(0.2);
      assertThat(v.lane().fault()).as("seed %d", seed).isNull();
      for (Socket other : rig.in(v, () -> rig.inet(v).sockets.sockets())) {
        if (other != server) {
          rig.in(
              v,
              () -> {
                other.abort(Errno.ECONNABORTED);
                return 0;
              });
        }
      }
      link.sent.clear();
    }
    assertThat(rig.remove(v)).isEmpty();
    assertThat(rig.outstanding(v)).isZero();
    assertThat(v.lane().fault()).isNull();
  }

  private void noise(SplittableRandom random) {
    int seq = 101 + (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(-20, 3000));
    int ack = iss + (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(-3, 6000));
    int flags = random.nextInt(256);
    byte[] options = new byte[4 * random.nextInt(11)];
    random.nextBytes(options);
    if (options.length >= 12 && random.nextBoolean()) {
      byte[] sack = {1, 1, 5, 10};
      System.arraycopy(sack, 0, options, 0, 4);
    }
    TcpHeader h =
        new TcpHeader(
            1000,
            80,
            seq,
            ack,
            flags,
            random.nextInt(65536),
            0,
            random.nextInt(65536),
            Octets.of(options));
    byte[] p = Segments.of(PEER, 1000, OWN, 80, h, Packets.data(random.nextInt(1400)));
    if (random.nextInt(10) == 0) {
      p[Ip4Header.LENGTH + 12] = (byte) random.nextInt();
    }
    link.ip(p);
    if (random.nextInt(5) == 0) {
      rig.advance(0.3);
    }
  }
}
