package cellblock.inet;

import cellblock.inet.icmp6.Icmp6Settings;
import cellblock.inet.ip6.Ip6Reassembly;
import cellblock.inet.ip6.Ip6Settings;
import cellblock.inet.mld.MldSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlBranch;

/** Every knob of IPv6 and its protocols: name, cell, range, text. */
final class Inet6Sysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private Inet6Sysctls() {}

  static void declare(Declarations d) {
    SysctlBranch<Ip6Settings> ip6 =
        new SysctlBranch<>(d::sysctl, "net.inet6.ip6.", v -> Inet6.of(v).ip.settings);
    packets(ip6);
    temporary(ip6);
    fragments(ip6);
    held(d);
    icmp6(d);
    multicast(d);
  }

  private static void packets(SysctlBranch<Ip6Settings> ip6) {
    ip6.knob("forwarding", s -> s.forwarding, (s, n) -> s.forwarding = n)
        .flag("Forward IPv6 packets between interfaces");
    ip6.knob("redirect", s -> s.redirect, (s, n) -> s.redirect = n)
        .flag("Send ICMPv6 redirects when forwarding");
    ip6.knob("hlim", s -> s.hlim, (s, n) -> s.hlim = n).range(0, 255, "Hop limit of packets sent");
    ip6.knob("defmcasthlim", s -> s.defmcasthlim, (s, n) -> s.defmcasthlim = n)
        .range(0, 255, "Hop limit of multicast packets sent");
    ip6.knob("accept_rtadv", s -> s.acceptRtadv, (s, n) -> s.acceptRtadv = n)
        .flag("New interfaces listen to routers");
    ip6.knob("no_radr", s -> s.noRadr, (s, n) -> s.noRadr = n)
        .flag("New interfaces take no default router");
    ip6.knob("rfc6204w3", s -> s.rfc6204w3, (s, n) -> s.rfc6204w3 = n)
        .flag("Listen to routers even when forwarding");
    ip6.knob("auto_linklocal", s -> s.autoLinklocal, (s, n) -> s.autoLinklocal = n)
        .flag("New interfaces make link-local addresses");
    ip6.knob("v6only", s -> s.v6only, (s, n) -> s.v6only = n)
        .flag("IPv6 sockets take no IPv4 unless they ask for it");
    ip6.knob("dad_count", s -> s.dadCount, (s, n) -> s.dadCount = n)
        .range(0, 100, "Questions asked while looking for duplicates");
    ip6.knob("hdrnestlimit", s -> s.hdrnestlimit, (s, n) -> s.hdrnestlimit = n)
        .range(0, 255, "Extension headers that a packet may have");
    ip6.knob("use_deprecated", s -> s.useDeprecated, (s, n) -> s.useDeprecated = n)
        .flag("Send from deprecated addresses");
    ip6.knob(
            "source_address_validation",
            s -> s.sourceAddressValidation,
            (s, n) -> s.sourceAddressValidation = n)
        .flag("Drop packets from outside that bear an own address as source");
    ip6.knob(
            "mcast.maxsocksrc", s -> s.mcastMaxSocketSources, (s, n) -> s.mcastMaxSocketSources = n)
        .range(0, MAX, "Senders that one member of a group may list");
  }

  private static void temporary(SysctlBranch<Ip6Settings> ip6) {
    ip6.knob("use_tempaddr", s -> s.useTempaddr, (s, n) -> s.useTempaddr = n)
        .flag("Make temporary addresses of routers' prefixes");
    ip6.knob("temppltime", s -> s.temppltime, (s, n) -> s.temppltime = n)
        .range(1, MAX, "Seconds that a temporary address is preferred");
    ip6.knob("tempvltime", s -> s.tempvltime, (s, n) -> s.tempvltime = n)
        .range(1, MAX, "Seconds that a temporary address is valid");
    ip6.knob("prefer_tempaddr", s -> s.preferTempaddr, (s, n) -> s.preferTempaddr = n)
        .flag("Send from temporary addresses rather than from public ones");
  }

  private static void fragments(SysctlBranch<Ip6Settings> ip6) {
    ip6.knob("maxfragpackets", s -> s.maxfragpackets, (s, n) -> s.maxfragpackets = n)
        .range(-1, MAX, "Incomplete packets, -1 no limit");
    ip6.knob("maxfrags", s -> s.maxfrags, (s, n) -> s.maxfrags = n)
        .range(-1, MAX, "Fragments that may wait, -1 no limit");
    ip6.knob("maxfragsperpacket", s -> s.maxfragsperpacket, (s, n) -> s.maxfragsperpacket = n)
        .range(0, MAX, "Fragments of one packet");
    ip6.knob("fraglifetime_ms", s -> s.fraglifetime, (s, n) -> s.fraglifetime = n)
        .range(1, 255_000, "Milliseconds that fragments wait");
  }

  private static void held(Declarations d) {
    SysctlBranch<Ip6Reassembly> held =
        new SysctlBranch<>(d::sysctl, "net.inet6.ip6.", v -> Inet6.of(v).ip.reassembly);
    held.readOnly("frag6_nfrags", Ip6Reassembly::fragments, "Fragments that wait");
    held.readOnly("frag6_nfragpackets", Ip6Reassembly::packets, "Incomplete packets");
  }

  private static void multicast(Declarations d) {
    SysctlBranch<MldSettings> mld =
        new SysctlBranch<>(d::sysctl, "net.inet6.mld.", v -> Inet6.of(v).mldSettings);
    mld.knob("gsrdelay", s -> s.gsrdelay, (s, n) -> s.gsrdelay = n)
        .range(0, MAX, "Seconds between answers to questions about senders");
    mld.knob("v1enable", s -> s.v1enable, (s, n) -> s.v1enable = n).flag("Fall back to MLDv1");
    mld.knob("v2enable", s -> s.v2enable, (s, n) -> s.v2enable = n).flag("Answer MLDv2 questions");
  }

  private static void icmp6(Declarations d) {
    SysctlBranch<Icmp6Settings> icmp =
        new SysctlBranch<>(d::sysctl, "net.inet6.icmp6.", v -> Inet6.of(v).icmpSettings);
    icmp.knob("rediraccept", s -> s.rediraccept, (s, n) -> s.rediraccept = n)
        .flag("Listen to ICMPv6 redirects");
    icmp.knob("redirtimeout", s -> s.redirtimeout, (s, n) -> s.redirtimeout = n)
        .range(1, MAX, "Seconds that redirected routes live");
    icmp.knob("errppslimit", s -> s.errppslimit, (s, n) -> s.errppslimit = n)
        .range(-1, MAX, "ICMPv6 errors a second, -1 no limit");
    icmp.knob("nd6_delay", s -> s.nd6Delay, (s, n) -> s.nd6Delay = n)
        .range(1, MAX, "Seconds before a used neighbour is probed");
    icmp.knob("nd6_umaxtries", s -> s.nd6Umaxtries, (s, n) -> s.nd6Umaxtries = n)
        .range(1, MAX, "Probes before a neighbour is given up");
    icmp.knob("nd6_mmaxtries", s -> s.nd6Mmaxtries, (s, n) -> s.nd6Mmaxtries = n)
        .range(1, MAX, "Questions for an unknown neighbour");
    icmp.knob("nd6_gctimer", s -> s.nd6Gctimer, (s, n) -> s.nd6Gctimer = n)
        .range(1, MAX, "Seconds that an unused neighbour is kept");
    icmp.knob("nd6_maxqueuelen", s -> s.nd6Maxqueuelen, (s, n) -> s.nd6Maxqueuelen = n)
        .range(1, MAX, "Packets that wait for a neighbour");
    icmp.knob("nd6_debug", s -> s.nd6Debug, (s, n) -> s.nd6Debug = n)
        .flag("Log what discovery refuses");
    icmp.knob(
            "nd6_onlink_ns_rfc4861", s -> s.nd6OnlinkNsRfc4861, (s, n) -> s.nd6OnlinkNsRfc4861 = n)
        .flag("Answer questions from senders that are not on the link");
  }
}
