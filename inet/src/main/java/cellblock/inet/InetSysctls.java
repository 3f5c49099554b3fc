package cellblock.inet;

import cellblock.inet.ip.Ip4Reassembly;
import cellblock.inet.ip.Ip4Settings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlBranch;

/** Every knob of IPv4 and its protocols: name, cell, range, text. */
final class InetSysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private InetSysctls() {}

  static void declare(Declarations d) {
    SysctlBranch<Ip4Settings> ip =
        new SysctlBranch<>(d::sysctl, "net.inet.ip.", v -> Inet.of(v).ip.settings);
    packets(ip);
    InetProtocolSysctls.declare(d);
    fragments(ip);
    held(d);
    ports(ip);
    TcpSysctls.declare(d);
  }

  private static void packets(SysctlBranch<Ip4Settings> ip) {
    ip.knob("forwarding", s -> s.forwarding, (s, n) -> s.forwarding = n)
        .flag("Forward packets between interfaces");
    ip.knob("redirect", s -> s.redirect, (s, n) -> s.redirect = n)
        .flag("Send ICMP redirects when forwarding");
    ip.knob("ttl", s -> s.ttl, (s, n) -> s.ttl = n).range(0, 255, "Time to live of packets sent");
    ip.knob("sourceroute", s -> s.sourceroute, (s, n) -> s.sourceroute = n)
        .flag("Forward source routed packets");
    ip.knob("accept_sourceroute", s -> s.acceptSourceroute, (s, n) -> s.acceptSourceroute = n)
        .flag("Take source routed packets in");
    ip.knob("process_options", s -> s.processOptions, (s, n) -> s.processOptions = n)
        .range(0, 2, "IP options: 0 ignored, 1 processed, 2 packets refused");
    ip.knob("rfc1122_strong_es", s -> s.strongEs, (s, n) -> s.strongEs = n)
        .flag("Take packets in only on the interface that has the address");
    ip.knob(
            "source_address_validation",
            s -> s.sourceAddressValidation,
            (s, n) -> s.sourceAddressValidation = n)
        .flag("Drop packets from outside that bear an own address as source");
    ip.knob("loopback_prefixlen", s -> s.loopbackPrefixlen, (s, n) -> s.loopbackPrefixlen = n)
        .range(8, 31, "Prefix length of the loopback network");
    ip.knob("allow_net0", s -> s.allowNet0, (s, n) -> s.allowNet0 = n)
        .flag("Forward packets to 0/8");
    ip.knob("allow_net240", s -> s.allowNet240, (s, n) -> s.allowNet240 = n)
        .flag("Forward packets to 240/4");
    ip.knob("broadcast_lowest", s -> s.broadcastLowest, (s, n) -> s.broadcastLowest = n)
        .flag("Treat the lowest address of a network as broadcast");
    ip.knob("random_id", s -> s.randomId, (s, n) -> s.randomId = n)
        .flag("Random identification of packets");
    ip.knob("rfc6864", s -> s.rfc6864, (s, n) -> s.rfc6864 = n)
        .flag("Identification 0 in packets that cannot be cut");
    ip.knob("connect_inaddr_wild", s -> s.connectInaddrWild, (s, n) -> s.connectInaddrWild = n)
        .flag("Let sockets connect to 0.0.0.0, meaning this host");
    ip.knob("same_prefix_carp_only", s -> s.samePrefixCarpOnly, (s, n) -> s.samePrefixCarpOnly = n)
        .flag("Refuse the same prefix on several interfaces");
    ip.knob("mcast.loop", s -> s.mcastLoop, (s, n) -> s.mcastLoop = n)
        .flag("Loop multicasts back to members here");
    ip.knob("mcast.maxgrpsrc", s -> s.mcastMaxGroupSources, (s, n) -> s.mcastMaxGroupSources = n)
        .range(0, MAX, "Most source filters of a group");
    ip.knob("mcast.maxsocksrc", s -> s.mcastMaxSocketSources, (s, n) -> s.mcastMaxSocketSources = n)
        .range(0, MAX, "Most source filters of a socket's group");
  }

  private static void fragments(SysctlBranch<Ip4Settings> ip) {
    ip.knob("maxfragpackets", s -> s.maxfragpackets, (s, n) -> s.maxfragpackets = n)
        .range(-1, MAX, "Most packets being reassembled, -1 for no limit");
    ip.knob("maxfragsperpacket", s -> s.maxfragsperpacket, (s, n) -> s.maxfragsperpacket = n)
        .range(0, MAX, "Most fragments of one packet");
    ip.knob("maxfrags", s -> s.maxfrags, (s, n) -> s.maxfrags = n)
        .range(-1, MAX, "Most fragments held, -1 for no limit");
    ip.knob("fragttl", s -> s.fragttl, (s, n) -> s.fragttl = n)
        .range(1, 255, "Seconds until an incomplete packet is given up");
  }

  private static void held(Declarations d) {
    SysctlBranch<Ip4Reassembly> held =
        new SysctlBranch<>(d::sysctl, "net.inet.ip.", v -> Inet.of(v).ip.reassembly);
    held.readOnly("fragpackets", Ip4Reassembly::packets, "Packets being reassembled");
    held.readOnly("curfrags", Ip4Reassembly::fragments, "Fragments held");
  }

  private static void ports(SysctlBranch<Ip4Settings> ip) {
    ip.knob("portrange.first", s -> s.portFirst, (s, n) -> s.portFirst = n)
        .range(1, 65535, "First port of the default range");
    ip.knob("portrange.last", s -> s.portLast, (s, n) -> s.portLast = n)
        .range(1, 65535, "Last port of the default range");
    ip.knob("portrange.hifirst", s -> s.portHiFirst, (s, n) -> s.portHiFirst = n)
        .range(1, 65535, "First port of the high range");
    ip.knob("portrange.hilast", s -> s.portHiLast, (s, n) -> s.portHiLast = n)
        .range(1, 65535, "Last port of the high range");
    ip.knob("portrange.lowfirst", s -> s.portLowFirst, (s, n) -> s.portLowFirst = n)
        .range(1, 1023, "First port of the low range");
    ip.knob("portrange.lowlast", s -> s.portLowLast, (s, n) -> s.portLowLast = n)
        .range(1, 1023, "Last port of the low range");
    ip.knob("portrange.reservedhigh", s -> s.portReservedHigh, (s, n) -> s.portReservedHigh = n)
        .range(0, 65535, "Highest port that needs a privilege");
    ip.knob("portrange.reservedlow", s -> s.portReservedLow, (s, n) -> s.portReservedLow = n)
        .range(0, 65535, "Lowest port that needs a privilege");
    ip.knob("portrange.randomized", s -> s.portRandomized, (s, n) -> s.portRandomized = n)
        .flag("Choose ports at random");
  }
}
