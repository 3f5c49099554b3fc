package cellblock.inet;

import cellblock.inet.arp.Arp;
import cellblock.inet.arp.ArpSettings;
import cellblock.inet.arp.ArpStats;
import cellblock.inet.icmp.Icmp;
import cellblock.inet.icmp.IcmpError;
import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.icmp.IcmpSettings;
import cellblock.inet.icmp.IcmpStats;
import cellblock.inet.igmp.Igmp;
import cellblock.inet.igmp.IgmpSettings;
import cellblock.inet.igmp.IgmpStats;
import cellblock.inet.ip.InControl;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Forward;
import cellblock.inet.ip.Ip4Input;
import cellblock.inet.raw.RawIp;
import cellblock.inet.raw.RawSettings;
import cellblock.inet.socket.Arrival;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.TcpDoor;
import cellblock.inet.udp.Udp;
import cellblock.inet.udp.UdpSettings;
import cellblock.inet.udp.UdpStats;
import cellblock.inet.udp.UdpTunnel;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.IfDomain;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.netisr.Netisr;
import cellblock.net.route.RouteTables;
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
 * IPv4 of one vnet: its rooms, wired by final fields, and their ties to interfaces, link layers and
 * sockets (ancestor: inetdomain of netinet/in_proto.c). Threading: turns of the vnet's lane.
 */
public final class Inet implements IfDomain {
  /** Holds the stack of a vnet from constructor to destructor. */
  public static final class Slot {
    @Nullable Inet inet;
  }

  /** The stack of each vnet. */
  public static final VnetVariable<Slot> V_INET = VnetVariable.define("inet", v -> new Slot());

  /** The protocols that have counters, in netstat's order. */
  public static final List<String> PROTOCOLS = List.of("tcp", "udp", "ip", "icmp", "igmp", "arp");

  public final Ip4 ip;
  public final Ip4Input input;
  public final InControl control;
  public final Arp arp;
  public final ArpStats arpStats = new ArpStats();
  public final ArpSettings arpSettings = new ArpSettings();
  public final Icmp icmp;
  public final IcmpStats icmpStats = new IcmpStats();
  public final IcmpSettings icmpSettings = new IcmpSettings();
  public final Igmp igmp;
  public final IgmpStats igmpStats = new IgmpStats();
  public final IgmpSettings igmpSettings = new IgmpSettings();
  public final Udp udp;
  public final UdpStats udpStats = new UdpStats();
  public final UdpSettings udpSettings = new UdpSettings();
  public final TcpDoor tcp;
  public final RawIp raw;
  public final RawSettings rawSettings = new RawSettings();
  public final ProtoSwitch sockets;

  /** Where ICMP errors about packets go that cannot be sent on. */
  public final IcmpError errors;

  /** What the packet in hand tells its receiver: of one protocol at a time. */
  final Arrival arrival = new Arrival();

  private final Vnet vnet;
  private final List<IfRegistration> registrations = new ArrayList<>(6);

  Inet(Vnet vnet, RandomGenerator random) {
    this.vnet = vnet;
    this.ip = new Ip4(vnet, random, RouteTables.of(vnet));
    IcmpLimit limit = new IcmpLimit(vnet, icmpSettings, random);
    this.errors = new IcmpError(ip, icmpStats, icmpSettings);
    this.raw = new RawIp(ip, rawSettings, errors, limit, arrival);
    Ip4Forward forward = new Ip4Forward(ip, errors);
    this.input = new Ip4Input(ip, forward, errors, raw);
    this.icmp = new Icmp(ip, input, errors, icmpStats, icmpSettings, limit, raw);
    this.igmp = new Igmp(vnet, ip.output, igmpStats, igmpSettings, random, raw);
    this.udp = new Udp(ip, udpStats, udpSettings, errors, limit, arrival);
    this.arp = new Arp(ip, arpStats, arpSettings);
    this.control = new InControl(ip);
    this.sockets = new ProtoSwitch(vnet);
    this.tcp = new TcpDoor(ip, sockets, limit);
    ip.multicast.listener(igmp);
    input.protocol(IpProtocol.ICMP, icmp);
    input.protocol(IpProtocol.IGMP, igmp);
    input.protocol(IpProtocol.UDP, udp);
    input.protocol(IpProtocol.TCP, tcp);
  }

  /** The stack of a vnet; an error where there is none. */
  public static Inet of(Vnet vnet) {
    Inet inet = V_INET.of(vnet).inet;
    if (inet == null) {
      throw new IllegalStateException("no inet in " + vnet);
    }
    return inet;
  }

  /** Ties the stack to the vnet's interfaces and sockets. */
  void attach() {
    sockets.register(Family.INET, SocketType.DGRAM, IpProtocol.UDP, false, udp::attach);
    sockets.register(Family.INET, SocketType.STREAM, IpProtocol.TCP, false, tcp);
    sockets.register(Family.INET, SocketType.RAW, 0, true, raw::attach);
    Interfaces interfaces = Interfaces.of(vnet);
    registrations.add(interfaces.domain(this));
    registrations.add(interfaces.listen(100, control));
    registrations.add(interfaces.listen(101, arp));
    registrations.add(Ethernet.of(vnet).resolver(arp));
    Netisr netisr = Netisr.of(vnet);
    registrations.add(netisr.register(EtherHeader.TYPE_IP, input));
    registrations.add(netisr.register(EtherHeader.TYPE_ARP, arp.input()));
  }

  /** The shutdown stage, first part: nobody sends any more. */
  void abortSockets() {
    sockets.abortAll();
    tcp.stop();
  }

  /** The shutdown stage, last part: no addresses, no neighbours, no timers, no packets. */
  void shutdown() {
    sockets.abortAll();
    control.purge();
    igmp.stop();
    arp.stop();
    ip.drain();
  }

  /** The destructor. */
  void detach() {
    shutdown();
    registrations.reversed().forEach(IfRegistration::close);
    registrations.clear();
    sockets.unregister(Family.INET, SocketType.RAW, 0);
    sockets.unregister(Family.INET, SocketType.STREAM, IpProtocol.TCP);
    sockets.unregister(Family.INET, SocketType.DGRAM, IpProtocol.UDP);
  }

  // ---- interfaces ----

  @Override
  public Family family() {
    return Family.INET;
  }

  @Override
  public Object attach(Ifnet ifp) {
    return new InIfinfo(ifp);
  }

  @Override
  public void purge(Ifnet ifp) {
    InIfinfo in = Ip4.of(ifp);
    if (in == null) {
      return;
    }
    udp.purge(in);
    tcp.purge(in);
    raw.purge(in);
    control.purge(in);
    ip.routes.purge(ifp);
    arp.purge(ifp);
    ip.reassembly.interfaceLeft(in);
    igmp.interfaceLeft(in);
  }

  @Override
  public void detach(Ifnet ifp, @Nullable Object data) {
    // Everything of the interface was given up in purge.
  }

  /** net.inet.tcp.udp_tunneling_port: EADDRINUSE where a socket has the port. */
  void tunnelTcp(int port) throws ErrnoException {
    if (port != 0 && udp.isBound(port)) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
    tcp.open().settings.udpTunnelingPort.set(port);
    udp.tunnel(port == 0 ? null : new UdpTunnel(port, tcp));
  }

  // ---- counters ----

  /**
   * The counters of one protocol by netstat's libxo names, in netstat's order; empty for a protocol
   * that is not here.
   */
  public Map<String, Long> counters(String protocol) {
    Map<String, Long> all = new LinkedHashMap<>();
    switch (protocol) {
      case "ip" -> ip.stats.list(all);
      case "icmp" -> icmpStats.list(all);
      case "igmp" -> igmpStats.list(all);
      case "tcp" -> tcp.list(all);
      case "udp" -> udpStats.list(all);
      case "arp" -> arpStats.list(all);
      default -> {}
    }
    return all;
  }

  /** Sets a protocol's counters to zero: netstat -z. */
  public void clear(String protocol) {
    switch (protocol) {
      case "ip" -> ip.stats.clear();
      case "icmp" -> icmpStats.clear();
      case "igmp" -> igmpStats.clear();
      case "tcp" -> tcp.clear();
      case "udp" -> udpStats.clear();
      case "arp" -> arpStats.clear();
      default -> {}
    }
  }
}
