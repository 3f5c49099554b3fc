package cellblock.inet.udp;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip.Ip4Errors;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.pcb.PcbTable;
import cellblock.inet.socket.Arrival;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * UDP of one vnet: takes datagrams in and finds the socket (ancestor: udp_input, udp_ctlinput of
 * netinet/udp_usrreq.c). Threading: turns of the vnet's lane. Nothing is allocated for a packet.
 */
public final class Udp implements Ip4Protocol {
  final Vnet vnet;
  final Ip4 ip;
  final UdpStats stats;
  final UdpSettings settings;
  final PcbTable table;
  private final Ip4Errors errors;
  private final IcmpLimit limit;
  private @Nullable UdpTunnel tunnel;
  private final Arrival arrival;
  private Set<UdpPcb> pcbs = Set.of(); // an idle vnet has none
  private @Nullable UdpTunnels tunnels; // most vnets have none

  public Udp(
      Ip4 ip,
      UdpStats stats,
      UdpSettings settings,
      Ip4Errors errors,
      IcmpLimit limit,
      Arrival arrival) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
    this.table = new PcbTable(ip.random, ip.settings);
    this.errors = errors;
    this.arrival = arrival;
    this.limit = limit;
  }

  /** udp_attach. */
  public SocketProtocol attach(Socket socket) {
    socket.reserve(settings.maxdgram, settings.recvspace);
    UdpPcb pcb = new UdpPcb(socket, this);
    if (pcbs.isEmpty()) {
      pcbs = new LinkedHashSet<>(4);
    }
    pcbs.add(pcb);
    return pcb;
  }

  void forget(UdpPcb pcb) {
    if (!pcbs.isEmpty()) {
      pcbs.remove(pcb);
    }
  }

  /** Lets sockets forget an interface that leaves. */
  public void purge(InIfinfo gone) {
    List.copyOf(pcbs).forEach(p -> p.purge(gone));
  }

  /** Ports that tunnels have; made when the first asks. */
  public UdpTunnels tunnels() {
    UdpTunnels known = tunnels;
    if (known == null) {
      known = new UdpTunnels();
      tunnels = known;
    }
    return known;
  }

  /** Whether a socket has the port. */
  public boolean isBound(int port) {
    for (Pcb p = table.chain(port); p != null; p = p.nextOfPort()) {
      if (p.localPort() == port) {
        return true;
      }
    }
    return false;
  }

  /** Gives the datagrams of a port to a protocol; null ends that. */
  public void tunnel(@Nullable UdpTunnel through) {
    tunnel = through;
  }

  /** What {@link #tunnel(UdpTunnel)} set. */
  public @Nullable UdpTunnel tunnel() {
    return tunnel;
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    vnet.room(m, "UdpInput");
    stats.ipackets++;
    int at = m.off + headerLength;
    int length = m.len - headerLength;
    if (length < UdpHeader.LENGTH) {
      stats.hdrops++;
      vnet.drop(m, DropReason.UDP_BAD_LENGTH);
      return;
    }
    int field = UdpHeader.length(m.buf, at);
    if (field > length || field < UdpHeader.LENGTH || UdpHeader.destinationPort(m.buf, at) == 0) {
      stats.badlen++;
      vnet.drop(m, DropReason.UDP_BAD_LENGTH);
      return;
    }
    if (UdpHeader.checksum(m.buf, at) == 0) {
      stats.nosum++;
    } else if ((m.csumFlags & (Mbuf.CSUM_DATA_VALID | Mbuf.CSUM_DATA_DELAYED)) == 0
        && !UdpHeader.verifies(m.buf, at, Ip4Header.pseudo(m.buf, m.off, field))) {
      stats.badsum++;
      vnet.drop(m, DropReason.UDP_BAD_CHECKSUM);
      return;
    }
    UdpTunnels ports = tunnels;
    UdpTunnels.Receiver taker =
        ports == null ? null : ports.at(UdpHeader.destinationPort(m.buf, at));
    if (taker != null) {
      m.len = headerLength + field;
      taker.input(m, headerLength + UdpHeader.LENGTH, in.ifnet());
      return;
    }
    UdpTunnel through = tunnel;
    if (through != null && UdpHeader.destinationPort(m.buf, at) == through.port()) {
      through.input(m, headerLength, null);
      return;
    }
    int destination = Ip4Header.destination(m.buf, m.off);
    note(m, at, in);
    if (Ip4Address.isMulticast(destination) || isBroadcast(m, in, destination)) {
      toMany(m, at, field, in);
    } else {
      toOne(m, at, field, headerLength, in);
    }
  }

  private boolean isBroadcast(Mbuf m, InIfinfo in, int destination) {
    return destination == -1
        || (ip.addresses.find(destination) == null
            && in.isBroadcast(destination, ip.settings.broadcastLowest != 0));
  }

  private void note(Mbuf m, int at, InIfinfo in) {
    arrival.inet(
        Ip4Header.source(m.buf, m.off),
        UdpHeader.sourcePort(m.buf, at),
        Ip4Header.destination(m.buf, m.off));
    arrival.toPort = UdpHeader.destinationPort(m.buf, at);
    arrival.ttl = Ip4Header.ttl(m.buf, m.off);
    arrival.tos = Ip4Header.tos(m.buf, m.off);
    arrival.ifindex = in.ifnet().index();
  }

  // ---- one receiver ----

  private void toOne(Mbuf m, int at, int length, int headerLength, InIfinfo in) {
    Pcb p =
        table.lookup(
            Pcb.INET,
            arrival.fromHi,
            0,
            arrival.fromPort,
            arrival.toHi,
            0,
            UdpHeader.destinationPort(m.buf, at));
    if (p == null) {
      nobody(m, at);
      return;
    }
    if (!p.acceptsTtl(arrival.ttl)) {
      vnet.drop(m, DropReason.IP_TTL_EXCEEDED);
      return;
    }
    if (p instanceof UdpPcb four && four.receiver != null) {
      m.len = headerLength + length;
      four.receiver.input(m, headerLength + UdpHeader.LENGTH, in.ifnet());
      return;
    }
    if (p instanceof Udp6Pcb) {
      arrival.mapped();
    }
    if (append(p, m, at, length)) {
      vnet.mbufs().free(m);
    } else {
      stats.fullsock++;
      vnet.drop(m, DropReason.SOCKBUF_FULL);
    }
  }

  private boolean append(Pcb p, Mbuf m, int at, int length) {
    arrival.nanos = vnet.lane().now();
    return p.deliver(m.buf, at + UdpHeader.LENGTH, length - UdpHeader.LENGTH, arrival);
  }

  private void nobody(Mbuf m, int at) {
    if (settings.logInVain != 0) {
      log(m, at);
    }
    stats.noport++;
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0) {
      stats.noport--;
      stats.noportbcast++;
      vnet.drop(m, DropReason.UDP_NO_SOCKET_BROADCAST);
      return;
    }
    boolean silent =
        settings.blackhole != 0
            && (settings.blackholeLocal != 0
                || !ip.addresses.isLocal(Ip4Header.source(m.buf, m.off)));
    if (silent) {
      vnet.drop(m, DropReason.UDP_NO_SOCKET);
    } else if (!limit.allows(IcmpLimit.Class.UNREACH)) {
      vnet.drop(m, DropReason.ICMP_RATE_LIMIT);
    } else {
      errors.error(m, Icmp4Message.UNREACH, Icmp4Message.UNREACH_PORT, 0, DropReason.UDP_NO_SOCKET);
    }
  }

  private void log(Mbuf m, int at) {
    vnet.machine()
        .messages()
        .log(
            "Connection attempt to UDP "
                + Ip4Address.toString(Ip4Header.destination(m.buf, m.off))
                + ":"
                + UdpHeader.destinationPort(m.buf, at)
                + " from "
                + Ip4Address.toString(Ip4Header.source(m.buf, m.off))
                + ":"
                + UdpHeader.sourcePort(m.buf, at));
  }

  // ---- many receivers ----

  private void toMany(Mbuf m, int at, int length, InIfinfo in) {
    int port = UdpHeader.destinationPort(m.buf, at);
    int destination = (int) (arrival.toHi >>> 32);
    boolean group = Ip4Address.isMulticast(destination);
    boolean taken = false;
    for (Pcb p = table.chain(port); p != null; p = p.nextOfPort()) {
      if (p.localPort() != port || !matches(p, destination)) {
        continue;
      }
      if (group && !p.wants(in, arrival.toHi, 0, arrival.fromHi, 0)) {
        stats.filtermcast++;
        continue;
      }
      if (append(p, m, at, length)) {
        taken = true;
      } else {
        stats.fullsock++;
      }
    }
    if (taken) {
      vnet.mbufs().free(m);
    } else {
      stats.noportbcast++;
      vnet.drop(m, DropReason.UDP_NO_SOCKET_BROADCAST);
    }
  }

  /** Sockets of IPv6 get no groups and broadcasts of IPv4. */
  private boolean matches(Pcb p, int destination) {
    return p instanceof UdpPcb four
        && four.receiver == null
        && (p.isAnyLocal() || p.local4() == destination)
        && (!p.isConnected()
            || (p.foreignHi() == arrival.fromHi && p.foreignPort() == arrival.fromPort));
  }

  // ---- errors ----

  @Override
  public void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    Errno error = what.errno();
    int header = Ip4Header.headerLength(m.buf, quoted);
    if (error == null || quotedLength < header + UdpHeader.LENGTH) {
      return;
    }
    int at = quoted + header;
    UdpTunnel through = tunnel;
    if (through != null && UdpHeader.sourcePort(m.buf, at) == through.port()) {
      int inside = at + UdpHeader.LENGTH;
      if (quotedLength >= header + UdpHeader.LENGTH + 8) {
        int to = UdpHeader.destinationPort(m.buf, at);
        through.guest().tunneledError(error, m, quoted, inside, to, mtu, null);
      }
      return;
    }
    Pcb p =
        table.lookup(
            Pcb.INET,
            (long) Ip4Header.destination(m.buf, quoted) << 32,
            0,
            UdpHeader.destinationPort(m.buf, at),
            (long) Ip4Header.source(m.buf, quoted) << 32,
            0,
            UdpHeader.sourcePort(m.buf, at));
    if (p != null && p.isConnected()) {
      p.socket().fail(error);
    }
  }

  /** The pcbs, in order of birth. */
  public List<? extends Pcb> pcbs() {
    return List.copyOf(pcbs);
  }

  @Nullable Errno output(Mbuf m, UdpPcb from) {
    stats.opackets++;
    return from.transmit(m);
  }

  /**
   * Sends a datagram of an IPv6 socket to a mapped address: udp6_send's way into udp_send.
   *
   * @param pcb whose port, FIB and options count
   */
  @Nullable Errno output(
      byte[] data, int off, int len, Udp6Pcb pcb, int source, int destination, int port) {
    int length = UdpHeader.LENGTH + len;
    Mbuf m = vnet.mbufs().alloc(Ip4Header.LENGTH + length);
    int hops = pcb.mappedTtl();
    int tos = pcb.mappedTos();
    Ip4Header.put(
        m.buf, m.off, tos, m.len, 0, pcb.mappedFlags(), hops, IpProtocol.UDP, source, destination);
    int at = m.off + Ip4Header.LENGTH;
    UdpHeader.put(m.buf, at, pcb.localPort(), port, length);
    System.arraycopy(data, off, m.buf, at + UdpHeader.LENGTH, len);
    if (settings.checksum != 0) {
      UdpHeader.fillChecksum(m.buf, at, Ip4Header.pseudo(m.buf, m.off, length));
    }
    m.fib = pcb.mappedFib();
    stats.opackets++;
    return ip.output.output(m, pcb.mappedOutput(), null);
  }
}
