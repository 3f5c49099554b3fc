package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.TcpState;
import cellblock.kern.drop.DropReason;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Segments that nobody in his right mind sends, to a connection in each state: no exception, no
 * leak, nothing beyond its bounds. {@code cellblock.fuzz} sets the number of seeds.
 */
class TcpFuzzTest {
  private static final int SEGMENTS = 150;
  private static final long FIRST = 1;
  private static final long SEEDS = Long.getLong("cellblock.fuzz", 12);

  private enum State {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RCVD,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT
  }

  private SplittableRandom random;
  private Rig rig;
  private Vnet v;
  private TestLink link;
  private boolean six;
  private Socket server;
  private Socket s;
  private int own;
  private int peer;
  private int ownPort;
  private int peerPort;

  private String here() {
    return six ? "2001:db8::1" : "192.0.2.1";
  }

  private String there() {
    return six ? "2001:db8::9" : "192.0.2.9";
  }

  private void start(long seed, boolean ipv6) throws Exception {
    random = new SplittableRandom(seed);
    six = ipv6;
    rig = new Rig(seed);
    v = rig.vnet("v");
    link = rig.link(v, "eth0");
    rig.address(v, "eth0", "192.0.2.1/24");
    rig.up(v, "eth0");
    rig.in(
        v,
        () ->
            Inet6.of(v)
                .control
                .add(
                    Interfaces.of(v).named("eth0"),
                    new In6Control.Wish(
                        Ip6Address.of("2001:db8::1"), 64, null, -1, -1, In6Address.NODAD)));
    rig.settle();
    link.know("192.0.2.9", "192.0.2.1");
    link.frame(
        link.ifp.lladdr(),
        EtherHeader.TYPE_IPV6,
        Packets6.nd(
            "2001:db8::9", "2001:db8::1", Icmp6Message.NEIGHBOR_SOLICIT, 0, "2001:db8::1", 1));
    link.sent.clear();
    rig.in(
        v,
        () -> {
          rig.inet(v).tcp.open().probe((connection, from, to) -> legal(seed, from, to));
          return 0;
        });
    server = socket();
    server.bind(six ? Ip6Address.ANY : Ip4Address.ANY, 80);
    server.stream().listen(5);
    ownPort = 80;
    peerPort = 1000;
    peer = random.nextInt();
    s = null;
  }

  /** The arrows of RFC 9293 figure 5; any state may end. */
  private static void legal(long seed, TcpState from, TcpState to) {
    Set<TcpState> next =
        switch (from) {
          case CLOSED -> Set.of(TcpState.LISTEN, TcpState.SYN_SENT, TcpState.SYN_RECEIVED);
          case LISTEN -> Set.of(TcpState.SYN_SENT, TcpState.SYN_RECEIVED);
          case SYN_SENT -> Set.of(TcpState.SYN_RECEIVED, TcpState.ESTABLISHED);
          case SYN_RECEIVED ->
              Set.of(TcpState.ESTABLISHED, TcpState.FIN_WAIT_1, TcpState.CLOSE_WAIT);
          case ESTABLISHED -> Set.of(TcpState.FIN_WAIT_1, TcpState.CLOSE_WAIT);
          case FIN_WAIT_1 -> Set.of(TcpState.FIN_WAIT_2, TcpState.CLOSING);
          case FIN_WAIT_2, CLOSING -> Set.of(TcpState.TIME_WAIT);
          case CLOSE_WAIT -> Set.of(TcpState.LAST_ACK);
          case LAST_ACK, TIME_WAIT -> Set.of();
        };
    assertThat(to == TcpState.CLOSED || next.contains(to))
        .as("%s to %s, seed %d", from.rfc(), to.rfc(), seed)
        .isTrue();
  }

  private Socket socket() {
    Family family = six ? Family.INET6 : Family.INET;
    Socket made =
        rig.in(v, () -> rig.inet(v).sockets.open(family, SocketType.STREAM, 0, Credential.ROOT));
    if (random.nextInt(3) == 0) {
      try {
        made.setText(SocketOption.TCP_FUNCTION_BLK, "rack");
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    return made;
  }

  // ---- packets ----

  private void send(int seq, int ack, int flags, byte[] options, int data, boolean broken) {
    int header = TcpHeader.LENGTH + options.length;
    byte[] d = new byte[header + data];
    TcpHeader.putSourcePort(d, 0, peerPort);
    TcpHeader.putDestinationPort(d, 0, ownPort);
    TcpHeader.putSequence(d, 0, seq);
    TcpHeader.putAcknowledgment(d, 0, ack);
    TcpHeader.putLengthAndFlags(d, 0, header, flags);
    int[] windows = {0, 1, 2, 1000, 65535, random.nextInt(65536)};
    TcpHeader.putWindow(d, 0, windows[random.nextInt(windows.length)]);
    TcpHeader.putUrgent(d, 0, (flags & TcpHeader.URG) == 0 ? 0 : random.nextInt(65536));
    System.arraycopy(options, 0, d, TcpHeader.LENGTH, options.length);
    if (broken && random.nextBoolean()) {
      d[12] = (byte) random.nextInt(256);
    }
    byte[] p =
        six
            ? Packets6.ip(IpProtocol.TCP, there(), here(), 64, d)
            : Packets.ip(IpProtocol.TCP, there(), here(), 64, 0, d);
    int at = p.length - d.length;
    int pseudo =
        six ? Ip6Header.pseudo(p, 0, IpProtocol.TCP, d.length) : Ip4Header.pseudo(p, 0, d.length);
    TcpHeader.fillChecksum(p, at, pseudo, d.length);
    if (broken) {
      p[at + random.nextInt(d.length)] ^= (byte) (1 << random.nextInt(8));
      if (random.nextInt(4) == 0) { // the checksum is right again
        TcpHeader.fillChecksum(p, at, pseudo, d.length);
      }
    }
    link.frame(link.ifp.lladdr(), six ? EtherHeader.TYPE_IPV6 : EtherHeader.TYPE_IP, p);
  }

  private void plain(int flags, int data) {
    send(peer, own, flags, new byte[0], data, false);
    peer += data + ((flags & (TcpHeader.SYN | TcpHeader.FIN)) != 0 ? 1 : 0);
  }

  /** The last segment that left. */
  private TcpHeader sent() {
    List<byte[]> all = link.take(six ? EtherHeader.TYPE_IPV6 : EtherHeader.TYPE_IP);
    byte[] p = all.getLast();
    int at = six ? Ip6Header.LENGTH : Ip4Header.LENGTH;
    return TcpHeader.parse(p, at, p.length - at);
  }

  private void reach(State state) throws Exception {
    switch (state) {
      case CLOSED -> ownPort = 81;
      case LISTEN -> own = random.nextInt();
      case SYN_SENT -> {
        s = socket();
        Refused.by(() -> s.stream().connect(IpAddress.parse(there()), 1000, 0));
        TcpHeader syn = sent();
        own = syn.sequence() + 1;
        ownPort = syn.sourcePort();
      }
      case SYN_RCVD -> {
        plain(TcpHeader.SYN, 0);
        own = sent().sequence() + 1;
      }
      default -> beyond(state);
    }
  }

  private void beyond(State state) throws Exception {
    plain(TcpHeader.SYN, 0);
    own = sent().sequence() + 1;
    plain(TcpHeader.ACK, 0);
    s = server.stream().accept(0);
    if (random.nextBoolean()) {
      s.stream().write(new byte[20_000], 0, 20_000, 0);
      rig.settle();
    }
    switch (state) {
      case CLOSE_WAIT, LAST_ACK -> plain(TcpHeader.ACK | TcpHeader.FIN, 0);
      case FIN_WAIT_1, FIN_WAIT_2, CLOSING, TIME_WAIT -> s.shutdown(false, true);
      default -> {}
    }
    rig.settle();
    if (state == State.LAST_ACK) {
      s.close();
      rig.settle();
    }
    if (state == State.FIN_WAIT_2 || state == State.TIME_WAIT) {
      own += 1; // as far as nothing was written; else the fuzz begins one state earlier
      plain(TcpHeader.ACK, 0);
    }
    if (state == State.CLOSING || state == State.TIME_WAIT) {
      plain(TcpHeader.ACK | TcpHeader.FIN, 0);
    }
  }

  // ---- nonsense ----

  private int near(int number) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt();
      case 1 -> number + random.nextInt(-3, 4);
      case 2 -> number + random.nextInt(-70_000, 70_000);
      case 3 -> number + (1 << 31) + random.nextInt(-2, 3);
      case 4 -> number + random.nextInt(0, 3000);
      default -> number;
    };
  }

  private byte[] options() {
    int words = random.nextInt(6) == 0 ? random.nextInt(11) : random.nextInt(4);
    byte[] o = new byte[words * 4];
    random.nextBytes(o);
    if (o.length >= 4 && random.nextBoolean()) {
      int[] kinds = {0, 1, 2, 3, 4, 5, 8, 19, 34, 254};
      o[0] = (byte) kinds[random.nextInt(kinds.length)];
      o[1] = (byte) (random.nextBoolean() ? o.length : random.nextInt(0, 12));
    }
    if (o.length >= 12 && random.nextInt(3) == 0) { // SACK of what may or may not have been sent
      o[0] = o[1] = 1;
      o[2] = 5;
      o[3] = 10;
      word(o, 4, near(own));
      word(o, 8, near(own));
    }
    return o;
  }

  private static void word(byte[] b, int at, int value) {
    for (int i = 0; i < 4; i++) {
      b[at + i] = (byte) (value >> 24 - 8 * i);
    }
  }

  private int flags() {
    int[] usual = {
      TcpHeader.ACK,
      TcpHeader.ACK | TcpHeader.PSH,
      TcpHeader.SYN,
      TcpHeader.SYN | TcpHeader.ACK,
      TcpHeader.FIN | TcpHeader.ACK,
      TcpHeader.RST,
      TcpHeader.RST | TcpHeader.ACK
    };
    boolean odd = random.nextInt(4) == 0;
    int f = odd ? random.nextInt(0x1000) : usual[random.nextInt(usual.length)];
    // Resets that hit would end the run early.
    return random.nextInt(4) == 0 ? f : f & ~TcpHeader.RST;
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void nonsense_in_any_state_neither_throws_nor_leaks(State state) throws Exception {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      start(seed, seed % 2 == 0);
      reach(state);
      long before = rig.counter(v, "tcp", "received-packets");
      for (int i = 0; i < SEGMENTS; i++) {
        int data = random.nextInt(3) == 0 ? random.nextInt(1400) : 0;
        send(near(peer), near(own), flags(), options(), data, random.nextInt(10) == 0);
        if (random.nextInt(20) == 0) {
          rig.advance(random.nextDouble() * 3);
        }
        link.sent.clear();
        check(state, seed);
      }
      long seen = rig.counter(v, "tcp", "received-packets") - before;
      assertThat(seen).as("%s seed %d", state, seed).isPositive();
      rig.advance(100);
      assertThat(rig.remove0(v)).as("%s seed %d", state, seed).isEmpty();
      assertThat(rig.outstanding(v)).as("%s seed %d", state, seed).isZero();
    }
  }

  private void check(State state, long seed) {
    Socket one = s;
    if (one != null && one.endedBy() == null) {
      int limit = rig.in(v, () -> one.streamOf().receive.limit());
      assertThat(one.receiveQueue()).as("%s seed %d", state, seed).isBetween(0, limit);
      assertThat(one.sendQueue()).as("%s seed %d", state, seed).isBetween(0, 20_000);
    }
  }

  @Test
  void what_is_dropped_has_a_reason() throws Exception {
    start(5, false);
    reach(State.ESTABLISHED);
    long before = rig.dropped(v, DropReason.TCP_NOT_ACCEPTABLE);
    send(peer + 100_000_000, own, TcpHeader.ACK, new byte[0], 5, false);
    assertThat(rig.dropped(v, DropReason.TCP_NOT_ACCEPTABLE)).isEqualTo(before + 1);
    ownPort = 9;
    send(peer, own, TcpHeader.ACK, new byte[0], 0, false);
    assertThat(rig.dropped(v, DropReason.TCP_NO_SOCKET)).isOne();
  }

  @Test
  void a_flood_of_syns_takes_bounded_room_and_others_still_get_in() throws Exception {
    start(3, false);
    rig.in(
        v,
        () -> {
          rig.inet(v).tcp.open().settings.syncacheLimit.set(1000);
          return 0;
        });
    for (int i = 0; i < 5000; i++) {
      peerPort = 2000 + i;
      peer = random.nextInt();
      send(peer, 0, TcpHeader.SYN, new byte[0], 0, false);
      link.sent.clear();
    }
    assertThat(rig.in(v, () -> rig.inet(v).tcp.open().syncacheCount())).isEqualTo(1000);
    assertThat(rig.outstanding(v)).isZero();
    peerPort = 999;
    reach(State.ESTABLISHED);
    assertThat(s).isNotNull();
    rig.advance(70);
    assertThat(rig.in(v, () -> rig.inet(v).tcp.open().syncacheCount())).isZero();
  }
}
