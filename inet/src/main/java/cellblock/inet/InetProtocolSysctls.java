package cellblock.inet;

import cellblock.inet.arp.ArpSettings;
import cellblock.inet.icmp.IcmpSettings;
import cellblock.inet.igmp.IgmpSettings;
import cellblock.inet.raw.RawSettings;
import cellblock.inet.udp.UdpSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlBranch;

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

  private static void icmp(Declarations d) {
    SysctlBranch<IcmpSettings> icmp =
        new SysctlBranch<>(d::sysctl, "net.inet.icmp.", v -> Inet.of(v).icmpSettings);
    icmp.knob("maskrepl", s -> s.maskrepl, (s, n) -> s.maskrepl = n)
        .flag("Answer address mask requests");
    icmp.knob("icmplim", s -> s.icmplim, (s, n) -> s.icmplim = n)
        .range(0, MAX, "Most answers of a kind in a second");
    icmp.knob("icmplim_jitter", s -> s.icmplimJitter, (s, n) -> s.icmplimJitter = n)
        .range(0, MAX, "How much icmplim varies");
    icmp.knob("icmplim_output", s -> s.icmplimOutput, (s, n) -> s.icmplimOutput = n)
        .flag("Log when icmplim is reached");
    icmp.knob("drop_redirect", s -> s.dropRedirect, (s, n) -> s.dropRedirect = n)
        .flag("Ignore redirects");
    icmp.knob("log_redirect", s -> s.logRedirect, (s, n) -> s.logRedirect = n)
        .flag("Log redirects");
    icmp.knob("redirtimeout", s -> s.redirtimeout, (s, n) -> s.redirtimeout = n)
        .range(1, MAX, "Seconds that a redirect holds");
    icmp.knob("bmcastecho", s -> s.bmcastecho, (s, n) -> s.bmcastecho = n)
        .flag("Answer echo to broadcasts and multicasts");
    icmp.knob("quotelen", s -> s.quotelen, (s, n) -> s.quotelen = n)
        .range(8, 65535, "Bytes of a packet that an error quotes");
    icmp.knob("tstamprepl", s -> s.tstamprepl, (s, n) -> s.tstamprepl = n)
        .flag("Answer timestamp requests");
  }

  private static void udp(Declarations d) {
    SysctlBranch<UdpSettings> udp =
        new SysctlBranch<>(d::sysctl, "net.inet.udp.", v -> Inet.of(v).udpSettings);
    udp.knob("checksum", s -> s.checksum, (s, n) -> s.checksum = n)
        .flag("Compute checksums of datagrams sent");
    udp.knob("maxdgram", s -> s.maxdgram, (s, n) -> s.maxdgram = n)
        .range(0, MAX, "Largest datagram that is sent, bytes");
    udp.knob("recvspace", s -> s.recvspace, (s, n) -> s.recvspace = n)
        .range(0, MAX, "Receive buffer of a new socket, bytes");
    udp.knob("blackhole", s -> s.blackhole, (s, n) -> s.blackhole = n)
        .flag("No ICMP error for a port without a socket");
    udp.knob("blackhole_local", s -> s.blackholeLocal, (s, n) -> s.blackholeLocal = n)
        .flag("The same for packets of this host");
    udp.knob("log_in_vain", s -> s.logInVain, (s, n) -> s.logInVain = n)
        .flag("Log packets to ports without a socket");
  }

  private static void igmp(Declarations d) {
    SysctlBranch<IgmpSettings> igmp =
        new SysctlBranch<>(d::sysctl, "net.inet.igmp.", v -> Inet.of(v).igmpSettings);
    igmp.knob("sendra", s -> s.sendra, (s, n) -> s.sendra = n).flag("Send the router alert option");
    igmp.knob("sendlocal", s -> s.sendlocal, (s, n) -> s.sendlocal = n)
        .flag("Report groups of 224.0.0.0/24");
    igmp.knob("v1enable", s -> s.v1enable, (s, n) -> s.v1enable = n)
        .flag("Answer version 1 queries");
    igmp.knob("v2enable", s -> s.v2enable, (s, n) -> s.v2enable = n)
        .flag("Answer version 2 queries");
    igmp.knob("default_version", s -> s.defaultVersion, (s, n) -> s.defaultVersion = n)
        .range(1, 3, "Version that is spoken at first");
    igmp.knob("gsrdelay", s -> s.gsrdelay, (s, n) -> s.gsrdelay = n)
        .range(0, MAX, "Seconds between group-and-source queries that are answered");
  }

  private static void raw(Declarations d) {
    SysctlBranch<RawSettings> raw =
        new SysctlBranch<>(d::sysctl, "net.inet.raw.", v -> Inet.of(v).rawSettings);
    raw.knob("maxdgram", s -> s.maxdgram, (s, n) -> s.maxdgram = n)
        .range(0, MAX, "Largest packet that a raw socket sends, bytes");
    raw.knob("recvspace", s -> s.recvspace, (s, n) -> s.recvspace = n)
        .range(0, MAX, "Receive buffer of a new raw socket, bytes");
  }

  private static void arp(Declarations d) {
    SysctlBranch<ArpSettings> arp =
        new SysctlBranch<>(d::sysctl, "net.link.ether.", v -> Inet.of(v).arpSettings);
    arp.knob("inet.max_age", s -> s.maxAge, (s, n) -> s.maxAge = n)
        .range(1, MAX / 2, "Seconds that an entry lives");
    arp.knob("inet.maxtries", s -> s.maxtries, (s, n) -> s.maxtries = n)
        .range(1, MAX, "Requests before an error is returned");
    arp.knob("inet.proxyall", s -> s.proxyall, (s, n) -> s.proxyall = n)
        .flag("Answer for every host that is routed to");
    arp.knob("inet.wait", s -> s.wait, (s, n) -> s.wait = n)
        .range(1, MAX / 2, "Seconds that an unanswered entry lives");
    arp.knob("inet.maxhold", s -> s.maxhold, (s, n) -> s.maxhold = n)
        .range(1, MAX, "Packets held for an entry");
    arp.knob("inet.max_log_per_second", s -> s.maxLogPerSecond, (s, n) -> s.maxLogPerSecond = n)
        .range(-1, MAX, "Log lines in a second that others can cause");
    arp.knob("inet.log_arp_movements", s -> s.logArpMovements, (s, n) -> s.logArpMovements = n)
        .flag("Log addresses that move");
    arp.knob(
            "inet.log_arp_permanent_modify",
            s -> s.logArpPermanentModify,
            (s, n) -> s.logArpPermanentModify = n)
        .flag("Log attempts to change a permanent entry");
    arp.knob("inet.garp_rexmit_count", s -> s.garpRexmitCount, (s, n) -> s.garpRexmitCount = n)
        .range(0, 16, "Times that a new address is announced again");
    arp.knob("inet.allow_multicast", s -> s.allowMulticast, (s, n) -> s.allowMulticast = n)
        .flag("Take multicast link addresses");
    arp.knob("arp.log_level", s -> s.logLevel, (s, n) -> s.logLevel = n)
        .range(0, 7, "Least important level that is logged");
  }
}
