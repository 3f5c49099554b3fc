package cellblock.inet.pcb;

import cellblock.inet.ip.Ip4;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.In6Moptions;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Output;
import cellblock.inet.socket.ByteOption;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.inet.socket.SocketType;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The IPv6 side of a pcb: zones, source selection, hop limits, groups (ancestor: in6_pcbbind,
 * in6_pcbconnect of netinet6/in6_pcb.c, ip6_ctloutput). A socket whose protocol allows it, and that
 * is not IPV6_V6ONLY, has mapped addresses of IPv4, too: then its keys are those of IPv4.
 * Threading: turns of the vnet's lane.
 */
public abstract class Pcb6 extends Pcb {
  protected final Ip6 ip6;
  private final In6Moptions multicast = new In6Moptions();
  private int localZone;
  private int foreignZone;
  private int hops = -1;
  private int trafficClass;
  private boolean v6only = true;
  private @Nullable PacketOptions packetOptions;

  /** Those of the packet in hand, if it has any of its own. */
  private @Nullable PacketOptions once;

  protected Pcb6(Socket socket, Ip4 ip, Ip6 ip6, PcbTable table) {
    super(socket, ip, table, ip6.multicast);
    this.ip6 = ip6;
  }

  // ---- addresses ----

  /** For a protocol that sends and receives IPv4, too; once, when the socket is made. */
  protected final void maybeMapped() {
    v6only = ip6.settings.v6only != 0;
    bothOr6();
  }

  private void bothOr6() {
    versions(v6only ? INET6 : INET | INET6);
  }

  /** Whether this socket is of IPv4 by its addresses. */
  protected final boolean isMapped() {
    return versions() == INET;
  }

  @Override
  public IpAddress localAddress() {
    return isMapped()
        ? Ip6Address.mapped(local4())
        : new Ip6Address(localHi(), localLo(), localZone);
  }

  @Override
  public @Nullable IpAddress foreignAddress() {
    if (!isConnected()) {
      return null;
    }
    return isMapped()
        ? Ip6Address.mapped(foreign4())
        : new Ip6Address(foreignHi(), foreignLo(), foreignZone);
  }

  /** Whether a packet that came by {@code in} can be meant, as far as zones tell. */
  public final boolean inZone(In6Ifinfo in) {
    int index = in.ifnet().index();
    return (localZone == 0 || localZone == index) && (foreignZone == 0 || foreignZone == index);
  }

  private static Ip6Address six(IpAddress a) throws ErrnoException {
    if (!(a instanceof Ip6Address six)) {
      if (a.isUnspecified()) {
        return Ip6Address.ANY;
      }
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    if (six.isV4Mapped()) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return six;
  }

  @Override
  public void bind(IpAddress address, int port) throws ErrnoException {
    int before = versions();
    try {
      if (!v6only && address instanceof Ip6Address six && six.isV4Mapped()) {
        versions(INET);
        super.bind(new Ip4Address((int) six.lo()), port);
        return;
      }
      Ip6Address a = six(address);
      if (!a.isUnspecified()) {
        versions(INET6);
      }
      super.bind(a, port);
      localZone = a.isLinkLocal() ? a.scopeId() : 0;
    } catch (ErrnoException e) {
      versions(before);
      throw e;
    }
  }

  /** Connects to a peer of either family that the socket can have: in6_pcbconnect. */
  protected final void connect6(IpAddress address, int port) throws ErrnoException {
    int before = versions();
    boolean four = address instanceof Ip6Address six && six.isV4Mapped();
    if (four && (v6only || (before & INET) == 0)) {
      throw new ErrnoException(v6only ? Errno.EINVAL : Errno.EADDRNOTAVAIL);
    }
    if (!four && (before & INET6) == 0) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    versions(four ? INET : INET6);
    try {
      connectTo(four ? new Ip4Address((int) address.lo()) : address, port, true);
    } catch (ErrnoException e) {
      versions(before);
      throw e;
    }
  }

  @Override
  public void disconnect() throws ErrnoException {
    super.disconnect();
    if (isAnyLocal()) {
      bothOr6();
    }
  }

  /** The zone of a raw socket's local address. */
  protected final void localZone(Ip6Address a) {
    localZone = a.isLinkLocal() ? a.scopeId() : 0;
  }

  @Override
  protected void checkLocal(IpAddress address) throws ErrnoException {
    if (isMapped()) {
      super.checkLocal(address);
      return;
    }
    Ip6Address a = six(address);
    if (!has(SocketOption.IP_BINDANY)) {
      ip6.sources.checkLocal(a, socket.type() == SocketType.RAW);
    }
  }

  @Override
  protected IpAddress peer(IpAddress address) throws ErrnoException {
    if (isMapped()) {
      return super.peer(address);
    }
    Ip6Address a = six(address);
    Ip6Address peer = a.isUnspecified() ? Ip6Address.LOOPBACK : a;
    foreignZone = Ip6.needsZone(peer.hi()) ? zone(peer) : 0;
    return peer;
  }

  /**
   * The zone that a destination names, or that IPV6_PKTINFO, the socket's own address or interface
   * say.
   */
  protected final int zone(Ip6Address to) {
    if (!Ip6.needsZone(to.hi())) {
      return 0;
    }
    if (to.scopeId() != 0) {
      return to.scopeId();
    }
    int asked = ifindexAsked();
    if (asked != 0) {
      return asked;
    }
    In6Ifinfo out = multicast.out;
    return to.isMulticast() && out != null ? out.ifnet().index() : localZone;
  }

  @Override
  protected IpAddress localFor(IpAddress peer) throws ErrnoException {
    if (!(peer instanceof Ip6Address to)) {
      return super.localFor(peer);
    }
    return ip6.sources.localFor(to.hi(), to.lo(), zone(to), fib(), moptions());
  }

  // ---- options ----

  @Override
  public void setOption(SocketOption option, int value) throws ErrnoException {
    switch (option) {
      case IP_TTL, IPV6_UNICAST_HOPS -> hops = hopLimit(value);
      case IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS -> multicast.hopLimit = hopLimit(value);
      case IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP -> multicast.loop = value != 0;
      case IP_MULTICAST_IF, IPV6_MULTICAST_IF -> multicast.out = value == 0 ? null : index(value);
      case IP_TOS, IPV6_TCLASS -> trafficClass = value & 0xff;
      case IPV6_V6ONLY -> only6(value != 0);
      case IPV6_CHECKSUM, IPV6_PATHMTU -> throw new ErrnoException(Errno.ENOPROTOOPT);
      default -> super.setOption(option, value);
    }
  }

  /** EINVAL once it is bound, as in ip6_ctloutput; a raw socket is always of IPv6 alone. */
  private void only6(boolean on) throws ErrnoException {
    if (localPort() != 0 || isConnected()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (socket.type() != SocketType.RAW) {
      v6only = on;
      bothOr6();
    }
  }

  private static int hopLimit(int value) throws ErrnoException {
    if (value < -1 || value > 255) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return value;
  }

  private In6Ifinfo index(int value) throws ErrnoException {
    In6Ifinfo in = ip6.zone(value);
    if (in == null) {
      throw new ErrnoException(Errno.ENXIO);
    }
    return in;
  }

  @Override
  public int getOption(SocketOption option) throws ErrnoException {
    In6Ifinfo out = multicast.out;
    return switch (option) {
      case IP_TTL, IPV6_UNICAST_HOPS -> hops < 0 ? ip6.settings.hlim : hops;
      case IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS -> multicastHops();
      case IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP -> multicast.loop ? 1 : 0;
      case IP_MULTICAST_IF, IPV6_MULTICAST_IF -> out == null ? 0 : out.ifnet().index();
      case IP_TOS, IPV6_TCLASS -> trafficClass;
      case IPV6_V6ONLY -> v6only ? 1 : 0;
      case IPV6_PATHMTU -> pathMtu();
      default -> super.getOption(option);
    };
  }

  private int multicastHops() {
    return multicast.hopLimit < 0 ? ip6.settings.defmcasthlim : multicast.hopLimit;
  }

  /** The hop limit of a packet: in6_selecthlim. */
  protected final int hopsTo(Ip6Address to) {
    PacketOptions o = once;
    if (o != null && o.hopLimit() >= 0) {
      return o.hopLimit();
    }
    if (to.isMulticast()) {
      return multicastHops();
    }
    if (hops >= 0) {
      return hops;
    }
    In6Ifinfo out = ip6.sources.way(to.hi(), to.lo(), zone(to), fib(), null);
    return out != null && out.hopLimit != 0 ? out.hopLimit : ip6.settings.hlim;
  }

  /** The time to live of a packet to a mapped address. */
  public final int mappedTtl() {
    PacketOptions o = once;
    return o != null && o.hopLimit() >= 0 ? o.hopLimit() : hops < 0 ? ip.settings.ttl : hops;
  }

  public final int mappedTos() {
    return trafficClass();
  }

  /** The address that a packet to a mapped one comes from. */
  protected final int mappedSource(int to) throws ErrnoException {
    PacketOptions o = options();
    Ip6Address asked = o == null ? null : o.source();
    if (asked == null) {
      return isAnyLocal() ? chooseSource(to) : local4();
    }
    if (!asked.isV4Mapped()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Ip4Address a = new Ip4Address((int) asked.lo());
    super.checkLocal(a);
    return a.bits();
  }

  public final int mappedFib() {
    return fib();
  }

  public final int mappedOutput() {
    return outputFlags();
  }

  /** DF where IPV6_DONTFRAG asks for it. */
  public final int mappedFlags() {
    boolean whole = has(SocketOption.IPV6_DONTFRAG) || has(SocketOption.IP_DONTFRAG);
    return whole ? Ip4Header.DF : 0;
  }

  /** Whether a datagram may go to a mapped address: EINVAL, EADDRNOTAVAIL else. */
  protected final void checkMapped() throws ErrnoException {
    if (v6only) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if ((versions() & INET) == 0) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
  }

  protected final int trafficClass() {
    PacketOptions o = once;
    return o != null && o.trafficClass() >= 0 ? o.trafficClass() : trafficClass;
  }

  /** How a multicast leaves; the interface that IPV6_PKTINFO names wins. */
  private In6Moptions moptions() {
    In6Ifinfo out = ip6.zone(ifindexAsked());
    return out == null ? multicast : In6Moptions.only(out, multicast.loop);
  }

  private int ifindexAsked() {
    PacketOptions o = options();
    return o == null ? 0 : o.ifindex();
  }

  private int flags6() {
    PacketOptions o = once;
    if (o != null && o.fragmentFlags() >= 0) {
      return o.fragmentFlags();
    }
    return (has(SocketOption.IPV6_DONTFRAG) || has(SocketOption.IP_DONTFRAG)
            ? Ip6Output.DONTFRAG
            : 0)
        | (has(SocketOption.IPV6_USE_MIN_MTU) ? Ip6Output.MINMTU : 0);
  }

  // ---- what every packet carries, or one ----

  /** The options of the packet in hand, else those of all packets. */
  private @Nullable PacketOptions options() {
    return once == null ? packetOptions : once;
  }

  /** Notes what is said of the packet in hand. */
  protected final void saying(List<Cmsg> control) throws ErrnoException {
    if (!control.isEmpty()) {
      once = PacketOptions.of(packetOptions, control, socket.credential());
      int index = once.ifindex();
      if (index != 0 && ip6.zone(index) == null) {
        once = null;
        throw new ErrnoException(Errno.ENXIO);
      }
    }
  }

  /** The packet is gone. */
  protected final void saidAll() {
    once = null;
  }

  /** Sends a packet by the neighbour or interface that its options name, else by the routes. */
  protected final void transmit(Mbuf m, Ip6Address destination) throws ErrnoException {
    PacketOptions o = options();
    Ip6Address hop = o == null || destination.isMulticast() ? null : o.nextHop();
    int scope = zoneTo(destination);
    Errno error =
        hop != null
            ? ip6.output.via(m, scope, flags6(), hop)
            : conflicts(destination)
                ? ip6.output.refuse(m)
                : ip6.output.output(m, scope, flags6(), moptions());
    if (error != null) {
      throw new ErrnoException(error);
    }
  }

  /** Whether the routes lead elsewhere than IPV6_PKTINFO wants: in6_selectroute. */
  private boolean conflicts(Ip6Address to) {
    int asked = ifindexAsked();
    if (asked == 0 || to.isMulticast() || to.isLinkLocal()) {
      return false;
    }
    In6Ifinfo out = ip6.sources.way(to.hi(), to.lo(), 0, fib(), null);
    return out != null && !out.isLoopback() && out.ifnet().index() != asked;
  }

  @Override
  public void setBytes(ByteOption option, byte[] value) throws ErrnoException {
    if (option == ByteOption.ICMP6_FILTER) {
      throw new ErrnoException(Errno.ENOPROTOOPT);
    }
    PacketOptions options = packetOptions;
    if (options == null) {
      options = new PacketOptions();
      packetOptions = options;
    }
    options.set(option, value, socket.credential());
  }

  @Override
  public byte[] getBytes(ByteOption option) throws ErrnoException {
    PacketOptions options = packetOptions;
    return options == null ? new byte[0] : options.get(option);
  }

  /** Bytes of extension headers of every packet. */
  protected final int extensions() {
    PacketOptions o = options();
    return o == null ? 0 : o.length();
  }

  /** Puts the extension headers into a packet whose header is complete. */
  protected final void extend(Mbuf m) {
    PacketOptions o = options();
    if (o != null) {
      o.write(m);
    }
  }

  /** The address to send from: IPV6_PKTINFO's, the socket's own, or the best. */
  protected final IpAddress sourceTo(Ip6Address destination) throws ErrnoException {
    PacketOptions o = options();
    Ip6Address asked = o == null ? null : o.source();
    if (asked != null) {
      int zone = asked.isLinkLocal() ? zoneTo(destination) : 0;
      ip6.sources.checkLocal(asked.withScope(zone), false);
      return asked;
    }
    Ip6Address hop = o == null || !isAnyLocal() ? null : o.nextHop();
    if (hop != null && !destination.isMulticast()) {
      In6Ifinfo out = ip6.sources.way(hop.hi(), hop.lo(), hop.scopeId(), fib(), null);
      In6Address best =
          out == null ? null : ip6.sources.select(destination.hi(), destination.lo(), out);
      if (best == null) {
        throw new ErrnoException(out == null ? Errno.EHOSTUNREACH : Errno.EADDRNOTAVAIL);
      }
      return best.address();
    }
    return isAnyLocal() ? localFor(destination) : localAddress();
  }

  /** The zone that a packet is sent into, 0 where the destination needs none. */
  protected final int zoneTo(Ip6Address to) {
    return Ip6.needsZone(to.hi()) ? zone(to) : 0;
  }

  /** IPV6_PATHMTU: ENOTCONN without a peer, EHOSTUNREACH without a way. */
  private int pathMtu() throws ErrnoException {
    if (!(foreignAddress() instanceof Ip6Address peer)) {
      throw new ErrnoException(Errno.ENOTCONN);
    }
    In6Ifinfo out = ip6.sources.way(peer.hi(), peer.lo(), zone(peer), fib(), null);
    if (out == null) {
      throw new ErrnoException(Errno.EHOSTUNREACH);
    }
    return Math.min(out.mtu(), ip6.pathMtu.of(peer.hi(), peer.lo(), zone(peer)));
  }

  /** Forgets an interface that leaves. */
  public void purge(In6Ifinfo gone) {
    purgeGroups(gone);
    if (multicast.out == gone) {
      multicast.out = null;
    }
  }
}
