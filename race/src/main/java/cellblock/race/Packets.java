package cellblock.race;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/** Packets that scenarios send, each in a turn of the sending vnet. */
final class Packets {
  private static final int PAYLOAD = 16;

  private Packets() {}

  /** UDP to all nodes of a link, as a socket with a scoped destination sends it. */
  static @Nullable Errno toAllNodes(Vnet from, int scope) {
    int udp = UdpHeader.LENGTH + PAYLOAD;
    Mbuf m = from.mbufs().alloc(Ip6Header.LENGTH + udp);
    java.util.Arrays.fill(m.buf, m.off, m.off + m.len, (byte) 0);
    Ip6Header.putFlow(m.buf, m.off, 0, 0);
    Ip6Header.putNextHeader(m.buf, m.off, IpProtocol.UDP);
    Ip6Header.putHopLimit(m.buf, m.off, 1);
    Ip6Header.putDestination(m.buf, m.off, 0xff02_0000_0000_0000L, 1);
    UdpHeader.put(m.buf, m.off + Ip6Header.LENGTH, 7, 7, udp);
    return Inet6.of(from).ip.output.output(m, scope, 0, null);
  }

  /** IPv4 to all hosts by an interface that the sender holds a pointer to. */
  static @Nullable Errno broadcast(Vnet from, Ifnet by) {
    Mbuf m = from.mbufs().alloc(28);
    java.util.Arrays.fill(m.buf, m.off, m.off + m.len, (byte) 0);
    m.buf[m.off] = 0x45;
    m.flags |= Mbuf.M_BCAST;
    return by.output(from, m, Family.INET, 0xffff_ffffL << 32, 0);
  }

  /** Packets that IPv4 of a vnet has seen come in. */
  static long received4(Vnet vnet) {
    return Inet.of(vnet).counters("ip").getOrDefault("received-packets", 0L);
  }
}
