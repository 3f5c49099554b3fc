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
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.IpAddress;
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
  final HostCache hostCache;
  final FastOpen fastOpen;

  /** IPv6, while it is there. */
  @Nullable TcpInet6 inet6;

  /** The congestion control and the stack of connections. */
  final TcpChoice choice;

  final Signatures signatures = new Signatures();
  final TcpOutput output;
  final Syncache syncache;
  private @Nullable StateProbe probe;
  private final TcpInput input;
  private final TcpControl control;
  private final Set<Tcb> pcbs = new LinkedHashSet<>(4);

  Tcp(Ip4 ip, TcpStats stats, TcpSettings settings, ProtoSwitch sockets, IcmpLimit limit) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
    this.sockets = sockets;
    this.choice = new TcpChoice(this);
    this.table = new PcbTable(ip.random, ip.settings);
    this.inet = new TcpInet(this);
    this.hostCache = new HostCache(this);
    this.fastOpen = new FastOpen(this);
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

  /** Whom changes of state are told; null for nobody. */
  public void probe(@Nullable StateProbe to) {
    probe = to;
  }

  void changed(Tcb t, TcpState from, TcpState to) {
    StateProbe p = probe;
    if (p != null) {
      p.changed(t.toString(), from, to);
    }
  }

  /** The pcbs, in order of birth. */
  public List<? extends Pcb> pcbs() {
    return List.copyOf(pcbs);
  }

  /** setkey(8): segments from one address to another are signed (TCP_MD5SIG). */
  public void signatureKey(IpAddress from, IpAddress to, int spi, byte[] key)
      throws ErrnoException {
    signatures.add(new SignatureKey(from, to, spi, key));
  }

  /** setkey's delete. */
  public void forgetSignatureKey(IpAddress from, IpAddress to, int spi) throws ErrnoException {
    signatures.delete(from, to, spi);
  }

  /** setkey -D. */
  public List<SignatureKey> signatureKeys() {
    return signatures.all();
  }

  /** setkey -F. */
  public void flushSignatureKeys() {
    signatures.flush();
  }

  /** Half-open connections: net.inet.tcp.syncache.count. */
  public int syncacheCount() {
    return syncache.size();
  }

  /** What is known of hosts is forgotten: net.inet.tcp.hostcache.purgenow. */
  public void purgeHostCache() {
    hostCache.purge();
    TcpInet6 six = inet6;
    if (six != null) {
      six.forgetPaths();
    }
  }

  /** net.inet.tcp.fastopen.client_enable. */
  public boolean fastOpenClient() {
    return fastOpen.clientEnabled();
  }

  /** Sets {@link #fastOpenClient()}; off forgets all cookies. */
  public void fastOpenClient(boolean on) {
    fastOpen.clientEnabled(on);
  }

  /** net.inet.tcp.fastopen.setkey: EINVAL unless 32 hexadecimal digits. */
  public void fastOpenKey(String hex) throws ErrnoException {
    if (!fastOpen.setKey(hex)) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** net.inet.tcp.fastopen.numkeys. */
  public int fastOpenKeys() {
    return fastOpen.numberOfKeys();
  }

  /** net.inet.tcp.cc.algorithm. */
  public String algorithm() {
    return choice.algorithm();
  }

  /** Sets {@link #algorithm()}: ESRCH for a name that nobody knows. */
  public void algorithm(String name) throws ErrnoException {
    choice.algorithm(name);
  }

  /** net.inet.tcp.cc.available. */
  public String algorithms() {
    StringBuilder all = new StringBuilder("\nCCmod           D PCB count\n");
    for (String name : choice.algorithms()) {
      long users = pcbs.stream().filter(t -> t.cc.name().equals(name)).count();
      String mark = name.equals(algorithm()) ? "*" : " ";
      all.append(String.format("%-15s %s %d\n", name, mark, users));
    }
    return all.toString();
  }

  /** net.inet.tcp.functions_default. */
  public String stack() {
    return choice.stack();
  }

  /** Sets {@link #stack()}: ENOENT for a name that nobody knows. */
  public void stack(String name) throws ErrnoException {
    choice.stack(name);
  }

  /** net.inet.tcp.functions_available. */
  public String stacks() {
    StringBuilder all = new StringBuilder();
    all.append(String.format("\n%-32s%c %-32s %s\n", "Stack", 'D', "Alias", "PCB count"));
    for (String name : choice.stacks()) {
      long users = pcbs.stream().filter(t -> t.stack.name().equals(name)).count();
      char mark = name.equals(stack()) ? '*' : ' ';
      all.append(String.format("%-32s%c %-32s %d\n", name, mark, name, users));
    }
    return all.toString();
  }

  /** A stack is unloaded: who uses it goes back to TCP's own. */
  void leaveStack(String name) {
    choice.leaveStack(name);
    pcbs.stream().filter(t -> t.stack.name().equals(name)).forEach(choice::backToBase);
  }

  /** net.inet.tcp.hostcache.list. */
  public String hostCacheList() {
    return hostCache.list();
  }

  /** net.inet.tcp.hostcache.count. */
  public int hostCacheCount() {
    return hostCache.size();
  }

  /** The shutdown stage: no timers, no half-open connections. */
  public void stop() {
    syncache.stop();
    choice.stop();
  }

  /** IPv6 comes, or leaves. */
  void inet6(@Nullable Ip6 ip6) {
    inet6 = ip6 == null ? null : new TcpInet6(this, ip6);
  }

  /** The segment size that the way to a peer carries. */
  int localMss(TcpDomain domain, int fib, long hi, long lo, int udpPort) {
    int mtu = domain.mtu(fib, hi, lo);
    HostCache.Entry known = hostCache.of(domain, hi, lo);
    if (known != null && known.mtu > 0) {
      mtu = Math.min(mtu, known.mtu);
    }
    int headers = domain.headers() + (udpPort == 0 ? 0 : settings.udpTunnelingOverhead.get());
    return mtu == 0 ? domain.defaultMss() : Math.max(mtu - headers, 1);
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
      control.error6(six, error, m, quoted, upper, 0, mtu, in);
    }
  }

  void tunneled(Mbuf m, int header, int fromPort, @Nullable In6Ifinfo in) {
    if (in != null && inet6 == null) {
      vnet.drop(m, DropReason.IP_NO_PROTOCOL);
    } else {
      input.tunneled(m, header, fromPort, in);
    }
  }

  void tunneledError(
      Errno error, Mbuf m, int quoted, int at, int toPort, int mtu, @Nullable In6Ifinfo in) {
    TcpInet6 six = inet6;
    if (in == null) {
      control.error4(error, m, quoted, at, toPort, mtu);
    } else if (six != null) {
      control.error6(six, error, m, quoted, at, toPort, mtu, in);
    }
  }
}
