package cellblock.inet.tcp;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Protocol;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.pcb.PcbTable;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one vnet: its rooms, wired by final fields (ancestor: tcp_init, tcp_usr_attach of
 * netinet/tcp_subr.c and tcp_usrreq.c). Threading: turns of the vnet's lane.
 */
public final class Tcp implements Ip4Protocol, Ip6Protocol {
  /** A millisecond in nanoseconds. */
  static final long MS = 1_000_000;

  final Vnet vnet;
  final Ip4 ip;
  final TcpStats stats;
  public final TcpSettings settings;
  final PcbTable table;
  final ProtoSwitch sockets;
  final IssGenerator iss;
  final TcpInet inet;

  /** IPv6, while it is there. */
  @Nullable TcpInet6 inet6;

  final TcpOutput output;
  final Syncache syncache;
  private final TcpInput input;
  private final TcpControl control;
  private final Set<Tcb> pcbs = new LinkedHashSet<>(4);

  Tcp(Ip4 ip, TcpStats stats, TcpSettings settings, ProtoSwitch sockets, IcmpLimit limit) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
    this.sockets = sockets;
    this.table = new PcbTable(ip.random, ip.settings);
    this.inet = new TcpInet(this);
    this.iss = new IssGenerator(vnet, ip.random);
    this.output = new TcpOutput(this);
    this.syncache = new Syncache(this);
    this.input = new TcpInput(this, limit);
    this.control = new TcpControl(this);
  }

  /** tcp_usr_attach. */
  public SocketProtocol attach(Socket socket) {
    socket.reserve(settings.sendspace.get(), settings.recvspace.get());
    Tcb t = new Tcb(socket, this);
    pcbs.add(t);
    return t;
  }

  void forget(Tcb t) {
    pcbs.remove(t);
  }

  /** Lets sockets forget an interface that leaves. */
  public void purge(InIfinfo gone) {
    List.copyOf(pcbs).forEach(p -> p.purge(gone));
  }

  /** The pcbs, in order of birth. */
  public List<? extends Pcb> pcbs() {
    return List.copyOf(pcbs);
  }

  /** Half-open connections: net.inet.tcp.syncache.count. */
  public int syncacheCount() {
    return syncache.size();
  }

  /** The shutdown stage: no timers, no half-open connections. */
  public void stop() {
    syncache.stop();
  }

  /** IPv6 comes, or leaves. */
  void inet6(@Nullable Ip6 ip6) {
    inet6 = ip6 == null ? null : new TcpInet6(this, ip6);
  }

  /** The segment size that the way to a peer carries. */
  int localMss(TcpDomain domain, int fib, long hi, long lo) {
    int mtu = domain.mtu(fib, hi, lo);
    return mtu == 0 ? domain.defaultMss() : Math.clamp(mtu - domain.headers(), 64, 65535);
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    input.input(m, headerLength);
  }

  @Override
  public void input(Mbuf m, int header, int protocol, In6Ifinfo in) {
    TcpInet6 six = inet6;
    if (six == null) {
      vnet.drop(m, DropReason.IP_NO_PROTOCOL);
    } else {
      input.input6(six, m, header, in);
    }
  }

  @Override
  public void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    control.control(what, m, quoted, quotedLength, mtu);
  }

  @Override
  public void control(@Nullable Errno error, Mbuf m, int quoted, int upper, int mtu, In6Ifinfo in) {
    TcpInet6 six = inet6;
    if (six != null && error != null) {
      control.control6(six, error, m, quoted, upper, mtu, in);
    }
  }
}
