package cellblock.inet;

import cellblock.inet.ip.Ip4Settings;
import cellblock.inet.tcp.TcpSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.util.function.Function;
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
    tcp(d);
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

  private static void knob(
      Declarations d, String name, Function<Inet, IntCell> cell, int low, int high, String text) {
    d.sysctl(SysctlDeclaration.vnetInt(name, v -> cell.apply(Inet.of(v)), low, high, text));
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

  private static void tcp(
      Declarations d,
      String name,
      Function<TcpSettings, IntCell> cell,
      int low,
      int high,
      String text) {
    knob(d, "net.inet.tcp." + name, i -> cell.apply(i.tcp.open().settings), low, high, text);
  }

  private static void tcp(Declarations d) {
    tcp(d, "rfc1323", s -> s.rfc1323, 0, 1, "Window scale and timestamps (RFC 7323)");
    tcp(d, "sack.enable", s -> s.sack, 0, 1, "Selective acknowledgments");
    tcp(d, "mssdflt", s -> s.mssdflt, 64, 65535, "Segment size towards a peer that names none");
    tcp(d, "v6mssdflt", s -> s.v6mssdflt, 64, 65535, "The same towards IPv6 peers");
    tcp(d, "minmss", s -> s.minmss, 0, 65535, "Smallest segment size that is taken from a path");
    tcp(d, "sendspace", s -> s.sendspace, 1, MAX, "Send buffer of a new socket, bytes");
    tcp(d, "recvspace", s -> s.recvspace, 1, MAX, "Receive buffer of a new socket, bytes");
    tcp(d, "sendbuf_auto", s -> s.sendbufAuto, 0, 1, "Let send buffers grow");
    tcp(
        d,
        "sendbuf_max",
        s -> s.sendbufMax,
        1,
        1 << 28,
        "Largest send buffer that grew by itself, bytes");
    tcp(
        d,
        "sendbuf_inc",
        s -> s.sendbufInc,
        1,
        1 << 28,
        "Step by which a send buffer grows, bytes");
    tcp(d, "recvbuf_auto", s -> s.recvbufAuto, 0, 1, "Let receive buffers grow");
    tcp(
        d,
        "recvbuf_max",
        s -> s.recvbufMax,
        1,
        1 << 28,
        "Largest receive buffer that grew by itself, bytes");
    tcp(d, "delayed_ack", s -> s.delayedAck, 0, 1, "Delay acknowledgments");
    tcp(d, "delacktime", s -> s.delacktime, 1, MAX, "How long an acknowledgment is delayed, ms");
    tcp(
        d,
        "initcwnd_segments",
        s -> s.initcwndSegments,
        1,
        65535,
        "Initial congestion window, segments");
    tcp(d, "abc_l_var", s -> s.abcLVar, 1, MAX, "Most segments by which slow start grows at once");
    tcp(d, "msl", s -> s.msl, 1, MAX, "Maximum segment lifetime, ms");
    tcp(d, "rexmit_initial", s -> s.rexmitInitial, 1, MAX, "First retransmission timeout, ms");
    tcp(d, "rexmit_min", s -> s.rexmitMin, 1, MAX, "Smallest retransmission timeout, ms");
    tcp(
        d,
        "rexmit_slop",
        s -> s.rexmitSlop,
        1,
        MAX,
        "What is added to a retransmission timeout, ms");
    tcp(d, "persmin", s -> s.persmin, 1, MAX, "Shortest persist timeout, ms");
    tcp(d, "persmax", s -> s.persmax, 1, MAX, "Longest persist timeout, ms");
    tcp(d, "keepinit", s -> s.keepinit, 1, MAX, "Time to make a connection, ms");
    tcp(d, "keepidle", s -> s.keepidle, 1, MAX, "Idle time before keepalive probes, ms");
    tcp(d, "keepintvl", s -> s.keepintvl, 1, MAX, "Time between keepalive probes, ms");
    tcp(d, "keepcnt", s -> s.keepcnt, 1, MAX, "Keepalive probes before a connection is dropped");
    tcp(d, "always_keepalive", s -> s.alwaysKeepalive, 0, 1, "Probe every idle connection");
    tcp(
        d,
        "finwait2_timeout",
        s -> s.finwait2Timeout,
        1,
        MAX,
        "Time in FIN_WAIT_2 once nobody reads, ms");
    tcp(
        d,
        "fast_finwait2_recycle",
        s -> s.fastFinwait2Recycle,
        0,
        1,
        "End FIN_WAIT_2 at its timeout at any rate");
    tcp(
        d,
        "maxpersistidle",
        s -> s.maxpersistidle,
        1,
        MAX,
        "Time that a shut window is probed for, ms");
    tcp(d, "blackhole", s -> s.blackhole, 0, 3, "No reset for a port without a socket");
    tcp(d, "drop_synfin", s -> s.dropSynfin, 0, 1, "Drop segments with SYN and FIN");
    tcp(d, "insecure_rst", s -> s.insecureRst, 0, 1, "Take any reset in the window");
    tcp(d, "rfc3042", s -> s.rfc3042, 0, 1, "Limited transmit");
    tcp(d, "path_mtu_discovery", s -> s.pathMtuDiscovery, 0, 1, "Path MTU discovery");
    tcp(d, "icmp_may_rst", s -> s.icmpMayRst, 0, 1, "ICMP errors may end a handshake");
    tcp(
        d,
        "ack_war_cnt",
        s -> s.challengeAckLimit,
        0,
        MAX,
        "Challenge acknowledgments a second; 0 = no limit");
    tcp(d, "syncache.cachelimit", s -> s.syncacheLimit, 1, 1 << 20, "Most half-open connections");
    tcp(d, "syncache.rexmtlimit", s -> s.syncacheRexmtlimit, 0, 12, "Retransmissions of a SYN,ACK");
    tcp(
        d,
        "reass.maxqueuelen",
        s -> s.reassMaxqueuelen,
        1,
        127,
        "Most ranges out of order of a connection");
    knob(
        d,
        "kern.ipc.soacceptqueue",
        i -> i.tcp.open().settings.somaxconn,
        1,
        65535,
        "Most connections that wait for accept");
  }
}
