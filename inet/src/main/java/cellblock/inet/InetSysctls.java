package cellblock.inet;

import cellblock.inet.arp.ArpSettings;
import cellblock.inet.icmp.IcmpSettings;
import cellblock.inet.igmp.IgmpSettings;
import cellblock.inet.ip.Ip4Settings;
import cellblock.inet.raw.RawSettings;
import cellblock.inet.tcp.TcpSettings;
import cellblock.inet.udp.UdpSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.util.function.Function;

/** Every knob of IPv4 and its protocols: name, cell, range, text. */
final class InetSysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private InetSysctls() {}

  static void declare(Declarations d) {
    ip(d);
    fragments(d);
    ports(d);
    icmp(d);
    udp(d);
    tcp(d);
    igmp(d);
    raw(d);
    arp(d);
  }

  private static void knob(
      Declarations d, String name, Function<Inet, IntCell> cell, int low, int high, String text) {
    d.sysctl(SysctlDeclaration.vnetInt(name, v -> cell.apply(Inet.of(v)), low, high, text));
  }

  private static void ip(
      Declarations d,
      String name,
      Function<Ip4Settings, IntCell> cell,
      int low,
      int high,
      String text) {
    knob(d, "net.inet.ip." + name, i -> cell.apply(i.ip.settings), low, high, text);
  }

  private static void ip(Declarations d) {
    ip(d, "forwarding", s -> s.forwarding, 0, 1, "Forward packets between interfaces");
    ip(d, "redirect", s -> s.redirect, 0, 1, "Send ICMP redirects when forwarding");
    ip(d, "ttl", s -> s.ttl, 0, 255, "Time to live of packets sent");
    ip(d, "sourceroute", s -> s.sourceroute, 0, 1, "Forward source routed packets");
    ip(d, "accept_sourceroute", s -> s.acceptSourceroute, 0, 1, "Take source routed packets in");
    ip(
        d,
        "process_options",
        s -> s.processOptions,
        0,
        2,
        "IP options: 0 ignored, 1 processed, 2 packets refused");
    ip(
        d,
        "rfc1122_strong_es",
        s -> s.strongEs,
        0,
        1,
        "Take packets in only on the interface that has the address");
    ip(
        d,
        "source_address_validation",
        s -> s.sourceAddressValidation,
        0,
        1,
        "Drop packets from outside that bear an own address as source");
    ip(
        d,
        "loopback_prefixlen",
        s -> s.loopbackPrefixlen,
        8,
        31,
        "Prefix length of the loopback network");
    ip(d, "allow_net0", s -> s.allowNet0, 0, 1, "Forward packets to 0/8");
    ip(d, "allow_net240", s -> s.allowNet240, 0, 1, "Forward packets to 240/4");
    ip(
        d,
        "broadcast_lowest",
        s -> s.broadcastLowest,
        0,
        1,
        "Treat the lowest address of a network as broadcast");
    ip(d, "random_id", s -> s.randomId, 0, 1, "Random identification of packets");
    ip(d, "rfc6864", s -> s.rfc6864, 0, 1, "Identification 0 in packets that cannot be cut");
    ip(
        d,
        "connect_inaddr_wild",
        s -> s.connectInaddrWild,
        0,
        1,
        "Let sockets connect to 0.0.0.0, meaning this host");
    ip(
        d,
        "same_prefix_carp_only",
        s -> s.samePrefixCarpOnly,
        0,
        1,
        "Refuse the same prefix on several interfaces");
    ip(d, "mcast.loop", s -> s.mcastLoop, 0, 1, "Loop multicasts back to members here");
    ip(d, "mcast.maxgrpsrc", s -> s.mcastMaxGroupSources, 0, MAX, "Most source filters of a group");
    ip(
        d,
        "mcast.maxsocksrc",
        s -> s.mcastMaxSocketSources,
        0,
        MAX,
        "Most source filters of a socket's group");
  }

  private static void fragments(Declarations d) {
    ip(
        d,
        "maxfragpackets",
        s -> s.maxfragpackets,
        -1,
        MAX,
        "Most packets being reassembled, -1 for no limit");
    ip(d, "maxfragsperpacket", s -> s.maxfragsperpacket, 0, MAX, "Most fragments of one packet");
    ip(d, "maxfrags", s -> s.maxfrags, -1, MAX, "Most fragments held, -1 for no limit");
    ip(d, "fragttl", s -> s.fragttl, 1, 255, "Seconds until an incomplete packet is given up");
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
    ip(d, "portrange.first", s -> s.portFirst, 1, 65535, "First port of the default range");
    ip(d, "portrange.last", s -> s.portLast, 1, 65535, "Last port of the default range");
    ip(d, "portrange.hifirst", s -> s.portHiFirst, 1, 65535, "First port of the high range");
    ip(d, "portrange.hilast", s -> s.portHiLast, 1, 65535, "Last port of the high range");
    ip(d, "portrange.lowfirst", s -> s.portLowFirst, 1, 1023, "First port of the low range");
    ip(d, "portrange.lowlast", s -> s.portLowLast, 1, 1023, "Last port of the low range");
    ip(
        d,
        "portrange.reservedhigh",
        s -> s.portReservedHigh,
        0,
        65535,
        "Highest port that needs a privilege");
    ip(
        d,
        "portrange.reservedlow",
        s -> s.portReservedLow,
        0,
        65535,
        "Lowest port that needs a privilege");
    ip(d, "portrange.randomized", s -> s.portRandomized, 0, 1, "Choose ports at random");
  }

  private static void icmp(
      Declarations d,
      String name,
      Function<IcmpSettings, IntCell> cell,
      int low,
      int high,
      String text) {
    knob(d, "net.inet.icmp." + name, i -> cell.apply(i.icmpSettings), low, high, text);
  }

  private static void icmp(Declarations d) {
    icmp(d, "maskrepl", s -> s.maskrepl, 0, 1, "Answer address mask requests");
    icmp(d, "icmplim", s -> s.icmplim, 0, MAX, "Most answers of a kind in a second");
    icmp(d, "icmplim_jitter", s -> s.icmplimJitter, 0, MAX, "How much icmplim varies");
    icmp(d, "icmplim_output", s -> s.icmplimOutput, 0, 1, "Log when icmplim is reached");
    icmp(d, "drop_redirect", s -> s.dropRedirect, 0, 1, "Ignore redirects");
    icmp(d, "log_redirect", s -> s.logRedirect, 0, 1, "Log redirects");
    icmp(d, "redirtimeout", s -> s.redirtimeout, 1, MAX, "Seconds that a redirect holds");
    icmp(d, "bmcastecho", s -> s.bmcastecho, 0, 1, "Answer echo to broadcasts and multicasts");
    icmp(d, "quotelen", s -> s.quotelen, 8, 65535, "Bytes of a packet that an error quotes");
    icmp(d, "tstamprepl", s -> s.tstamprepl, 0, 1, "Answer timestamp requests");
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

  private static void udp(
      Declarations d,
      String name,
      Function<UdpSettings, IntCell> cell,
      int low,
      int high,
      String text) {
    knob(d, "net.inet.udp." + name, i -> cell.apply(i.udpSettings), low, high, text);
  }

  private static void udp(Declarations d) {
    udp(d, "checksum", s -> s.checksum, 0, 1, "Compute checksums of datagrams sent");
    udp(d, "maxdgram", s -> s.maxdgram, 0, MAX, "Largest datagram that is sent, bytes");
    udp(d, "recvspace", s -> s.recvspace, 0, MAX, "Receive buffer of a new socket, bytes");
    udp(d, "blackhole", s -> s.blackhole, 0, 1, "No ICMP error for a port without a socket");
    udp(d, "blackhole_local", s -> s.blackholeLocal, 0, 1, "The same for packets of this host");
    udp(d, "log_in_vain", s -> s.logInVain, 0, 1, "Log packets to ports without a socket");
  }

  private static void igmp(
      Declarations d,
      String name,
      Function<IgmpSettings, IntCell> cell,
      int low,
      int high,
      String text) {
    knob(d, "net.inet.igmp." + name, i -> cell.apply(i.igmpSettings), low, high, text);
  }

  private static void igmp(Declarations d) {
    igmp(d, "sendra", s -> s.sendra, 0, 1, "Send the router alert option");
    igmp(d, "sendlocal", s -> s.sendlocal, 0, 1, "Report groups of 224.0.0.0/24");
    igmp(d, "v1enable", s -> s.v1enable, 0, 1, "Answer version 1 queries");
    igmp(d, "v2enable", s -> s.v2enable, 0, 1, "Answer version 2 queries");
    igmp(d, "default_version", s -> s.defaultVersion, 1, 3, "Version that is spoken at first");
    igmp(
        d,
        "gsrdelay",
        s -> s.gsrdelay,
        0,
        MAX,
        "Seconds between group-and-source queries that are answered");
  }

  private static void raw(Declarations d) {
    Function<Inet, RawSettings> of = i -> i.rawSettings;
    knob(
        d,
        "net.inet.raw.maxdgram",
        i -> of.apply(i).maxdgram,
        0,
        MAX,
        "Largest packet that a raw socket sends, bytes");
    knob(
        d,
        "net.inet.raw.recvspace",
        i -> of.apply(i).recvspace,
        0,
        MAX,
        "Receive buffer of a new raw socket, bytes");
  }

  private static void arp(
      Declarations d,
      String name,
      Function<ArpSettings, IntCell> cell,
      int low,
      int high,
      String text) {
    knob(d, "net.link.ether." + name, i -> cell.apply(i.arpSettings), low, high, text);
  }

  private static void arp(Declarations d) {
    arp(d, "inet.max_age", s -> s.maxAge, 1, MAX / 2, "Seconds that an entry lives");
    arp(d, "inet.maxtries", s -> s.maxtries, 1, MAX, "Requests before an error is returned");
    arp(d, "inet.proxyall", s -> s.proxyall, 0, 1, "Answer for every host that is routed to");
    arp(d, "inet.wait", s -> s.wait, 1, MAX / 2, "Seconds that an unanswered entry lives");
    arp(d, "inet.maxhold", s -> s.maxhold, 1, MAX, "Packets held for an entry");
    arp(
        d,
        "inet.max_log_per_second",
        s -> s.maxLogPerSecond,
        -1,
        MAX,
        "Log lines in a second that others can cause");
    arp(d, "inet.log_arp_movements", s -> s.logArpMovements, 0, 1, "Log addresses that move");
    arp(
        d,
        "inet.log_arp_permanent_modify",
        s -> s.logArpPermanentModify,
        0,
        1,
        "Log attempts to change a permanent entry");
    arp(
        d,
        "inet.garp_rexmit_count",
        s -> s.garpRexmitCount,
        0,
        16,
        "Times that a new address is announced again");
    arp(d, "inet.allow_multicast", s -> s.allowMulticast, 0, 1, "Take multicast link addresses");
    arp(d, "arp.log_level", s -> s.logLevel, 0, 7, "Least important level that is logged");
  }
}
