package cellblock.inet.raw;

import cellblock.inet.ip.Ip4;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Errors;
import cellblock.inet.ip6.Ip6Protocol;
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
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpProtocol;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Raw IPv6 of one vnet: copies what is behind the headers to every socket that wants it, and
 * answers "unknown next header" for what nobody knows (ancestor: rip6_input of netinet6/raw_ip6.c).
 * Threading: turns of the vnet's lane.
 */
public final class RawIp6 implements Ip6Protocol {
  final Vnet vnet;
  final Ip4 ip;
  final Ip6 ip6;
  final RawSettings settings;
  final PcbTable table;
  private final Ip6Errors errors;
  private final Arrival arrival;
  private Set<Raw6Pcb> pcbs = Set.of(); // an idle vnet has none

  public RawIp6(Ip4 ip, Ip6 ip6, RawSettings settings, Ip6Errors errors, Arrival arrival) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.ip6 = ip6;
    this.settings = settings;
    this.table = new PcbTable(ip6.random, ip.settings);
    this.errors = errors;
    this.arrival = arrival;
  }

  /** rip6_attach: EPERM without the privilege. */
  public SocketProtocol attach(Socket socket) throws ErrnoException {
    if (!socket.credential().has(Privilege.RAW)) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (socket.protocol() < 0 || socket.protocol() > 255) {
      throw new ErrnoException(Errno.EPROTONOSUPPORT);
    }
    socket.reserve(settings.maxdgram, settings.recvspace);
    Raw6Pcb pcb = new Raw6Pcb(socket, this);
    if (pcbs.isEmpty()) {
      pcbs = new LinkedHashSet<>(4);
    }
    pcbs.add(pcb);
    return pcb;
  }

  void forget(Raw6Pcb pcb) {
    if (!pcbs.isEmpty()) {
      pcbs.remove(pcb);
    }
  }

  /** Lets sockets forget an interface that leaves. */
  public void purge(In6Ifinfo gone) {
    List.copyOf(pcbs).forEach(p -> p.purge(gone));
  }

  @Override
  public void input(Mbuf m, int header, int protocol, In6Ifinfo in) {
    boolean wanted = false;
    boolean full = false;
    if (!pcbs.isEmpty()) {
      arrival.inet6(m.buf, m.off, 0, in.ifnet().index());
      arrival.headers(m.buf, m.off, header - cellblock.wire.Ip6Header.LENGTH);
      arrival.nanos = vnet.lane().now();
      for (Raw6Pcb p : pcbs) {
        if (matches(p, protocol, in) && p.takes(m, header, protocol)) {
          wanted = true;
          full |= !p.deliver(m.buf, m.off + header, m.len - header, arrival);
        }
      }
    }
    if (full) {
      vnet.drops().count(DropReason.SOCKBUF_FULL);
    }
    if (wanted) {
      vnet.mbufs().free(m);
    } else if (protocol == IpProtocol.ICMPV6) {
      vnet.drop(m, DropReason.CONSUMED);
    } else {
      ip6.stats.delivered--;
      errors.error(
          m,
          in,
          Icmp6Message.PARAM_PROB,
          Icmp6Message.PARAMPROB_NEXTHEADER,
          nextHeaderField(m, header),
          DropReason.IP_NO_PROTOCOL);
    }
  }

  /** Where the field stands that named what follows {@code header} bytes. */
  private static int nextHeaderField(Mbuf m, int header) {
    int field = 6;
    int at = cellblock.wire.Ip6Header.LENGTH;
    while (at < header) {
      int kind = m.buf[m.off + field] & 0xff;
      int after =
          cellblock.wire.Ip6Header.isExtension(kind)
              ? cellblock.wire.Ip6Header.skip(m.buf, kind, m.off + at, m.off + m.len)
              : -1;
      if (after < 0) {
        return field;
      }
      field = at;
      at = after - m.off;
    }
    return field;
  }

  private boolean matches(Raw6Pcb p, int protocol, In6Ifinfo in) {
    int wanted = p.socket().protocol();
    if ((wanted != 0 && wanted != IpProtocol.RAW && wanted != protocol)
        || (!p.isAnyLocal() && (p.localHi() != arrival.toHi || p.localLo() != arrival.toLo))
        || (p.isConnected() && (p.foreignHi() != arrival.fromHi || p.foreignLo() != arrival.fromLo))
        || !p.inZone(in)
        || !p.acceptsTtl(arrival.ttl)) {
      return false;
    }
    // The kernel's own groups are heard by everybody, as ff02::1 must be for ping6 and rtsol.
    return !Ip6Address.isMulticast(arrival.toHi)
        || (in.group(arrival.toHi, arrival.toLo) != null && Ip6.isLinkScoped(arrival.toHi))
        || p.wants(in, arrival.toHi, arrival.toLo, arrival.fromHi, arrival.fromLo);
  }

  /** The pcbs, in order of birth. */
  public List<? extends Pcb> pcbs() {
    return List.copyOf(pcbs);
  }
}
