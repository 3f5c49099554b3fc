package cellblock.inet.pcb;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Output;
import cellblock.inet.ip.IpMoptions;
import cellblock.inet.mcast.GroupIfinfo;
import cellblock.inet.mcast.Multicast;
import cellblock.inet.mcast.Wanted;
import cellblock.inet.socket.Arrival;
import cellblock.inet.socket.CmsgType;
import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Privilege;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketProtocol;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol knows of one socket: its addresses and ports, and the options that all internet
 * protocols share (ancestor: struct inpcb, netinet/in_pcb.c). Addresses are left-aligned keys for
 * both families. Threading: turns of the vnet's lane.
 */
public abstract class Pcb implements SocketProtocol {
  /** INP_IPV4: packets of IPv4 can be meant. */
  public static final int INET = 1;

  /** INP_IPV6: packets of IPv6 can be meant. */
  public static final int INET6 = 2;

  protected final Socket socket;
  protected final Ip4 ip;
  protected final PcbTable table;
  private final Ledger.Entry line;

  /** {@link #INET}, {@link #INET6}, or both: inp_vflag. */
  int versions;

  long localHi;
  long localLo;
  int localPort;
  long foreignHi;
  long foreignLo;
  int foreignPort;
  private boolean connected;
  private boolean detached;
  private boolean localChosen;
  @Nullable Pcb nextInPort;
  @Nullable Pcb nextInTuple;

  /** Bits of {@link CmsgType}: what is wanted with each datagram. */
  private int asked;

  /** Whether each option of {@link SocketOption} is on, by ordinal. */
  private long options;

  private int tos;
  private int ttl = -1;
  private int minimumTtl;
  private int portRange;
  private int fib;
  private int pcp = -1;
  private byte[] ipOptions = {};
  private @Nullable IpMoptions multicast;
  private final MulticastMembers members;

  protected Pcb(Socket socket, Ip4 ip, PcbTable table) {
    this(socket, ip, table, ip.multicast);
  }

  /** With the groups of either family. */
  Pcb(Socket socket, Ip4 ip, PcbTable table, Multicast groups) {
    this.socket = socket;
    this.ip = ip;
    this.table = table;
    this.members = new MulticastMembers(groups);
    this.versions = socket.family() == Family.INET ? INET : INET6;
    this.line = ip.vnet.ledger().enter(LedgerKind.PCB, this, null);
  }

  // ---- addresses ----

  /** {@link #INET}, {@link #INET6}, or both. */
  public final int versions() {
    return versions;
  }

  /** Sets what packets can be meant; before the pcb is bound. */
  protected final void versions(int now) {
    versions = now;
  }

  public boolean isConnected() {
    return connected;
  }

  public boolean isAnyLocal() {
    return (localHi | localLo) == 0;
  }

  public long localHi() {
    return localHi;
  }

  public long localLo() {
    return localLo;
  }

  public long foreignHi() {
    return foreignHi;
  }

  public long foreignLo() {
    return foreignLo;
  }

  /** The next pcb in the chain of a local port; look at its port. */
  public @Nullable Pcb nextOfPort() {
    return nextInPort;
  }

  /** The local IPv4 address as bits. */
  public int local4() {
    return (int) (localHi >>> 32);
  }

  /** The peer's IPv4 address as bits. */
  public int foreign4() {
    return (int) (foreignHi >>> 32);
  }

  public Socket socket() {
    return socket;
  }

  @Override
  public IpAddress localAddress() {
    return IpAddress.ofKey(socket.family(), localHi, localLo);
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public @Nullable IpAddress foreignAddress() {
    return connected ? IpAddress.ofKey(socket.family(), foreignHi, foreignLo) : null;
  }

  @Override
  public int foreignPort() {
    return foreignPort;
  }

  // ---- bind ----

  @Override
  public void bind(IpAddress address, int port) throws ErrnoException {
    if (localPort != 0 || !isAnyLocal()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (port < 0 || port > 65535) {
      throw new ErrnoException(Errno.EINVAL);
    }
    checkLocal(address);
    boolean reuse =
        has(SocketOption.SO_REUSEADDR)
            || has(SocketOption.SO_REUSEPORT)
            || has(SocketOption.SO_REUSEPORT_LB);
    int chosen = port;
    if (port == 0) {
      chosen = table.choosePort(versions, address.hi(), address.lo(), portRange, !reuse);
    } else {
      checkPort(address, port, reuse);
    }
    localHi = address.hi();
    localLo = address.lo();
    localPort = chosen;
    table.insertPort(this);
  }

  private void checkPort(IpAddress address, int port, boolean reuse) throws ErrnoException {
    if (table.isReserved(port) && !socket.credential().has(Privilege.RESERVED_PORT)) {
      throw new ErrnoException(Errno.EACCES);
    }
    Pcb other = table.lookupLocal(versions, address.hi(), address.lo(), port, !reuse);
    if (other != null && !shares(other, address)) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
  }

  /** SO_REUSEPORT on both sides; for a multicast address SO_REUSEADDR does, too. */
  private boolean shares(Pcb other, IpAddress address) {
    if (has(SocketOption.SO_REUSEPORT) && other.has(SocketOption.SO_REUSEPORT)
        || has(SocketOption.SO_REUSEPORT_LB) && other.has(SocketOption.SO_REUSEPORT_LB)) {
      return true;
    }
    return address.isMulticast()
        && (has(SocketOption.SO_REUSEADDR) || has(SocketOption.SO_REUSEPORT))
        && (other.has(SocketOption.SO_REUSEADDR) || other.has(SocketOption.SO_REUSEPORT));
  }

  /** EADDRNOTAVAIL unless the address is ours, a group, a broadcast, or none. */
  protected void checkLocal(IpAddress address) throws ErrnoException {
    boolean fine =
        address.isUnspecified()
            || address.isMulticast()
            || has(SocketOption.IP_BINDANY)
            || (address instanceof Ip4Address four
                && ip.addresses.withAddress(four.bits(), ip.settings.broadcastLowest != 0) != null);
    if (!fine) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
  }

  // ---- connect ----

  /** Gives the socket a peer, and what it still lacks on this side: in_pcbconnect. */
  protected final void connectTo(IpAddress address, int port, boolean withPort)
      throws ErrnoException {
    if (connected) {
      throw new ErrnoException(Errno.EISCONN);
    }
    if (withPort && (port <= 0 || port > 65535)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    IpAddress peer = peer(address);
    long hi = localHi;
    long lo = localLo;
    if (isAnyLocal()) {
      IpAddress local = localFor(peer);
      hi = local.hi();
      lo = local.lo();
    }
    if (withPort && localPort != 0 && exact(peer.hi(), peer.lo(), port, hi, lo, localPort)) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
    if (withPort && localPort == 0) {
      localPort = table.choosePort(versions, hi, lo, portRange, true);
      table.insertPort(this);
    }
    if (isAnyLocal()) {
      localHi = hi;
      localLo = lo;
      localChosen = true;
    }
    foreignHi = peer.hi();
    foreignLo = peer.lo();
    foreignPort = port;
    connected = true;
    if (withPort) {
      table.insertTuple(this);
    }
  }

  /** Whom a connect means. */
  protected IpAddress peer(IpAddress address) throws ErrnoException {
    return wild((Ip4Address) address);
  }

  /** The address to send from to a peer. */
  protected IpAddress localFor(IpAddress peer) throws ErrnoException {
    return new Ip4Address(chooseSource(((Ip4Address) peer).bits()));
  }

  private boolean exact(long peerHi, long peerLo, int peerPort, long hi, long lo, int port) {
    Pcb other = table.lookup(versions, peerHi, peerLo, peerPort, hi, lo, port);
    return other != null && other != this && other.isConnected();
  }

  /**
   * Nobody and everybody mean the first address, as long as net.inet.ip.connect_inaddr_wild says
   * so.
   */
  private Ip4Address wild(Ip4Address peer) throws ErrnoException {
    InAddress first = ip.addresses.first();
    if (peer.isUnspecified() && first != null) {
      if (ip.settings.connectInaddrWild == 0) {
        throw new ErrnoException(Errno.ENETUNREACH);
      }
      return new Ip4Address(first.address());
    }
    if (peer.isBroadcast() && first != null && first.hasBroadcast()) {
      return new Ip4Address(first.broadcast());
    }
    return peer;
  }

  /** The address to send from: in_pcbladdr. */
  protected final int chooseSource(int destination) throws ErrnoException {
    IpMoptions o = multicast;
    if (Ip4Address.isMulticast(destination) && o != null && o.out != null) {
      InAddress a = o.out.primary();
      if (a == null) {
        throw new ErrnoException(Errno.EADDRNOTAVAIL);
      }
      return a.address();
    }
    InAddress a = ip.output.sourceFor(fib, destination);
    if (a == null) {
      a = ip.addresses.withNet(destination);
    }
    if (a == null) {
      throw new ErrnoException(Errno.ENETUNREACH);
    }
    return a.address();
  }

  /** Takes the addresses of a connection that came to a listening socket: in_pcbconnect of it. */
  protected final void arrived(
      long toHi, long toLo, int toPort, long fromHi, long fromLo, int fromPort) {
    localHi = toHi;
    localLo = toLo;
    localPort = toPort;
    foreignHi = fromHi;
    foreignLo = fromLo;
    foreignPort = fromPort;
    connected = true;
    table.insertPort(this);
    table.insertTuple(this);
  }

  /** Takes the options of a listening socket: solisten's heritage. */
  protected final void inheritOptions(Pcb from) {
    options = from.options;
    tos = from.tos;
    ttl = from.ttl;
    minimumTtl = from.minimumTtl;
    portRange = from.portRange;
    fib = from.fib;
    pcp = from.pcp;
    ipOptions = from.ipOptions;
  }

  /** Leaves the tables while the socket lives on: in_pcbdrop. */
  protected final void leaveTables() {
    boolean bound = localPort != 0;
    unconnect(bound);
    if (bound) {
      table.removePort(this);
      localPort = 0;
    }
  }

  /** Forgets the peer: in_pcbdisconnect. */
  protected final void unconnect(boolean withPort) {
    if (connected) {
      if (withPort) {
        table.removeTuple(this);
      }
      connected = false;
      foreignHi = 0;
      foreignLo = 0;
      foreignPort = 0;
      if (localChosen) {
        localHi = 0;
        localLo = 0;
        localChosen = false;
      }
    }
  }

  /** Gives the socket a port of its own, if it has none yet. */
  protected final void ensurePort() throws ErrnoException {
    if (localPort == 0) {
      localPort = table.choosePort(versions, localHi, localLo, portRange, true);
      table.insertPort(this);
    }
  }

  /** Takes a raw socket's local address, which has no port. */
  protected final void localOnly(IpAddress address) {
    localHi = address.hi();
    localLo = address.lo();
  }

  @Override
  public void disconnect() throws ErrnoException {
    if (!connected) {
      throw new ErrnoException(Errno.ENOTCONN);
    }
    unconnect(localPort != 0);
  }

  @Override
  public void detach() {
    if (detached) {
      return;
    }
    detached = true;
    unconnect(localPort != 0);
    if (localPort != 0) {
      table.removePort(this);
      localPort = 0;
    }
    members.leaveAll();
    line.leave();
  }

  // ---- options ----

  /** Whether a yes-or-no option is set. */
  public final boolean has(SocketOption option) {
    int asks = CmsgType.bit(option);
    return asks != 0 ? (asked & asks) != 0 : (options & 1L << option.ordinal()) != 0;
  }

  private void set(SocketOption option, boolean on) {
    int asks = CmsgType.bit(option);
    if (asks != 0) {
      asked = on ? asked | asks : asked & ~asks;
      return;
    }
    long bit = 1L << option.ordinal();
    options = on ? options | bit : options & ~bit;
  }

  @Override
  public void setOption(SocketOption option, int value) throws ErrnoException {
    switch (option) {
      case IP_TOS -> tos = value & 0xff;
      case IP_TTL -> ttl = range(value, -1, 255);
      case IP_MINTTL -> minimumTtl = range(value, 0, 255);
      case IP_PORTRANGE -> portRange = range(value, 0, 2);
      case SO_SETFIB -> fib = range(value, 0, ip.routes.fibs() - 1);
      case IP_VLAN_PCP, IPV6_VLAN_PCP -> pcp = range(value, -1, 7);
      case IP_MULTICAST_TTL -> moptions().ttl = range(value, 0, 255);
      case IP_MULTICAST_LOOP -> moptions().loop = value != 0;
      case IP_MULTICAST_IF -> moptions().out = value == 0 ? null : byAddress(value);
      case IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS -> {
        if (!socket.credential().has(Privilege.RAW)) {
          throw new ErrnoException(Errno.EPERM);
        }
        set(option, value != 0);
      }
      case IP_BINDANY -> {
        if (!socket.credential().has(Privilege.BIND_ANY)) {
          throw new ErrnoException(Errno.EPERM);
        }
        set(option, value != 0);
      }
      default -> set(option, value != 0);
    }
  }

  @Override
  public void setText(SocketOption option, String value) throws ErrnoException {
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  @Override
  public String getText(SocketOption option) throws ErrnoException {
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  private static int range(int value, int low, int high) throws ErrnoException {
    if (value < low || value > high) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return value;
  }

  private InIfinfo byAddress(int address) throws ErrnoException {
    InAddress a = ip.addresses.find(address);
    if (a == null) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return a.in();
  }

  @Override
  public int getOption(SocketOption option) throws ErrnoException {
    return switch (option) {
      case IP_TOS -> tos;
      case IP_TTL -> ttl();
      case IP_MINTTL -> minimumTtl;
      case IP_PORTRANGE -> portRange;
      case SO_SETFIB -> fib;
      case IP_VLAN_PCP, IPV6_VLAN_PCP -> pcp;
      case IP_MULTICAST_TTL -> moptions().ttl;
      case IP_MULTICAST_LOOP -> moptions().loop ? 1 : 0;
      case IP_MULTICAST_IF -> {
        InIfinfo out = moptions().out;
        InAddress a = out == null ? null : out.primary();
        yield a == null ? 0 : a.address();
      }
      default -> has(option) ? 1 : 0;
    };
  }

  private IpMoptions moptions() {
    IpMoptions o = multicast;
    if (o == null) {
      o = new IpMoptions();
      multicast = o;
    }
    return o;
  }

  @Override
  public void setIpOptions(byte[] now) throws ErrnoException {
    if (now.length > 40 || cellblock.wire.Ip4Options.checkRange(now, 0, now.length) >= 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    ipOptions = java.util.Arrays.copyOf(now, now.length + 3 & ~3);
  }

  @Override
  public void membership(Membership request) throws ErrnoException {
    members.change(request, fib);
  }

  @Override
  public void sourceFilter(IpAddress group, @Nullable String ifname, Wanted wanted)
      throws ErrnoException {
    members.filter(ifname, group, wanted);
  }

  @Override
  public Wanted sourceFilter(IpAddress group, @Nullable String ifname) throws ErrnoException {
    return members.filter(ifname, group);
  }

  /** Whether a packet to a group that came by {@code in} is wanted here; left-aligned keys. */
  public final boolean wants(GroupIfinfo in, long hi, long lo, long fromHi, long fromLo) {
    return members.wants(in, hi, lo, fromHi, fromLo);
  }

  /** Leaves the groups of an interface that leaves. */
  protected final void purgeGroups(GroupIfinfo gone) {
    members.purge(gone);
  }

  /** Forgets an interface that leaves: in_pcbpurgeif0. */
  public void purge(InIfinfo gone) {
    purgeGroups(gone);
    IpMoptions o = multicast;
    if (o != null && o.out == gone) {
      o.out = null;
    }
  }

  // ---- for the protocol ----

  protected final int tos() {
    return tos;
  }

  protected final int ttl() {
    return ttl < 0 ? ip.settings.ttl : ttl;
  }

  protected final int fib() {
    return fib;
  }

  /** What IP_VLAN_PCP says, as {@link cellblock.kern.mbuf.Mbuf#priority} has it. */
  protected final int priority() {
    return pcp + 1;
  }

  protected final byte[] ipOptions() {
    return ipOptions;
  }

  protected final @Nullable IpMoptions multicastOptions() {
    return multicast;
  }

  /** Whether a packet with that time to live is taken: IP_MINTTL. */
  public final boolean acceptsTtl(int received) {
    return received >= minimumTtl;
  }

  /** Flags of {@link Ip4Output} that the options ask for. */
  protected final int outputFlags() {
    return (has(SocketOption.SO_DONTROUTE) ? Ip4Output.ROUTETOIF : 0)
        | (has(SocketOption.SO_BROADCAST) ? Ip4Output.ALLOWBROADCAST : 0)
        | (has(SocketOption.IP_ONESBCAST) ? Ip4Output.SENDONES : 0);
  }

  /** Puts a packet's data into the socket's buffer; false when it is full. */
  public final boolean deliver(byte[] buf, int off, int len, Arrival arrival) {
    return socket.deliver(buf, off, len, arrival, asked);
  }

  /** The family, for netstat. */
  public final Family family() {
    return socket.family();
  }

  @Override
  public String toString() {
    return name()
        + " "
        + localAddress()
        + "."
        + localPort
        + " "
        + foreignAddress()
        + "."
        + foreignPort;
  }
}
