package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Socket;
import cellblock.kern.drop.DropReason;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.ArpPacket;
import cellblock.wire.EtherHeader;
import cellblock.wire.Icmp4Message;
import cellblock.wire.IgmpMessage;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.MacAddress;
import cellblock.wire.Octets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random, cut and changed packets never throw, never stay, and each is counted somewhere. */
class HostileInputTest {
  private static final int PACKETS = 20_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void no_packet_makes_the_stack_throw_or_leak(long seed) throws Exception {
    Rig rig = new Rig(seed);
    Random random = new Random(seed);
    Vnet v = rig.vnet("victim");
    TestLink link = rig.link(v, "em0");
    rig.address(v, "em0", "192.0.2.1/24");
    rig.address(v, "lo0", "127.0.0.1/8");
    rig.route(v, "0.0.0.0/0", "192.0.2.9");
    Inet inet = rig.inet(v);
    inet.ip.settings.forwarding = (int) (seed & 1);
    inet.ip.settings.sourceroute = (int) (seed >> 1 & 1);
    inet.ip.settings.acceptSourceroute = 1;
    inet.icmpSettings.bmcastecho = 1;
    inet.icmpSettings.maskrepl = 1;
    inet.arpSettings.proxyall = 1;
    link.know("192.0.2.2", "192.0.2.1");
    Socket udp = rig.udp(v);
    udp.bind(Ip4Address.ANY, 7);
    udp.membership(
        new Membership(Membership.Operation.JOIN, Ip4Address.parse("239.1.2.3"), "em0", null));
    Socket raw = rig.raw(v, 0);
    List<byte[]> seeds = seeds();
    for (int i = 0; i < PACKETS; i++) {
      byte[] p = mutate(seeds.get(random.nextInt(seeds.size())).clone(), random);
      int kind = random.nextInt(10);
      long to =
          kind < 7
              ? link.ifp.lladdr()
              : kind == 7 ? MacAddress.BROADCAST_BITS : MacAddress.ofGroup4(0xef010203);
      link.frame(to, kind == 9 ? EtherHeader.TYPE_ARP : EtherHeader.TYPE_IP, p);
      if (i % 500 == 0) {
        rig.advance(random.nextInt(3));
        link.sent.clear();
      }
      assertThat(v.lane().fault()).as("seed %d packet %d: %s", seed, i, hex(p)).isNull();
    }
    udp.close();
    raw.close();
    rig.advance(400);
    assertThat(rig.outstanding(v)).isZero();
    assertThat(total(rig, v)).isPositive();
    assertThat(rig.remove(v)).isEmpty();
  }

  private static long total(Rig rig, Vnet v) {
    long sum = 0;
    for (DropReason r : DropReason.values()) {
      sum += rig.dropped(v, r);
    }
    return sum;
  }

  private static String hex(byte[] p) {
    return HexFormat.of().formatHex(p);
  }

  private static List<byte[]> seeds() {
    byte[] udp = Packets.udp("192.0.2.2", 9, "192.0.2.1", 7, Packets.data(30));
    byte[] closed = Packets.udp("192.0.2.2", 9, "192.0.2.1", 8, Packets.data(30));
    byte[] group = Packets.udp("192.0.2.2", 9, "239.1.2.3", 7, Packets.data(30));
    byte[] away = Packets.udp("192.0.2.2", 9, "198.51.100.1", 7, Packets.data(1400));
    byte[] back = Packets.udp("192.0.2.1", 7, "192.0.2.2", 9, Packets.data(8));
    byte[] error =
        Packets.icmp(
            "192.0.2.9",
            "192.0.2.1",
            64,
            new Icmp4Message(Icmp4Message.UNREACH, 3, 0, Octets.of(back)));
    byte[] redirect =
        Packets.icmp(
            "192.0.2.9",
            "192.0.2.1",
            64,
            new Icmp4Message(Icmp4Message.REDIRECT, 1, 0xc0000205, Octets.of(away, 0, 40)));
    byte[] query = new byte[IgmpMessage.QUERY3_LENGTH];
    new IgmpMessage.Query3(10, Ip4Address.ANY, false, 2, 125, List.of()).emit(query, 0);
    byte[] igmp = Packets.ip(IpProtocol.IGMP, "192.0.2.2", "224.0.0.1", 1, 0, query);
    byte[] arp = new byte[ArpPacket.LENGTH];
    ArpPacket.put(arp, 0, ArpPacket.REQUEST, TestLink.PEER, 0xc0000203, 0, 0xc0000201);
    return List.of(
        udp,
        closed,
        group,
        away,
        error,
        redirect,
        igmp,
        arp,
        Packets.echo("192.0.2.2", "192.0.2.1", 1, 1, 56),
        options(Packets.echo("192.0.2.2", "192.0.2.1", 1, 1, 8)),
        Packets.fragments(udp, 8).getFirst(),
        Packets.fragments(udp, 16).getLast());
  }

  /** The same packet with 12 bytes of options: record route, then a source route. */
  private static byte[] options(byte[] p) {
    byte[] o = new byte[p.length + 16];
    System.arraycopy(p, 0, o, 0, 20);
    System.arraycopy(p, 20, o, 36, p.length - 20);
    byte[] list = {7, 7, 4, 0, 0, 0, 0, (byte) 131, 7, 4, (byte) 198, 51, 100, 1, 0, 0};
    System.arraycopy(list, 0, o, 20, 16);
    Ip4Header.putHeaderLength(o, 0, 36);
    Ip4Header.putTotalLength(o, 0, o.length);
    Ip4Header.fillChecksum(o, 0);
    return o;
  }

  private static byte[] mutate(byte[] packet, Random random) {
    byte[] p = packet;
    for (int changes = random.nextInt(5); changes > 0; changes--) {
      p[random.nextInt(Math.min(p.length, 48))] = (byte) random.nextInt(256);
    }
    if (random.nextInt(4) == 0) {
      p = Arrays.copyOf(p, random.nextInt(p.length + 30));
    }
    int header = p.length < 20 ? 0 : Ip4Header.headerLength(p, 0);
    if (header >= 20 && header <= p.length && random.nextInt(4) != 0) {
      if (random.nextBoolean()) {
        Ip4Header.putTotalLength(p, 0, p.length);
      }
      Ip4Header.fillChecksum(p, 0);
      int protocol = Ip4Header.protocol(p, 0);
      boolean sums = protocol == IpProtocol.ICMP || protocol == IpProtocol.IGMP;
      if (sums && p.length >= header + 8) {
        Icmp4Message.fillChecksum(p, header, p.length - header);
      }
    }
    return p;
  }
}
