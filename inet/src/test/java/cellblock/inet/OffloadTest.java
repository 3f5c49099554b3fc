package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketType;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.epair.EpairLink;
import cellblock.net.epair.LinkModel;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfTap;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import cellblock.wire.UdpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What senders leave to links: checksums and the cutting of large TCP segments. Three vnets, a, r
 * and b; r routes between the two cables.
 */
class OffloadTest {
  private static final int ALL = IfCap.TXCSUM | IfCap.TXCSUM_IPV6 | IfCap.TSO4 | IfCap.TSO6;
  private static final int SUMS = IfCap.TXCSUM | IfCap.TXCSUM_IPV6;
  private static final long SEED = 20_261_121;

  private final Rig rig = new Rig();
  private final Vnet a = rig.vnet("a");
  private final Vnet r = rig.vnet("r");
  private final Vnet b = rig.vnet("b");

  /** A TCP or UDP packet as a tap saw it. */
  private record Seen(
      int length,
      int seq,
      int data,
      int flags,
      int id,
      boolean ipRight,
      boolean right,
      int field) {}

  @BeforeEach
  void threeVnets() {
    System.out.println("offload, seed " + SEED);
    rig.cable(a, "192.0.2.1/24", r, "192.0.2.254/24");
    rig.cable(r, "198.51.100.254/24", b, "198.51.100.1/24");
    address(a, "epair0a", "2001:db8:1::1");
    address(r, "epair0b", "2001:db8:1::fe");
    address(r, "epair1a", "2001:db8:2::fe");
    address(b, "epair1b", "2001:db8:2::1");
    rig.in(
        r,
        () -> {
          rig.inet(r).ip.settings.forwarding = 1;
          Inet6.of(r).ip.settings.forwarding = 1;
          return true;
        });
    route(a, "198.51.100.0/24", Ip4Address.parse("192.0.2.254"));
    route(b, "192.0.2.0/24", Ip4Address.parse("198.51.100.254"));
    route(a, "2001:db8:2::/64", Ip6Address.of("2001:db8:1::fe"));
    route(b, "2001:db8:1::/64", Ip6Address.of("2001:db8:2::fe"));
    rig.advance(3);
  }

  private void address(Vnet v, String ifname, String text) {
    rig.in(
        v,
        () ->
            Inet6.of(v)
                .control
                .add(
                    Interfaces.of(v).named(ifname),
                    new In6Control.Wish(Ip6Address.of(text), 64, null, -1, -1, In6Address.NODAD)));
  }

  private void route(Vnet v, String prefix, IpAddress gateway) {
    rig.in(
        v,
        () ->
            rig.inet(v)
                .ip
                .routes
                .add(
                    0,
                    RouteSpec.to(IpPrefix.parse(prefix)).via(gateway),
                    RouteMessage.Sender.KERNEL));
  }

  private void enable(Vnet v, String ifname, int caps) {
    rig.in(
        v,
        () -> {
          Interfaces.of(v).named(ifname).setCapabilities(caps, 0);
          return true;
        });
  }

  /** What leaves by an interface from now on. */
  private List<Seen> watch(Vnet v, String ifname) {
    List<Seen> seen = new ArrayList<>();
    rig.in(
        v,
        () -> {
          Interfaces.of(v)
              .named(ifname)
              .addTap(
                  new IfTap() {
                    @Override
                    public void tap(Ifnet ifp, Mbuf m, boolean out) {
                      if (out || ifp.name().equals("lo0")) { // what loops is seen as it comes in
                        note(seen, m.buf, m.off + ifp.headerLen(), m.len - ifp.headerLen());
                      }
                    }

                    @Override
                    public void departed(Ifnet ifp) {}
                  });
          return true;
        });
    return seen;
  }

  private static void note(List<Seen> seen, byte[] p, int at, int length) {
    boolean four = p[at] >> 4 == 4;
    int header = four ? Ip4Header.headerLength(p, at) : Ip6Header.LENGTH;
    int protocol = four ? Ip4Header.protocol(p, at) : Ip6Header.nextHeader(p, at);
    int rest = length - header;
    int pseudo = four ? Ip4Header.pseudo(p, at, rest) : Ip6Header.pseudo(p, at, protocol, rest);
    boolean ipRight =
        four
            ? Ip4Header.verifies(p, at) && Ip4Header.totalLength(p, at) == length
            : Ip6Header.payloadLength(p, at) == rest;
    int up = at + header;
    int id = four ? Ip4Header.id(p, at) : 0;
    if (protocol == IpProtocol.TCP) {
      int data = rest - TcpHeader.headerLength(p, up);
      boolean right = TcpHeader.verifies(p, up, pseudo, rest);
      int flags = TcpHeader.flags(p, up);
      int field = TcpHeader.checksum(p, up);
      seen.add(new Seen(length, TcpHeader.sequence(p, up), data, flags, id, ipRight, right, field));
    } else if (protocol == IpProtocol.UDP && !(four && Ip4Header.isFragment(p, at))) {
      boolean right = UdpHeader.verifies(p, up, pseudo);
      seen.add(new Seen(length, 0, rest - 8, 0, id, ipRight, right, UdpHeader.checksum(p, up)));
    }
  }

  // ---- a transfer ----

  private Socket open(Vnet v, Family family, SocketType type) {
    return rig.in(v, () -> rig.inet(v).sockets.open(family, type, 0, Credential.ROOT));
  }

  private static IpAddress server(Family family) {
    return family == Family.INET
        ? Ip4Address.parse("198.51.100.1")
        : Ip6Address.of("2001:db8:2::1");
  }

  private static IpAddress any(Family family) {
    return family == Family.INET ? Ip4Address.ANY : Ip6Address.ANY;
  }

  /** Sends a megabyte from a to b and compares; {@code halfway} runs when half of it is there. */
  private void transfer(Family family, Runnable halfway) throws ErrnoException {
    byte[] data = new byte[1 << 20];
    new SplittableRandom(SEED).nextBytes(data);
    byte[] got = new byte[data.length];
    try (Socket listener = open(b, family, SocketType.STREAM);
        Socket client = open(a, family, SocketType.STREAM)) {
      listener.bind(any(family), 80);
      listener.stream().listen(5);
      client.connect(server(family), 80);
      rig.settle();
      try (Socket child = listener.stream().accept(0)) {
        int written = 0;
        int read = 0;
        boolean told = false;
        for (int round = 0; read < data.length; round++) {
          assertThat(round).as("no stall").isLessThan(20_000);
          if (written < data.length && client.stream().canWrite()) {
            written += client.stream().write(data, written, data.length - written, 0);
          }
          if (written == data.length) {
            client.shutdown(false, true);
          }
          rig.advance(0.001);
          while (child.stream().receive.size() > 0) {
            read += child.stream().read(got, read, got.length - read, 0);
          }
          if (!told && read > data.length / 2) {
            told = true;
            halfway.run();
          }
        }
        rig.advance(1);
        assertThat(child.stream().read(got, 0, 1, 0)).isEqualTo(-1);
      }
    }
    assertThat(got).isEqualTo(data);
  }

  private void clean() throws ErrnoException {
    rig.advance(130);
    for (Vnet v : List.of(a, r, b)) {
      assertThat(rig.dropped(v, DropReason.TCP_BAD_CHECKSUM)).as("bad sums in %s", v).isZero();
      assertThat(rig.dropped(v, DropReason.OVERSIZE)).as("too large in %s", v).isZero();
      assertThat(rig.remove(v)).isEmpty();
      assertThat(rig.outstanding(v)).isZero();
    }
  }

  private static int largest(List<Seen> seen) {
    return seen.stream().mapToInt(Seen::length).max().orElse(0);
  }

  /** Every byte once and in order. */
  private static void contiguous(List<Seen> seen) {
    int next = 0;
    for (Seen s : seen) {
      if (s.data > 0) {
        assertThat(next == 0 || s.seq == next).as("follows at %s", s).isTrue();
        next = s.seq + s.data;
      }
    }
  }

  // ---- what is claimed ----

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_cable_as_made_carries_frames_of_its_mtu_with_right_checksums(Family family)
      throws ErrnoException {
    List<Seen> seen = watch(a, "epair0a");
    transfer(family, () -> {});
    assertThat(seen).hasSizeGreaterThan(700).allMatch(s -> s.ipRight && s.right);
    assertThat(largest(seen)).isEqualTo(1500);
    clean();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_large_segment_travels_whole_through_a_router_where_every_link_takes_it(Family family)
      throws ErrnoException {
    enable(a, "epair0a", ALL);
    enable(r, "epair1a", ALL);
    List<Seen> first = watch(a, "epair0a");
    List<Seen> second = watch(r, "epair1a");
    transfer(family, () -> {});
    assertThat(largest(first)).isGreaterThan(20_000).isLessThanOrEqualTo(65_535);
    assertThat(largest(second)).isEqualTo(largest(first));
    assertThat(second).hasSameSizeAs(first).allMatch(Seen::ipRight);
    contiguous(second);
    assertThat(second.stream().filter(s -> s.data > 0).noneMatch(Seen::right))
        .as("nobody computed a checksum")
        .isTrue();
    clean();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_large_segment_is_cut_where_a_router_sends_it_on_by_a_link_that_does_not_take_it(
      Family family) throws ErrnoException {
    enable(a, "epair0a", ALL);
    List<Seen> first = watch(a, "epair0a");
    List<Seen> second = watch(r, "epair1a");
    transfer(family, () -> {});
    assertThat(largest(first)).isGreaterThan(20_000);
    assertThat(largest(second)).isEqualTo(1500);
    assertThat(second).hasSizeGreaterThan(first.size()).allMatch(s -> s.ipRight && s.right);
    contiguous(second);
    assertThat(second.stream().filter(s -> (s.flags & TcpHeader.FIN) != 0)).hasSize(1);
    clean();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_link_that_does_checksums_alone_gets_the_parts_without(Family family)
      throws ErrnoException {
    enable(a, "epair0a", ALL);
    enable(r, "epair1a", SUMS);
    List<Seen> second = watch(r, "epair1a");
    transfer(family, () -> {});
    assertThat(largest(second)).isEqualTo(1500);
    assertThat(second.stream().filter(s -> s.data > 0).noneMatch(Seen::right)).isTrue();
    clean();
  }

  @Test
  void segmentation_needs_checksums_and_the_sysctl() throws ErrnoException {
    enable(a, "epair0a", IfCap.TSO4);
    List<Seen> seen = watch(a, "epair0a");
    transfer(Family.INET, () -> {});
    assertThat(largest(seen)).as("TSO4 without TXCSUM").isEqualTo(1500);
    enable(a, "epair0a", ALL);
    rig.in(
        a,
        () -> {
          rig.inet(a).tcp.open().settings.tso.set(0);
          return true;
        });
    seen.clear();
    rig.advance(61); // the ports are free again
    transfer(Family.INET, () -> {});
    assertThat(largest(seen)).as("net.inet.tcp.tso=0").isEqualTo(1500);
    clean();
  }

  @Test
  void a_cable_that_gets_a_model_during_a_transfer_asks_for_frames_of_their_true_size()
      throws ErrnoException {
    enable(a, "epair0a", ALL);
    List<Seen> seen = watch(a, "epair0a");
    transfer(
        Family.INET,
        () -> {
          assertThat(largest(seen)).isGreaterThan(20_000);
          LinkModel corrupting = new LinkModel(1_000_000, 0, 0, 0, 0, 1, 0, 0);
          rig.in(
              a,
              () -> {
                EpairLink.model(Interfaces.of(a).named("epair0a"), corrupting);
                return true;
              });
          seen.clear();
        });
    assertThat(seen).hasSizeGreaterThan(100).allMatch(s -> s.ipRight && s.right);
    assertThat(largest(seen)).isEqualTo(1500);
    clean();
  }

  @Test
  void the_last_part_alone_has_the_end_and_the_push() throws ErrnoException {
    enable(a, "epair0a", ALL);
    List<Seen> second = watch(r, "epair1a");
    transfer(Family.INET, () -> {});
    long parts = second.stream().filter(s -> s.data > 0).count();
    long pushed = second.stream().filter(s -> (s.flags & TcpHeader.PSH) != 0).count();
    assertThat(pushed).isBetween(1L, parts / 4);
    assertThat(second.stream().allMatch(s -> s.id == 0)).as("atomic datagrams (RFC 6864)").isTrue();
    clean();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_datagrams_checksum_is_left_to_a_link_and_done_by_the_next(Family family)
      throws ErrnoException {
    enable(a, "epair0a", SUMS);
    List<Seen> first = watch(a, "epair0a");
    List<Seen> second = watch(r, "epair1a");
    try (Socket to = open(b, family, SocketType.DGRAM);
        Socket from = open(a, family, SocketType.DGRAM)) {
      to.bind(any(family), 9);
      byte[] small = {1, 2, 3};
      byte[] fragmented = new byte[4000];
      new SplittableRandom(SEED).nextBytes(fragmented);
      for (byte[] data : List.of(small, fragmented)) {
        from.send(data, 0, data.length, server(family), 9);
        rig.advance(1);
        Datagram d = to.receive(0, false);
        assertThat(d).isNotNull();
        assertThat(d.data()).isEqualTo(data);
      }
    }
    assertThat(first).hasSize(1);
    assertThat(first.getFirst().right()).isFalse();
    assertThat(second).hasSize(1).allMatch(s -> s.ipRight && s.right && s.field != 0);
    assertThat(rig.dropped(b, DropReason.UDP_BAD_CHECKSUM)).isZero();
    clean();
  }

  @Test
  void loopback_computes_checksums_only_when_told_to() throws ErrnoException {
    rig.address(b, "lo0", "127.0.0.1/8");
    List<Seen> seen = watch(b, "lo0");
    try (Socket to = open(b, Family.INET, SocketType.DGRAM);
        Socket from = open(b, Family.INET, SocketType.DGRAM)) {
      to.bind(Ip4Address.ANY, 9);
      for (boolean computes : new boolean[] {false, true}) {
        if (computes) {
          rig.in(
              b,
              () -> {
                Interfaces.of(b).loopback().setCapabilities(0, IfCap.TXCSUM);
                return true;
              });
        }
        from.send(new byte[] {1}, 0, 1, Ip4Address.parse("127.0.0.1"), 9);
        rig.advance(1);
        assertThat(to.receive(0, false)).isNotNull();
        assertThat(seen.getLast().right()).isEqualTo(computes);
      }
    }
    clean();
  }
}
