package cellblock.inet;

import cellblock.inet.ip.Ip4Settings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;

/** Every knob of IPv4 and its protocols: name, cell, range, text. */
final class InetSysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private InetSysctls() {}

  static void declare(Declarations d) {
    ip(d);
    InetProtocolSysctls.declare(d);
    fragments(d);
    ports(d);
    TcpSysctls.declare(d);
  }

  static void knob(
      Declarations d,
      String name,
      ToIntFunction<Inet> get,
      ObjIntConsumer<Inet> set,
      int low,
      int high,
      String text) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            name,
            v -> get.applyAsInt(Inet.of(v)),
            (v, n) -> set.accept(Inet.of(v), n),
            low,
            high,
            text));
  }

  private static void ip(
      Declarations d,
      String name,
      ToIntFunction<Ip4Settings> get,
      ObjIntConsumer<Ip4Settings> set,
      int low,
      int high,
      String text) {
    knob(
        d,
        "net.inet.ip." + name,
        i -> get.applyAsInt(i.ip.settings),
        (i, n) -> set.accept(i.ip.settings, n),
        low,
        high,
        text);
  }

  private static void ip(Declarations d) {
    ip(
        d,
        "forwarding",
        s -> s.forwarding,
        (s, n) -> s.forwarding = n,
        0,
        1,
        "Forward packets between interfaces");
    ip(
        d,
        "redirect",
        s -> s.redirect,
        (s, n) -> s.redirect = n,
        0,
        1,
        "Send ICMP redirects when forwarding");
    ip(d, "ttl", s -> s.ttl, (s, n) -> s.ttl = n, 0, 255, "Time to live of packets sent");
    ip(
        d,
        "sourceroute",
        s -> s.sourceroute,
        (s, n) -> s.sourceroute = n,
        0,
        1,
        "Forward source routed packets");
    ip(
        d,
        "accept_sourceroute",
        s -> s.acceptSourceroute,
        (s, n) -> s.acceptSourceroute = n,
        0,
        1,
        "Take source routed packets in");
    ip(
        d,
        "process_options",
        s -> s.processOptions,
        (s, n) -> s.processOptions = n,
        0,
        2,
        "IP options: 0 ignored, 1 processed, 2 packets refused");
    ip(
        d,
        "rfc1122_strong_es",
        s -> s.strongEs,
        (s, n) -> s.strongEs = n,
        0,
        1,
        "Take packets in only on the interface that has the address");
    ip(
        d,
        "source_address_validation",
        s -> s.sourceAddressValidation,
        (s, n) -> s.sourceAddressValidation = n,
        0,
        1,
        "Drop packets from outside that bear an own address as source");
    ip(
        d,
        "loopback_prefixlen",
        s -> s.loopbackPrefixlen,
        (s, n) -> s.loopbackPrefixlen = n,
        8,
        31,
        "Prefix length of the loopback network");
    ip(
        d,
        "allow_net0",
        s -> s.allowNet0,
        (s, n) -> s.allowNet0 = n,
        0,
        1,
        "Forward packets to 0/8");
    ip(
        d,
        "allow_net240",
        s -> s.allowNet240,
        (s, n) -> s.allowNet240 = n,
        0,
        1,
        "Forward packets to 240/4");
    ip(
        d,
        "broadcast_lowest",
        s -> s.broadcastLowest,
        (s, n) -> s.broadcastLowest = n,
        0,
        1,
        "Treat the lowest address of a network as broadcast");
    ip(
        d,
        "random_id",
        s -> s.randomId,
        (s, n) -> s.randomId = n,
        0,
        1,
        "Random identification of packets");
    ip(
        d,
        "rfc6864",
        s -> s.rfc6864,
        (s, n) -> s.rfc6864 = n,
        0,
        1,
        "Identification 0 in packets that cannot be cut");
    ip(
        d,
        "connect_inaddr_wild",
        s -> s.connectInaddrWild,
        (s, n) -> s.connectInaddrWild = n,
        0,
        1,
        "Let sockets connect to 0.0.0.0, meaning this host");
    ip(
        d,
        "same_prefix_carp_only",
        s -> s.samePrefixCarpOnly,
        (s, n) -> s.samePrefixCarpOnly = n,
        0,
        1,
        "Refuse the same prefix on several interfaces");
    ip(
        d,
        "mcast.loop",
        s -> s.mcastLoop,
        (s, n) -> s.mcastLoop = n,
        0,
        1,
        "Loop multicasts back to members here");
    ip(
        d,
        "mcast.maxgrpsrc",
        s -> s.mcastMaxGroupSources,
        (s, n) -> s.mcastMaxGroupSources = n,
        0,
        MAX,
        "Most source filters of a group");
    ip(
        d,
        "mcast.maxsocksrc",
        s -> s.mcastMaxSocketSources,
        (s, n) -> s.mcastMaxSocketSources = n,
        0,
        MAX,
        "Most source filters of a socket's group");
  }

  private static void fragments(Declarations d) {
    ip(
        d,
        "maxfragpackets",
        s -> s.maxfragpackets,
        (s, n) -> s.maxfragpackets = n,
        -1,
        MAX,
        "Most packets being reassembled, -1 for no limit");
    ip(
        d,
        "maxfragsperpacket",
        s -> s.maxfragsperpacket,
        (s, n) -> s.maxfragsperpacket = n,
        0,
        MAX,
        "Most fragments of one packet");
    ip(
        d,
        "maxfrags",
        s -> s.maxfrags,
        (s, n) -> s.maxfrags = n,
        -1,
        MAX,
        "Most fragments held, -1 for no limit");
    ip(
        d,
        "fragttl",
        s -> s.fragttl,
        (s, n) -> s.fragttl = n,
        1,
        255,
        "Seconds until an incomplete packet is given up");
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet.ip.fragpackets",
            SysctlDeclaration.Type.INT,
            true,
            "Packets being reassembled",
            (m, v) -> Integer.toString(Inet.of(v).ip.reassembly.packets())));
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet.ip.curfrags",
            SysctlDeclaration.Type.INT,
            true,
            "Fragments held",
            (m, v) -> Integer.toString(Inet.of(v).ip.reassembly.fragments())));
  }

  private static void ports(Declarations d) {
    ip(
        d,
        "portrange.first",
        s -> s.portFirst,
        (s, n) -> s.portFirst = n,
        1,
        65535,
        "First port of the default range");
    ip(
        d,
        "portrange.last",
        s -> s.portLast,
        (s, n) -> s.portLast = n,
        1,
        65535,
        "Last port of the default range");
    ip(
        d,
        "portrange.hifirst",
        s -> s.portHiFirst,
        (s, n) -> s.portHiFirst = n,
        1,
        65535,
        "First port of the high range");
    ip(
        d,
        "portrange.hilast",
        s -> s.portHiLast,
        (s, n) -> s.portHiLast = n,
        1,
        65535,
        "Last port of the high range");
    ip(
        d,
        "portrange.lowfirst",
        s -> s.portLowFirst,
        (s, n) -> s.portLowFirst = n,
        1,
        1023,
        "First port of the low range");
    ip(
        d,
        "portrange.lowlast",
        s -> s.portLowLast,
        (s, n) -> s.portLowLast = n,
        1,
        1023,
        "Last port of the low range");
    ip(
        d,
        "portrange.reservedhigh",
        s -> s.portReservedHigh,
        (s, n) -> s.portReservedHigh = n,
        0,
        65535,
        "Highest port that needs a privilege");
    ip(
        d,
        "portrange.reservedlow",
        s -> s.portReservedLow,
        (s, n) -> s.portReservedLow = n,
        0,
        65535,
        "Lowest port that needs a privilege");
    ip(
        d,
        "portrange.randomized",
        s -> s.portRandomized,
        (s, n) -> s.portRandomized = n,
        0,
        1,
        "Choose ports at random");
  }
}
