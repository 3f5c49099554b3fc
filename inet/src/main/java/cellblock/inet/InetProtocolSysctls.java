package cellblock.inet;

import cellblock.inet.arp.ArpSettings;
import cellblock.inet.icmp.IcmpSettings;
import cellblock.inet.igmp.IgmpSettings;
import cellblock.inet.udp.UdpSettings;
import cellblock.kern.module.Declarations;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;

/** The knobs of the protocols around IPv4: ICMP, UDP, IGMP, raw sockets, ARP. */
final class InetProtocolSysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private InetProtocolSysctls() {}

  static void declare(Declarations d) {
    icmp(d);
    udp(d);
    igmp(d);
    raw(d);
    arp(d);
  }

  private static void icmp(
      Declarations d,
      String name,
      ToIntFunction<IcmpSettings> get,
      ObjIntConsumer<IcmpSettings> set,
      int low,
      int high,
      String text) {
    InetSysctls.knob(
        d,
        "net.inet.icmp." + name,
        i -> get.applyAsInt(i.icmpSettings),
        (i, n) -> set.accept(i.icmpSettings, n),
        low,
        high,
        text);
  }

  private static void icmp(Declarations d) {
    icmp(
        d,
        "maskrepl",
        s -> s.maskrepl,
        (s, n) -> s.maskrepl = n,
        0,
        1,
        "Answer address mask requests");
    icmp(
        d,
        "icmplim",
        s -> s.icmplim,
        (s, n) -> s.icmplim = n,
        0,
        MAX,
        "Most answers of a kind in a second");
    icmp(
        d,
        "icmplim_jitter",
        s -> s.icmplimJitter,
        (s, n) -> s.icmplimJitter = n,
        0,
        MAX,
        "How much icmplim varies");
    icmp(
        d,
        "icmplim_output",
        s -> s.icmplimOutput,
        (s, n) -> s.icmplimOutput = n,
        0,
        1,
        "Log when icmplim is reached");
    icmp(
        d,
        "drop_redirect",
        s -> s.dropRedirect,
        (s, n) -> s.dropRedirect = n,
        0,
        1,
        "Ignore redirects");
    icmp(d, "log_redirect", s -> s.logRedirect, (s, n) -> s.logRedirect = n, 0, 1, "Log redirects");
    icmp(
        d,
        "redirtimeout",
        s -> s.redirtimeout,
        (s, n) -> s.redirtimeout = n,
        1,
        MAX,
        "Seconds that a redirect holds");
    icmp(
        d,
        "bmcastecho",
        s -> s.bmcastecho,
        (s, n) -> s.bmcastecho = n,
        0,
        1,
        "Answer echo to broadcasts and multicasts");
    icmp(
        d,
        "quotelen",
        s -> s.quotelen,
        (s, n) -> s.quotelen = n,
        8,
        65535,
        "Bytes of a packet that an error quotes");
    icmp(
        d,
        "tstamprepl",
        s -> s.tstamprepl,
        (s, n) -> s.tstamprepl = n,
        0,
        1,
        "Answer timestamp requests");
  }

  private static void udp(
      Declarations d,
      String name,
      ToIntFunction<UdpSettings> get,
      ObjIntConsumer<UdpSettings> set,
      int low,
      int high,
      String text) {
    InetSysctls.knob(
        d,
        "net.inet.udp." + name,
        i -> get.applyAsInt(i.udpSettings),
        (i, n) -> set.accept(i.udpSettings, n),
        low,
        high,
        text);
  }

  private static void udp(Declarations d) {
    udp(
        d,
        "checksum",
        s -> s.checksum,
        (s, n) -> s.checksum = n,
        0,
        1,
        "Compute checksums of datagrams sent");
    udp(
        d,
        "maxdgram",
        s -> s.maxdgram,
        (s, n) -> s.maxdgram = n,
        0,
        MAX,
        "Largest datagram that is sent, bytes");
    udp(
        d,
        "recvspace",
        s -> s.recvspace,
        (s, n) -> s.recvspace = n,
        0,
        MAX,
        "Receive buffer of a new socket, bytes");
    udp(
        d,
        "blackhole",
        s -> s.blackhole,
        (s, n) -> s.blackhole = n,
        0,
        1,
        "No ICMP error for a port without a socket");
    udp(
        d,
        "blackhole_local",
        s -> s.blackholeLocal,
        (s, n) -> s.blackholeLocal = n,
        0,
        1,
        "The same for packets of this host");
    udp(
        d,
        "log_in_vain",
        s -> s.logInVain,
        (s, n) -> s.logInVain = n,
        0,
        1,
        "Log packets to ports without a socket");
  }

  private static void igmp(
      Declarations d,
      String name,
      ToIntFunction<IgmpSettings> get,
      ObjIntConsumer<IgmpSettings> set,
      int low,
      int high,
      String text) {
    InetSysctls.knob(
        d,
        "net.inet.igmp." + name,
        i -> get.applyAsInt(i.igmpSettings),
        (i, n) -> set.accept(i.igmpSettings, n),
        low,
        high,
        text);
  }

  private static void igmp(Declarations d) {
    igmp(d, "sendra", s -> s.sendra, (s, n) -> s.sendra = n, 0, 1, "Send the router alert option");
    igmp(
        d,
        "sendlocal",
        s -> s.sendlocal,
        (s, n) -> s.sendlocal = n,
        0,
        1,
        "Report groups of 224.0.0.0/24");
    igmp(
        d, "v1enable", s -> s.v1enable, (s, n) -> s.v1enable = n, 0, 1, "Answer version 1 queries");
    igmp(
        d, "v2enable", s -> s.v2enable, (s, n) -> s.v2enable = n, 0, 1, "Answer version 2 queries");
    igmp(
        d,
        "default_version",
        s -> s.defaultVersion,
        (s, n) -> s.defaultVersion = n,
        1,
        3,
        "Version that is spoken at first");
    igmp(
        d,
        "gsrdelay",
        s -> s.gsrdelay,
        (s, n) -> s.gsrdelay = n,
        0,
        MAX,
        "Seconds between group-and-source queries that are answered");
  }

  private static void raw(Declarations d) {
    InetSysctls.knob(
        d,
        "net.inet.raw.maxdgram",
        i -> i.rawSettings.maxdgram,
        (i, n) -> i.rawSettings.maxdgram = n,
        0,
        MAX,
        "Largest packet that a raw socket sends, bytes");
    InetSysctls.knob(
        d,
        "net.inet.raw.recvspace",
        i -> i.rawSettings.recvspace,
        (i, n) -> i.rawSettings.recvspace = n,
        0,
        MAX,
        "Receive buffer of a new raw socket, bytes");
  }

  private static void arp(
      Declarations d,
      String name,
      ToIntFunction<ArpSettings> get,
      ObjIntConsumer<ArpSettings> set,
      int low,
      int high,
      String text) {
    InetSysctls.knob(
        d,
        "net.link.ether." + name,
        i -> get.applyAsInt(i.arpSettings),
        (i, n) -> set.accept(i.arpSettings, n),
        low,
        high,
        text);
  }

  private static void arp(Declarations d) {
    arp(
        d,
        "inet.max_age",
        s -> s.maxAge,
        (s, n) -> s.maxAge = n,
        1,
        MAX / 2,
        "Seconds that an entry lives");
    arp(
        d,
        "inet.maxtries",
        s -> s.maxtries,
        (s, n) -> s.maxtries = n,
        1,
        MAX,
        "Requests before an error is returned");
    arp(
        d,
        "inet.proxyall",
        s -> s.proxyall,
        (s, n) -> s.proxyall = n,
        0,
        1,
        "Answer for every host that is routed to");
    arp(
        d,
        "inet.wait",
        s -> s.wait,
        (s, n) -> s.wait = n,
        1,
        MAX / 2,
        "Seconds that an unanswered entry lives");
    arp(
        d,
        "inet.maxhold",
        s -> s.maxhold,
        (s, n) -> s.maxhold = n,
        1,
        MAX,
        "Packets held for an entry");
    arp(
        d,
        "inet.max_log_per_second",
        s -> s.maxLogPerSecond,
        (s, n) -> s.maxLogPerSecond = n,
        -1,
        MAX,
        "Log lines in a second that others can cause");
    arp(
        d,
        "inet.log_arp_movements",
        s -> s.logArpMovements,
        (s, n) -> s.logArpMovements = n,
        0,
        1,
        "Log addresses that move");
    arp(
        d,
        "inet.log_arp_permanent_modify",
        s -> s.logArpPermanentModify,
        (s, n) -> s.logArpPermanentModify = n,
        0,
        1,
        "Log attempts to change a permanent entry");
    arp(
        d,
        "inet.garp_rexmit_count",
        s -> s.garpRexmitCount,
        (s, n) -> s.garpRexmitCount = n,
        0,
        16,
        "Times that a new address is announced again");
    arp(
        d,
        "inet.allow_multicast",
        s -> s.allowMulticast,
        (s, n) -> s.allowMulticast = n,
        0,
        1,
        "Take multicast link addresses");
    arp(
        d,
        "arp.log_level",
        s -> s.logLevel,
        (s, n) -> s.logLevel = n,
        0,
        7,
        "Least important level that is logged");
  }
}
