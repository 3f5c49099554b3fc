package cellblock.inet.tcp;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.pcb.PcbTable;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.route.Nexthop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * TCP of one vnet: its rooms, wired by final fields (ancestor: tcp_init, tcp_usr_attach of
 * netinet/tcp_subr.c and tcp_usrreq.c). Threading: turns of the vnet's lane.
 */
public final class Tcp implements Ip4Protocol {
  /** A millisecond in nanoseconds. */
  static final long MS = 1_000_000;

  /** IPv4 and TCP headers without options. */
  private static final int HEADERS = 40;

  final Vnet vnet;
  final Ip4 ip;
  final TcpStats stats;
  public final TcpSettings settings;
  final PcbTable table;
  final ProtoSwitch sockets;
  final IssGenerator iss;
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

  /** The segment size that the way to {@code destination} carries: tcp_maxmtu. */
  int localMss(int fib, int destination) {
    Nexthop nh = ip.routes.lookup4(fib, destination, 0);
    int mtu = nh == null ? settings.mssdflt.get() + HEADERS : nh.mtu();
    return Math.clamp(mtu - HEADERS, 64, 65535 - HEADERS);
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    input.input(m, headerLength);
  }

  @Override
  public void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    control.control(what, m, quoted, quotedLength, mtu);
  }
}
