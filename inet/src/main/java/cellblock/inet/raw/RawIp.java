package cellblock.inet.raw;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip.Ip4Errors;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.pcb.PcbTable;
import cellblock.inet.socket.Arrival;
import cellblock.inet.socket.Privilege;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Raw IPv4 of one vnet: copies packets to every socket that wants them, and answers "no such
 * protocol" for what nobody knows (ancestor: rip_input of netinet/raw_ip.c). Threading: turns of
 * the vnet's lane.
 */
public final class RawIp implements Ip4Protocol {
  final Vnet vnet;
  final Ip4 ip;
  final RawSettings settings;
  final PcbTable table;
  private final Ip4Errors errors;
  private final IcmpLimit limit;
  private final Arrival arrival;
  private Set<RawPcb> pcbs = Set.of(); // an idle vnet has none

  public RawIp(Ip4 ip, RawSettings settings, Ip4Errors errors, IcmpLimit limit, Arrival arrival) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.settings = settings;
    this.table = new PcbTable(ip.random, ip.settings);
    this.errors = errors;
    this.arrival = arrival;
    this.limit = limit;
  }

  /** rip_attach: EPERM without the privilege. */
  public SocketProtocol attach(Socket socket) throws ErrnoException {
    if (!socket.credential().has(Privilege.RAW)) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (socket.protocol() < 0 || socket.protocol() > 255) {
      throw new ErrnoException(Errno.EPROTONOSUPPORT);
    }
    socket.reserve(settings.maxdgram, settings.recvspace);
    RawPcb pcb = new RawPcb(socket, this);
    if (pcbs.isEmpty()) {
      pcbs = new LinkedHashSet<>(4);
    }
    pcbs.add(pcb);
    return pcb;
  }

  void forget(RawPcb pcb) {
    if (!pcbs.isEmpty()) {
      pcbs.remove(pcb);
    }
  }

  /** Lets sockets forget an interface that leaves. */
  public void purge(InIfinfo gone) {
    List.copyOf(pcbs).forEach(p -> p.purge(gone));
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    int protocol = Ip4Header.protocol(m.buf, m.off);
    boolean wanted = false;
    boolean full = false;
    if (!pcbs.isEmpty()) {
      note(m, in);
      for (RawPcb p : pcbs) {
        if (matches(p, protocol, in)) {
          wanted = true;
          full |= !p.deliver(m.buf, m.off, m.len, arrival);
        }
      }
    }
    if (wanted) {
      if (full) {
        vnet.drops().count(DropReason.SOCKBUF_FULL);
      }
      vnet.mbufs().free(m);
    } else {
      nobody(m, protocol);
    }
  }

  private void note(Mbuf m, InIfinfo in) {
    arrival.inet(Ip4Header.source(m.buf, m.off), 0, Ip4Header.destination(m.buf, m.off));
    arrival.ttl = Ip4Header.ttl(m.buf, m.off);
    arrival.tos = Ip4Header.tos(m.buf, m.off);
    arrival.ifindex = in.ifnet().index();
    arrival.nanos = vnet.lane().now();
  }

  private boolean matches(RawPcb p, int protocol, InIfinfo in) {
    int wanted = p.socket().protocol();
    if ((wanted != 0 && wanted != IpProtocol.RAW && wanted != protocol)
        || (!p.isAnyLocal() && p.localHi() != arrival.toHi)
        || (p.isConnected() && p.foreignHi() != arrival.fromHi)
        || !p.acceptsTtl(arrival.ttl)) {
      return false;
    }
    int destination = (int) (arrival.toHi >>> 32);
    if (!Ip4Address.isMulticast(destination)) {
      return true;
    }
    // As FreeBSD: routing programs hear of groups that they did not join on IGMP and PIM.
    return wanted == IpProtocol.IGMP
        || wanted == IpProtocol.PIM
        || p.wants(in, arrival.toHi, 0, arrival.fromHi, 0);
  }

  private void nobody(Mbuf m, int protocol) {
    boolean known =
        protocol == IpProtocol.ICMP || protocol == IpProtocol.IGMP || protocol == IpProtocol.UDP;
    if (known) {
      vnet.drop(m, DropReason.CONSUMED);
      return;
    }
    ip.stats.noproto++;
    ip.stats.delivered--;
    if (limit.allows(IcmpLimit.Class.UNREACH)) {
      errors.error(
          m, Icmp4Message.UNREACH, Icmp4Message.UNREACH_PROTOCOL, 0, DropReason.IP_NO_PROTOCOL);
    } else {
      vnet.drop(m, DropReason.ICMP_RATE_LIMIT);
    }
  }

  @Override
  public void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    // rip_ctlinput tells the sockets nothing about errors.
  }

  /** The pcbs, in order of birth. */
  public List<? extends Pcb> pcbs() {
    return List.copyOf(pcbs);
  }
}
