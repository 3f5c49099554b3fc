package cellblock.inet;

import cellblock.inet.icmp6.Icmp6;
import cellblock.inet.icmp6.Icmp6Error;
import cellblock.inet.icmp6.Icmp6Settings;
import cellblock.inet.icmp6.Icmp6Stats;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Forward;
import cellblock.inet.ip6.Ip6Input;
import cellblock.inet.mld.Mld;
import cellblock.inet.mld.MldSettings;
import cellblock.inet.nd6.Nd6;
import cellblock.inet.raw.RawIp6;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.TcpDoor;
import cellblock.inet.udp.Udp6;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.IfDomain;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.netisr.Netisr;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv6 of one vnet: its rooms, wired by final fields, and their ties to interfaces, link layers and
 * sockets (ancestor: inet6domain of netinet6/in6_proto.c). Sockets and UDP's counters are {@link
 * Inet}'s. Threading: turns of the vnet's lane.
 */
public final class Inet6 implements IfDomain {
  /** Holds the stack of a vnet from constructor to destructor. */
  public static final class Slot {
    @Nullable Inet6 inet6;
  }

  /** The stack of each vnet. */
  public static final VnetVariable<Slot> V_INET6 = VnetVariable.define("inet6", v -> new Slot());

  /** The protocols that have counters, in netstat's order. */
  public static final List<String> PROTOCOLS = List.of("ip6", "icmp6");

  public final Ip6 ip;
  public final Ip6Input input;
  public final In6Control control;
  public final Icmp6 icmp;
  public final Icmp6Stats icmpStats = new Icmp6Stats();
  public final Icmp6Settings icmpSettings = new Icmp6Settings();
  public final Nd6 nd;
  public final Mld mld;
  public final MldSettings mldSettings = new MldSettings();
  public final Udp6 udp;

  /** Where ICMPv6 errors about packets go that cannot be sent on. */
  public final Icmp6Error errors;

  public final RawIp6 raw;
  private final TcpDoor tcp;
  private final Vnet vnet;
  private final ProtoSwitch sockets;
  private final List<IfRegistration> registrations = new ArrayList<>(6);

  Inet6(Vnet vnet, RandomGenerator random, Inet inet) {
    this.vnet = vnet;
    this.sockets = inet.sockets;
    this.ip = new Ip6(vnet, random);
    this.errors = new Icmp6Error(ip, icmpStats, icmpSettings);
    this.control = new In6Control(ip);
    this.raw = new RawIp6(inet.ip, ip, inet.rawSettings, errors, inet.arrival);
    Ip6Forward forward = new Ip6Forward(ip, errors);
    this.input = new Ip6Input(ip, forward, errors, raw);
    this.nd = new Nd6(ip, control, icmpStats, icmpSettings, errors);
    this.mld = new Mld(ip, icmpStats, mldSettings);
    this.icmp = new Icmp6(ip, input, errors, icmpStats, raw, nd.input(), mld);
    this.udp = new Udp6(inet.udp, ip, errors, inet.arrival);
    forward.redirects(nd);
    ip.multicast.listener(mld);
    input.protocol(IpProtocol.ICMPV6, icmp);
    input.protocol(IpProtocol.UDP, udp);
    this.tcp = inet.tcp;
    input.protocol(IpProtocol.TCP, tcp);
  }

  /** The stack of a vnet; an error where there is none. */
  public static Inet6 of(Vnet vnet) {
    Inet6 inet6 = V_INET6.of(vnet).inet6;
    if (inet6 == null) {
      throw new IllegalStateException("no inet6 in " + vnet);
    }
    return inet6;
  }

  /** Ties the stack to the vnet's interfaces and sockets. */
  void attach() {
    sockets.register(Family.INET6, SocketType.DGRAM, IpProtocol.UDP, false, udp::attach);
    tcp.inet6(ip);
    sockets.register(Family.INET6, SocketType.STREAM, IpProtocol.TCP, false, tcp);
    sockets.register(Family.INET6, SocketType.RAW, 0, true, raw::attach);
    Interfaces interfaces = Interfaces.of(vnet);
    registrations.add(interfaces.domain(this));
    registrations.add(interfaces.listen(100, control));
    registrations.add(interfaces.listen(101, nd));
    registrations.add(interfaces.listen(102, mld));
    registrations.add(Ethernet.of(vnet).resolver(nd));
    registrations.add(Netisr.of(vnet).register(EtherHeader.TYPE_IPV6, input));
  }

  /** The shutdown stage: no addresses, no neighbours, no timers, no packets. */
  void shutdown() {
    for (var s : sockets.sockets()) {
      if (s.family() == Family.INET6) {
        s.abort(cellblock.kern.errno.Errno.ECONNABORTED);
      }
    }
    control.purge();
    nd.stop();
    mld.stop();
    ip.drain();
  }

  /** The destructor. */
  void detach() {
    shutdown();
    registrations.reversed().forEach(IfRegistration::close);
    registrations.clear();
    sockets.unregister(Family.INET6, SocketType.RAW, 0);
    sockets.unregister(Family.INET6, SocketType.STREAM, IpProtocol.TCP);
    tcp.inet6(null);
    sockets.unregister(Family.INET6, SocketType.DGRAM, IpProtocol.UDP);
  }

  // ---- interfaces ----

  @Override
  public Family family() {
    return Family.INET6;
  }

  @Override
  public Object attach(Ifnet ifp) {
    return control.attach(ifp);
  }

  @Override
  public void purge(Ifnet ifp) {
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null) {
      return;
    }
    udp.purge(in);
    raw.purge(in);
    control.purge(in);
    nd.purge(in);
    ip.routes.purge(ifp);
    ip.reassembly.interfaceLeft(in);
    mld.interfaceLeft(in);
  }

  @Override
  public void detach(Ifnet ifp, @Nullable Object data) {
    // Everything of the interface was given up in purge.
  }

  // ---- counters ----

  /** The counters of "ip6" or "icmp6" by netstat's libxo names; empty for others. */
  public Map<String, Long> counters(String protocol) {
    Map<String, Long> all = new LinkedHashMap<>();
    switch (protocol) {
      case "ip6" -> ip.stats.list(all);
      case "icmp6" -> icmpStats.list(all);
      default -> {}
    }
    return all;
  }

  /** Sets a protocol's counters to zero: netstat -z. */
  public void clear(String protocol) {
    switch (protocol) {
      case "ip6" -> ip.stats.clear();
      case "icmp6" -> icmpStats.clear();
      default -> {}
    }
  }
}
