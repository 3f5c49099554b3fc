package cellblock.inet;

import cellblock.inet.icmp6.Icmp6Settings;
import cellblock.inet.ip6.Ip6Settings;
import cellblock.inet.mld.MldSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;

/** Every knob of IPv6 and its protocols: name, cell, range, text. */
final class Inet6Sysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private Inet6Sysctls() {}

  static void declare(Declarations d) {
    ip6(d);
    temporary(d);
    fragments(d);
    icmp6(d);
    multicast(d);
  }

  private static void ip6(
      Declarations d,
      String name,
      ToIntFunction<Ip6Settings> get,
      ObjIntConsumer<Ip6Settings> set,
      int low,
      int high,
      String text) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.inet6.ip6." + name,
            v -> get.applyAsInt(Inet6.of(v).ip.settings),
            (v, n) -> set.accept(Inet6.of(v).ip.settings, n),
            low,
            high,
            text));
  }

  private static void icmp6(
      Declarations d,
      String name,
      ToIntFunction<Icmp6Settings> get,
      ObjIntConsumer<Icmp6Settings> set,
      int low,
      int high,
      String text) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.inet6.icmp6." + name,
            v -> get.applyAsInt(Inet6.of(v).icmpSettings),
            (v, n) -> set.accept(Inet6.of(v).icmpSettings, n),
            low,
            high,
            text));
  }

  private static void ip6(Declarations d) {
    ip6(
        d,
        "forwarding",
        s -> s.forwarding,
        (s, n) -> s.forwarding = n,
        0,
        1,
        "Forward IPv6 packets between interfaces");
    ip6(
        d,
        "redirect",
        s -> s.redirect,
        (s, n) -> s.redirect = n,
        0,
        1,
        "Send ICMPv6 redirects when forwarding");
    ip6(d, "hlim", s -> s.hlim, (s, n) -> s.hlim = n, 0, 255, "Hop limit of packets sent");
    ip6(
        d,
        "defmcasthlim",
        s -> s.defmcasthlim,
        (s, n) -> s.defmcasthlim = n,
        0,
        255,
        "Hop limit of multicast packets sent");
    ip6(
        d,
        "accept_rtadv",
        s -> s.acceptRtadv,
        (s, n) -> s.acceptRtadv = n,
        0,
        1,
        "New interfaces listen to routers");
    ip6(
        d,
        "no_radr",
        s -> s.noRadr,
        (s, n) -> s.noRadr = n,
        0,
        1,
        "New interfaces take no default router");
    ip6(
        d,
        "rfc6204w3",
        s -> s.rfc6204w3,
        (s, n) -> s.rfc6204w3 = n,
        0,
        1,
        "Listen to routers even when forwarding");
    ip6(
        d,
        "auto_linklocal",
        s -> s.autoLinklocal,
        (s, n) -> s.autoLinklocal = n,
        0,
        1,
        "New interfaces make link-local addresses");
    ip6(
        d,
        "v6only",
        s -> s.v6only,
        (s, n) -> s.v6only = n,
        0,
        1,
        "IPv6 sockets take no IPv4 unless they ask for it");
    ip6(
        d,
        "dad_count",
        s -> s.dadCount,
        (s, n) -> s.dadCount = n,
        0,
        100,
        "Questions asked while looking for duplicates");
    ip6(
        d,
        "hdrnestlimit",
        s -> s.hdrnestlimit,
        (s, n) -> s.hdrnestlimit = n,
        0,
        255,
        "Extension headers that a packet may have");
    ip6(
        d,
        "use_deprecated",
        s -> s.useDeprecated,
        (s, n) -> s.useDeprecated = n,
        0,
        1,
        "Send from deprecated addresses");
    ip6(
        d,
        "source_address_validation",
        s -> s.sourceAddressValidation,
        (s, n) -> s.sourceAddressValidation = n,
        0,
        1,
        "Drop packets from outside that bear an own address as source");
  }

  private static void temporary(Declarations d) {
    ip6(
        d,
        "use_tempaddr",
        s -> s.useTempaddr,
        (s, n) -> s.useTempaddr = n,
        0,
        1,
        "Make temporary addresses of routers' prefixes");
    ip6(
        d,
        "temppltime",
        s -> s.temppltime,
        (s, n) -> s.temppltime = n,
        1,
        MAX,
        "Seconds that a temporary address is preferred");
    ip6(
        d,
        "tempvltime",
        s -> s.tempvltime,
        (s, n) -> s.tempvltime = n,
        1,
        MAX,
        "Seconds that a temporary address is valid");
    ip6(
        d,
        "prefer_tempaddr",
        s -> s.preferTempaddr,
        (s, n) -> s.preferTempaddr = n,
        0,
        1,
        "Send from temporary addresses rather than from public ones");
  }

  private static void fragments(Declarations d) {
    ip6(
        d,
        "maxfragpackets",
        s -> s.maxfragpackets,
        (s, n) -> s.maxfragpackets = n,
        -1,
        MAX,
        "Incomplete packets, -1 no limit");
    ip6(
        d,
        "maxfrags",
        s -> s.maxfrags,
        (s, n) -> s.maxfrags = n,
        -1,
        MAX,
        "Fragments that may wait, -1 no limit");
    ip6(
        d,
        "maxfragsperpacket",
        s -> s.maxfragsperpacket,
        (s, n) -> s.maxfragsperpacket = n,
        0,
        MAX,
        "Fragments of one packet");
    ip6(
        d,
        "fraglifetime_ms",
        s -> s.fraglifetime,
        (s, n) -> s.fraglifetime = n,
        1,
        255_000,
        "Milliseconds that fragments wait");
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet6.ip6.frag6_nfrags",
            SysctlDeclaration.Type.INT,
            true,
            "Fragments that wait",
            (m, v) -> Integer.toString(Inet6.of(v).ip.reassembly.fragments())));
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet6.ip6.frag6_nfragpackets",
            SysctlDeclaration.Type.INT,
            true,
            "Incomplete packets",
            (m, v) -> Integer.toString(Inet6.of(v).ip.reassembly.packets())));
  }

  private static void multicast(Declarations d) {
    ip6(
        d,
        "mcast.maxsocksrc",
        s -> s.mcastMaxSocketSources,
        (s, n) -> s.mcastMaxSocketSources = n,
        0,
        MAX,
        "Senders that one member of a group may list");
    mld(
        d,
        "gsrdelay",
        s -> s.gsrdelay,
        (s, n) -> s.gsrdelay = n,
        0,
        MAX,
        "Seconds between answers to questions about senders");
    mld(d, "v1enable", s -> s.v1enable, (s, n) -> s.v1enable = n, 0, 1, "Fall back to MLDv1");
    mld(d, "v2enable", s -> s.v2enable, (s, n) -> s.v2enable = n, 0, 1, "Answer MLDv2 questions");
  }

  private static void mld(
      Declarations d,
      String name,
      ToIntFunction<MldSettings> get,
      ObjIntConsumer<MldSettings> set,
      int low,
      int high,
      String text) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.inet6.mld." + name,
            v -> get.applyAsInt(Inet6.of(v).mldSettings),
            (v, n) -> set.accept(Inet6.of(v).mldSettings, n),
            low,
            high,
            text));
  }

  private static void icmp6(Declarations d) {
    icmp6(
        d,
        "rediraccept",
        s -> s.rediraccept,
        (s, n) -> s.rediraccept = n,
        0,
        1,
        "Listen to ICMPv6 redirects");
    icmp6(
        d,
        "redirtimeout",
        s -> s.redirtimeout,
        (s, n) -> s.redirtimeout = n,
        1,
        MAX,
        "Seconds that redirected routes live");
    icmp6(
        d,
        "errppslimit",
        s -> s.errppslimit,
        (s, n) -> s.errppslimit = n,
        -1,
        MAX,
        "ICMPv6 errors a second, -1 no limit");
    icmp6(
        d,
        "nd6_delay",
        s -> s.nd6Delay,
        (s, n) -> s.nd6Delay = n,
        1,
        MAX,
        "Seconds before a used neighbour is probed");
    icmp6(
        d,
        "nd6_umaxtries",
        s -> s.nd6Umaxtries,
        (s, n) -> s.nd6Umaxtries = n,
        1,
        MAX,
        "Probes before a neighbour is given up");
    icmp6(
        d,
        "nd6_mmaxtries",
        s -> s.nd6Mmaxtries,
        (s, n) -> s.nd6Mmaxtries = n,
        1,
        MAX,
        "Questions for an unknown neighbour");
    icmp6(
        d,
        "nd6_gctimer",
        s -> s.nd6Gctimer,
        (s, n) -> s.nd6Gctimer = n,
        1,
        MAX,
        "Seconds that an unused neighbour is kept");
    icmp6(
        d,
        "nd6_maxqueuelen",
        s -> s.nd6Maxqueuelen,
        (s, n) -> s.nd6Maxqueuelen = n,
        1,
        MAX,
        "Packets that wait for a neighbour");
    icmp6(
        d,
        "nd6_debug",
        s -> s.nd6Debug,
        (s, n) -> s.nd6Debug = n,
        0,
        1,
        "Log what discovery refuses");
    icmp6(
        d,
        "nd6_onlink_ns_rfc4861",
        s -> s.nd6OnlinkNsRfc4861,
        (s, n) -> s.nd6OnlinkNsRfc4861 = n,
        0,
        1,
        "Answer questions from senders that are not on the link");
  }
}
