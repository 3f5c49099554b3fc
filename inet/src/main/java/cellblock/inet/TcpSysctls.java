package cellblock.inet;

import cellblock.inet.tcp.Tcp;
import cellblock.inet.tcp.TcpSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import java.util.function.Function;

/** The knobs of TCP and of streams: net.inet.tcp.*, kern.ipc.*. */
final class TcpSysctls {
  private static final int MAX = Integer.MAX_VALUE;

  private TcpSysctls() {}

  static void declare(Declarations d) {
    knobs(d);
    sockets(d);
    procedures(d);
  }

  private static void knob(
      Declarations d,
      String name,
      Function<TcpSettings, IntCell> cell,
      int low,
      int high,
      String text) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "net.inet.tcp." + name,
            v -> cell.apply(Inet.of(v).tcp.open().settings),
            low,
            high,
            text));
  }

  private static void sockets(Declarations d) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "kern.ipc.soacceptqueue",
            v -> Inet.of(v).tcp.open().settings.somaxconn,
            1,
            65535,
            "Most connections that wait for accept"));
    d.sysctl(
        SysctlDeclaration.procedure(
                "kern.ipc.maxsockbuf",
                SysctlDeclaration.Type.ULONG,
                true,
                "Largest buffer of a socket, bytes",
                (m, v) -> Long.toString(Inet.of(v).sockets.maxsockbuf()),
                (m, v, text) -> Inet.of(v).sockets.maxsockbuf(Long.parseLong(text)))
            .range(2304, 0xffffffffL));
  }

  private static Tcp tcp(Vnet v) {
    return Inet.of(v).tcp.open();
  }

  private static void text(Declarations d, String name, String text, Function<Tcp, String> reader) {
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet.tcp." + name,
            SysctlDeclaration.Type.STRING,
            true,
            text,
            (m, v) -> reader.apply(tcp(v))));
  }

  private static void procedures(Declarations d) {
    text(d, "cc.available", "Congestion control algorithms", Tcp::algorithms);
    d.sysctl(
        SysctlDeclaration.procedure(
            "net.inet.tcp.cc.algorithm",
            SysctlDeclaration.Type.STRING,
            true,
            "Congestion control of new connections",
            (m, v) -> tcp(v).algorithm(),
            (m, v, name) -> tcp(v).algorithm(name)));
    d.sysctl(
        SysctlDeclaration.procedure(
                "net.inet.tcp.fastopen.client_enable",
                SysctlDeclaration.Type.INT,
                true,
                "Clients may use Fast Open; 0 forgets all cookies",
                (m, v) -> tcp(v).fastOpenClient() ? "1" : "0",
                (m, v, text) -> tcp(v).fastOpenClient(!text.equals("0")))
            .range(0, 1));
    d.sysctl(
        SysctlDeclaration.procedure(
            "net.inet.tcp.fastopen.setkey",
            SysctlDeclaration.Type.STRING,
            true,
            "A new key for cookies, 32 hexadecimal digits",
            (m, v) -> "",
            (m, v, text) -> tcp(v).fastOpenKey(text)));
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet.tcp.fastopen.numkeys",
            SysctlDeclaration.Type.INT,
            true,
            "Keys for cookies that are in use",
            (m, v) -> Integer.toString(tcp(v).fastOpenKeys())));
    d.sysctl(
        SysctlDeclaration.procedure(
                "net.inet.tcp.udp_tunneling_port",
                SysctlDeclaration.Type.INT,
                true,
                "Port of TCP inside UDP; 0 = none",
                (m, v) -> tcp(v).settings.udpTunnelingPort.toString(),
                (m, v, text) -> Inet.of(v).tunnelTcp(Integer.parseInt(text)))
            .range(0, 65535));
    text(d, "functions_available", "Stacks of connections", Tcp::stacks);
    d.sysctl(
        SysctlDeclaration.procedure(
            "net.inet.tcp.functions_default",
            SysctlDeclaration.Type.STRING,
            true,
            "Stack of new connections",
            (m, v) -> tcp(v).stack(),
            (m, v, name) -> tcp(v).stack(name)));
    text(d, "hostcache.list", "What is known of the ways to hosts", Tcp::hostCacheList);
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.inet.tcp.hostcache.count",
            SysctlDeclaration.Type.INT,
            true,
            "Hosts that are remembered",
            (m, v) -> Integer.toString(tcp(v).hostCacheCount())));
    d.sysctl(
        SysctlDeclaration.procedure(
            "net.inet.tcp.hostcache.purgenow",
            SysctlDeclaration.Type.INT,
            true,
            "Forget all hosts now",
            (m, v) -> "0",
            (m, v, text) -> {
              if (!text.equals("0")) {
                tcp(v).purgeHostCache();
              }
            }));
  }

  private static void knobs(Declarations d) {
    knob(d, "tso", s -> s.tso, 0, 1, "Leave the cutting of large segments to links that do it");
    knob(d, "rfc1323", s -> s.rfc1323, 0, 1, "Window scale and timestamps (RFC 7323)");
    knob(d, "tso", s -> s.tso, 0, 1, "Leave the cutting of large segments to links that do it");
    knob(d, "sack.enable", s -> s.sack, 0, 1, "Selective acknowledgments");
    knob(d, "mssdflt", s -> s.mssdflt, 64, 65535, "Segment size towards a peer that names none");
    knob(d, "v6mssdflt", s -> s.v6mssdflt, 64, 65535, "The same towards IPv6 peers");
    knob(d, "minmss", s -> s.minmss, 0, 65535, "Smallest segment size that is taken from a path");
    knob(d, "sendspace", s -> s.sendspace, 1, MAX, "Send buffer of a new socket, bytes");
    knob(d, "recvspace", s -> s.recvspace, 1, MAX, "Receive buffer of a new socket, bytes");
    knob(d, "sendbuf_auto", s -> s.sendbufAuto, 0, 1, "Let send buffers grow");
    knob(
        d,
        "sendbuf_max",
        s -> s.sendbufMax,
        1,
        1 << 28,
        "Largest send buffer that grew by itself, bytes");
    knob(
        d,
        "sendbuf_inc",
        s -> s.sendbufInc,
        1,
        1 << 28,
        "Step by which a send buffer grows, bytes");
    knob(d, "recvbuf_auto", s -> s.recvbufAuto, 0, 1, "Let receive buffers grow");
    knob(
        d,
        "recvbuf_max",
        s -> s.recvbufMax,
        1,
        1 << 28,
        "Largest receive buffer that grew by itself, bytes");
    knob(d, "delayed_ack", s -> s.delayedAck, 0, 1, "Delay acknowledgments");
    knob(d, "delacktime", s -> s.delacktime, 1, MAX, "How long an acknowledgment is delayed, ms");
    knob(
        d,
        "initcwnd_segments",
        s -> s.initcwndSegments,
        1,
        65535,
        "Initial congestion window, segments");
    knob(d, "abc_l_var", s -> s.abcLVar, 1, MAX, "Most segments by which slow start grows at once");
    knob(d, "msl", s -> s.msl, 1, MAX, "Maximum segment lifetime, ms");
    knob(d, "rexmit_initial", s -> s.rexmitInitial, 1, MAX, "First retransmission timeout, ms");
    knob(d, "rexmit_min", s -> s.rexmitMin, 1, MAX, "Smallest retransmission timeout, ms");
    knob(
        d,
        "rexmit_slop",
        s -> s.rexmitSlop,
        1,
        MAX,
        "What is added to a retransmission timeout, ms");
    knob(d, "persmin", s -> s.persmin, 1, MAX, "Shortest persist timeout, ms");
    knob(d, "persmax", s -> s.persmax, 1, MAX, "Longest persist timeout, ms");
    knob(d, "keepinit", s -> s.keepinit, 1, MAX, "Time to make a connection, ms");
    knob(d, "keepidle", s -> s.keepidle, 1, MAX, "Idle time before keepalive probes, ms");
    knob(d, "keepintvl", s -> s.keepintvl, 1, MAX, "Time between keepalive probes, ms");
    knob(d, "keepcnt", s -> s.keepcnt, 1, MAX, "Keepalive probes before a connection is dropped");
    knob(d, "always_keepalive", s -> s.alwaysKeepalive, 0, 1, "Probe every idle connection");
    knob(
        d,
        "finwait2_timeout",
        s -> s.finwait2Timeout,
        1,
        MAX,
        "Time in FIN_WAIT_2 once nobody reads, ms");
    knob(
        d,
        "fast_finwait2_recycle",
        s -> s.fastFinwait2Recycle,
        0,
        1,
        "End FIN_WAIT_2 at its timeout at any rate");
    knob(
        d,
        "maxpersistidle",
        s -> s.maxpersistidle,
        1,
        MAX,
        "Time that a shut window is probed for, ms");
    knob(d, "blackhole", s -> s.blackhole, 0, 3, "No reset for a port without a socket");
    knob(d, "drop_synfin", s -> s.dropSynfin, 0, 1, "Drop segments with SYN and FIN");
    knob(d, "insecure_rst", s -> s.insecureRst, 0, 1, "Take any reset in the window");
    knob(d, "rfc3042", s -> s.rfc3042, 0, 1, "Limited transmit");
    knob(d, "path_mtu_discovery", s -> s.pathMtuDiscovery, 0, 1, "Path MTU discovery");
    knob(d, "icmp_may_rst", s -> s.icmpMayRst, 0, 1, "ICMP errors may end a handshake");
    knob(
        d,
        "ack_war_cnt",
        s -> s.challengeAckLimit,
        0,
        MAX,
        "Challenge acknowledgments a second; 0 = no limit");
    knob(d, "syncache.cachelimit", s -> s.syncacheLimit, 1, 1 << 20, "Most half-open connections");
    knob(
        d, "syncache.rexmtlimit", s -> s.syncacheRexmtlimit, 0, 12, "Retransmissions of a SYN,ACK");
    knob(
        d,
        "reass.maxqueuelen",
        s -> s.reassMaxqueuelen,
        1,
        127,
        "Most ranges out of order of a connection");
    knob(
        d,
        "ecn.enable",
        s -> s.ecnEnable,
        0,
        2,
        "Explicit congestion notification: 0 none, 1 offered and taken, 2 taken");
    knob(
        d,
        "ecn.maxretries",
        s -> s.ecnMaxretries,
        0,
        MAX,
        "Retransmissions of a SYN that still offer ECN");
    knob(
        d,
        "syncookies",
        s -> s.syncookies,
        0,
        1,
        "Answer SYNs by cookies when the syncache is full");
    knob(d, "syncookies_only", s -> s.syncookiesOnly, 0, 1, "Answer SYNs by cookies alone");
    knob(
        d,
        "syncache.rst_on_sock_fail",
        s -> s.syncacheRstOnFail,
        0,
        1,
        "Reset when an accepted connection finds no socket");
    knob(d, "insecure_syn", s -> s.insecureSyn, 0, 1, "Take any SYN in the window as a reset");
    knob(d, "insecure_ack", s -> s.insecureAck, 0, 1, "Take acknowledgments of data never sent");
    knob(
        d,
        "tolerate_missing_ts",
        s -> s.tolerateMissingTs,
        0,
        1,
        "Take segments without the timestamp that was agreed on");
    knob(
        d,
        "rexmit_drop_options",
        s -> s.rexmitDropOptions,
        0,
        1,
        "The third SYN and later ones carry no options");
    knob(
        d,
        "udp_tunneling_overhead",
        s -> s.udpTunnelingOverhead,
        8,
        1024,
        "Bytes that TCP inside UDP leaves out of a segment");
    knob(
        d,
        "pmtud_blackhole_detection",
        s -> s.pmtudBlackholeDetection,
        0,
        3,
        "Smaller segments when large ones vanish");
    knob(
        d,
        "pmtud_blackhole_mss",
        s -> s.pmtudBlackholeMss,
        64,
        65535,
        "The smaller segment size, IPv4");
    knob(
        d,
        "v6pmtud_blackhole_mss",
        s -> s.v6pmtudBlackholeMss,
        64,
        65535,
        "The smaller segment size, IPv6");
    knob(d, "do_prr", s -> s.doPrr, 0, 1, "Proportional rate reduction (RFC 6937)");
    knob(d, "do_lrd", s -> s.doLrd, 0, 1, "Find retransmissions that were lost");
    knob(d, "sack.maxholes", s -> s.sackMaxholes, 0, 128, "Most SACK ranges of a connection");
    knob(
        d,
        "nolocaltimewait",
        s -> s.nolocaltimewait,
        0,
        1,
        "No TIME_WAIT between addresses of this host");
    knob(
        d,
        "blackhole_local",
        s -> s.blackholeLocal,
        0,
        1,
        "No reset even for peers on a link of this host");
    knob(
        d,
        "hostcache.enable",
        s -> s.hostcacheEnable,
        0,
        1,
        "Remember what connections learnt of the way to a host");
    knob(
        d,
        "hostcache.cachelimit",
        s -> s.hostcacheCachelimit,
        0,
        MAX,
        "Most hosts that are remembered");
    knob(
        d, "hostcache.expire", s -> s.hostcacheExpire, 0, MAX, "Seconds that a host is remembered");
    knob(
        d,
        "hostcache.prune",
        s -> s.hostcachePrune,
        0,
        MAX,
        "Seconds between looks for hosts to forget");
    knob(d, "hostcache.purge", s -> s.hostcachePurge, 0, 1, "Forget all hosts at the next look");
    knob(
        d,
        "fastopen.server_enable",
        s -> s.fastopenServerEnable,
        0,
        1,
        "Servers may answer before the handshake ends (RFC 7413)");
    knob(d, "fastopen.acceptany", s -> s.fastopenAcceptany, 0, 1, "Take any cookie");
    knob(
        d,
        "fastopen.autokey",
        s -> s.fastopenAutokey,
        0,
        MAX,
        "Seconds that a key makes cookies; 0 = for ever");
    knob(
        d,
        "fastopen.path_disable_time",
        s -> s.fastopenPathDisableTime,
        0,
        MAX,
        "Seconds that a path is left alone after a failure");
    knob(
        d,
        "fastopen.ccache_bucket_limit",
        s -> s.fastopenCcacheLimit,
        1,
        1024,
        "Clients' cookies kept for a hash value");
  }
}
