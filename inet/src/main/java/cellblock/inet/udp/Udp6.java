package cellblock.inet.udp;

import cellblock.inet.ip.Ip4;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Errors;
import cellblock.inet.ip6.Ip6Protocol;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.pcb.PcbTable;
import cellblock.inet.socket.Arrival;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * UDP over IPv6 of one vnet (ancestor: udp6_input, udp6_ctlinput of netinet6/udp6_usrreq.c). Its
 * counters are UDP's. Threading: turns of the vnet's lane.
 */
public final class Udp6 implements Ip6Protocol {
  final Vnet vnet;
  final Ip4 ip;
  final Ip6 ip6;
  final UdpStats stats;
  final UdpSettings settings;
  final PcbTable table;
  final Udp udp;
  private final Ip6Errors errors;
  private final Arrival arrival;
  private Set<Udp6Pcb> pcbs = Set.of(); // an idle vnet has none
  private @Nullable UdpTunnels tunnels; // most vnets have none

  public Udp6(Udp udp, Ip6 ip6, Ip6Errors errors, Arrival arrival) {
    Ip4 ip = udp.ip;
    this.udp = udp;
    this.vnet = ip.vnet;
    this.ip = ip;
    this.ip6 = ip6;
    this.stats = udp.stats;
    this.settings = udp.settings;
    this.table = udp.table; // one for both families, as udbinfo
    this.errors = errors;
    this.arrival = arrival;
  }

  /** udp6_attach. */
  public SocketProtocol attach(Socket socket) {
    socket.reserve(settings.maxdgram, settings.recvspace);
    Udp6Pcb pcb = new Udp6Pcb(socket, this);
    if (pcbs.isEmpty()) {
      pcbs = new LinkedHashSet<>(4);
    }
    pcbs.add(pcb);
    return pcb;
  }

  void forget(Udp6Pcb pcb) {
    if (!pcbs.isEmpty()) {
      pcbs.remove(pcb);
    }
  }

  /** Lets sockets forget an interface that leaves. */
  public void purge(In6Ifinfo gone) {
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

  @Override
  public void input(Mbuf m, int header, int protocol, In6Ifinfo in) {
    vnet.room(m, "Udp6Input");
    stats.ipackets++;
    int at = m.off + header;
    int length = m.len - header;
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
    boolean known = (m.csumFlags & (Mbuf.CSUM_DATA_VALID | Mbuf.CSUM_DATA_DELAYED)) != 0;
    int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.UDP, field);
    if (UdpHeader.checksum(m.buf, at) == 0 && !known) {
      stats.nosum++; // RFC 8200 section 8.1: not without
      vnet.drop(m, DropReason.UDP_BAD_CHECKSUM);
      return;
    }
    if (!known && !UdpHeader.verifies(m.buf, at, pseudo)) {
      stats.badsum++;
      vnet.drop(m, DropReason.UDP_BAD_CHECKSUM);
      return;
    }
    UdpTunnels ports = tunnels;
    UdpTunnels.Receiver taker =
        ports == null ? null : ports.at(UdpHeader.destinationPort(m.buf, at));
    if (taker != null) {
      m.len = header + field;
      taker.input(m, header + UdpHeader.LENGTH, in.ifnet());
      return;
    }
    UdpTunnel through = udp.tunnel();
    if (through != null && UdpHeader.destinationPort(m.buf, at) == through.port()) {
      through.input(m, header, in);
      return;
    }
    note(m, at, in);
    if (Ip6Address.isMulticast(arrival.toHi)) {
      toMany(m, at, field, in);
    } else {
      toOne(m, at, field, header, in);
    }
  }

  private void note(Mbuf m, int at, In6Ifinfo in) {
    arrival.inet6(m.buf, m.off, UdpHeader.sourcePort(m.buf, at), in.ifnet().index());
    arrival.toPort = UdpHeader.destinationPort(m.buf, at);
    arrival.headers(m.buf, m.off, at - m.off - Ip6Header.LENGTH);
  }

  private void toOne(Mbuf m, int at, int length, int header, In6Ifinfo in) {
    Pcb p =
        table.lookup(
            Pcb.INET6,
            arrival.fromHi,
            arrival.fromLo,
            arrival.fromPort,
            arrival.toHi,
            arrival.toLo,
            UdpHeader.destinationPort(m.buf, at));
    if (!(p instanceof Udp6Pcb six) || !six.inZone(in)) {
      nobody(m, in);
      return;
    }
    if (!p.acceptsTtl(arrival.ttl)) {
      vnet.drop(m, DropReason.IP_TTL_EXCEEDED);
    } else if (six.receiver != null) {
      m.len = header + length;
      six.receiver.input(m, header + UdpHeader.LENGTH, in.ifnet());
    } else if (append(p, m, at, length)) {
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

  private void nobody(Mbuf m, In6Ifinfo in) {
    stats.noport++;
    if (settings.blackhole != 0) {
      vnet.drop(m, DropReason.UDP_NO_SOCKET);
    } else {
      errors.error(
          m, in, Icmp6Message.UNREACH, Icmp6Message.UNREACH_NOPORT, 0, DropReason.UDP_NO_SOCKET);
    }
  }

  private void toMany(Mbuf m, int at, int length, In6Ifinfo in) {
    int port = UdpHeader.destinationPort(m.buf, at);
    boolean taken = false;
    for (Pcb p = table.chain(port); p != null; p = p.nextOfPort()) {
      if (p.localPort() != port || !(p instanceof Udp6Pcb six) || !matches(p)) {
        continue;
      }
      if (!six.wants(in, arrival.toHi, arrival.toLo, arrival.fromHi, arrival.fromLo)) {
        stats.filtermcast++;
      } else if (append(p, m, at, length)) {
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

  private boolean matches(Pcb p) {
    return (p.versions() & Pcb.INET6) != 0
        && !(p instanceof Udp6Pcb six && six.receiver != null)
        && (p.isAnyLocal() || (p.localHi() == arrival.toHi && p.localLo() == arrival.toLo))
        && (!p.isConnected()
            || (p.foreignHi() == arrival.fromHi
                && p.foreignLo() == arrival.fromLo
                && p.foreignPort() == arrival.fromPort));
  }

  @Override
  public void control(@Nullable Errno error, Mbuf m, int quoted, int upper, int mtu, In6Ifinfo in) {
    UdpTunnel through = udp.tunnel();
    if (error != null
        && through != null
        && UdpHeader.sourcePort(m.buf, upper) == through.port()
        && m.off + m.len >= upper + UdpHeader.LENGTH + 8) {
      int to = UdpHeader.destinationPort(m.buf, upper);
      int inside = upper + UdpHeader.LENGTH;
      through.guest().tunneledError(error, m, quoted, inside, to, mtu, in);
      return;
    }
    if (error == null || error == Errno.EMSGSIZE) {
      return; // UDP's packets are cut to the path's size from now on
    }
    Pcb p =
        table.lookup(
            Pcb.INET6,
            Ip6Header.destinationHi(m.buf, quoted),
            Ip6Header.destinationLo(m.buf, quoted),
            UdpHeader.destinationPort(m.buf, upper),
            Ip6Header.sourceHi(m.buf, quoted),
            Ip6Header.sourceLo(m.buf, quoted),
            UdpHeader.sourcePort(m.buf, upper));
    if (p != null && p.isConnected()) {
      p.socket().fail(error);
    }
  }

  /** The pcbs, in order of birth. */
  public List<? extends Pcb> pcbs() {
    return List.copyOf(pcbs);
  }

  /** Which family the sockets here are of. */
  public Family family() {
    return Family.INET6;
  }
}
