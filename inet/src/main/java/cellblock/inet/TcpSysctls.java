package cellblock.inet;

import cellblock.inet.tcp.Tcp;
import cellblock.inet.tcp.TcpSettings;
import cellblock.kern.module.Declarations;
import cellblock.kern.sysctl.SysctlBranch;
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

  private static void sockets(Declarations d) {
    d.sysctl(
        SysctlDeclaration.vnetInt(
            "kern.ipc.soacceptqueue",
            v -> tcp(v).settings.somaxconn,
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
    SysctlBranch<TcpSettings> tcp =
        new SysctlBranch<>(d::sysctl, "net.inet.tcp.", v -> tcp(v).settings);
    tcp.knob("rfc1323", s -> s.rfc1323).flag("Window scale and timestamps (RFC 7323)");
    tcp.knob("tso", s -> s.tso).flag("Leave the cutting of large segments to links that do it");
    tcp.knob("sack.enable", s -> s.sack).flag("Selective acknowledgments");
    tcp.knob("mssdflt", s -> s.mssdflt)
        .range(64, 65535, "Segment size towards a peer that names none");
    tcp.knob("v6mssdflt", s -> s.v6mssdflt).range(64, 65535, "The same towards IPv6 peers");
    tcp.knob("minmss", s -> s.minmss)
        .range(0, 65535, "Smallest segment size that is taken from a path");
    tcp.knob("sendspace", s -> s.sendspace).range(1, MAX, "Send buffer of a new socket, bytes");
    tcp.knob("recvspace", s -> s.recvspace).range(1, MAX, "Receive buffer of a new socket, bytes");
    tcp.knob("sendbuf_auto", s -> s.sendbufAuto).flag("Let send buffers grow");
    tcp.knob("sendbuf_max", s -> s.sendbufMax)
        .range(1, 1 << 28, "Largest send buffer that grew by itself, bytes");
    tcp.knob("sendbuf_inc", s -> s.sendbufInc)
        .range(1, 1 << 28, "Step by which a send buffer grows, bytes");
    tcp.knob("recvbuf_auto", s -> s.recvbufAuto).flag("Let receive buffers grow");
    tcp.knob("recvbuf_max", s -> s.recvbufMax)
        .range(1, 1 << 28, "Largest receive buffer that grew by itself, bytes");
    tcp.knob("delayed_ack", s -> s.delayedAck).flag("Delay acknowledgments");
    tcp.knob("delacktime", s -> s.delacktime)
        .range(1, MAX, "How long an acknowledgment is delayed, ms");
    tcp.knob("initcwnd_segments", s -> s.initcwndSegments)
        .range(1, 65535, "Initial congestion window, segments");
    tcp.knob("abc_l_var", s -> s.abcLVar)
        .range(1, MAX, "Most segments by which slow start grows at once");
    tcp.knob("msl", s -> s.msl).range(1, MAX, "Maximum segment lifetime, ms");
    tcp.knob("rexmit_initial", s -> s.rexmitInitial)
        .range(1, MAX, "First retransmission timeout, ms");
    tcp.knob("rexmit_min", s -> s.rexmitMin).range(1, MAX, "Smallest retransmission timeout, ms");
    tcp.knob("rexmit_slop", s -> s.rexmitSlop)
        .range(1, MAX, "What is added to a retransmission timeout, ms");
    tcp.knob("persmin", s -> s.persmin).range(1, MAX, "Shortest persist timeout, ms");
    tcp.knob("persmax", s -> s.persmax).range(1, MAX, "Longest persist timeout, ms");
    tcp.knob("keepinit", s -> s.keepinit).range(1, MAX, "Time to make a connection, ms");
    tcp.knob("keepidle", s -> s.keepidle).range(1, MAX, "Idle time before keepalive probes, ms");
    tcp.knob("keepintvl", s -> s.keepintvl).range(1, MAX, "Time between keepalive probes, ms");
    tcp.knob("keepcnt", s -> s.keepcnt)
        .range(1, MAX, "Keepalive probes before a connection is dropped");
    tcp.knob("always_keepalive", s -> s.alwaysKeepalive).flag("Probe every idle connection");
    tcp.knob("finwait2_timeout", s -> s.finwait2Timeout)
        .range(1, MAX, "Time in FIN_WAIT_2 once nobody reads, ms");
    tcp.knob("fast_finwait2_recycle", s -> s.fastFinwait2Recycle)
        .flag("End FIN_WAIT_2 at its timeout at any rate");
    tcp.knob("maxpersistidle", s -> s.maxpersistidle)
        .range(1, MAX, "Time that a shut window is probed for, ms");
    tcp.knob("blackhole", s -> s.blackhole).range(0, 3, "No reset for a port without a socket");
    tcp.knob("drop_synfin", s -> s.dropSynfin).flag("Drop segments with SYN and FIN");
    tcp.knob("insecure_rst", s -> s.insecureRst).flag("Take any reset in the window");
    tcp.knob("rfc3042", s -> s.rfc3042).flag("Limited transmit");
    tcp.knob("path_mtu_discovery", s -> s.pathMtuDiscovery).flag("Path MTU discovery");
    tcp.knob("icmp_may_rst", s -> s.icmpMayRst).flag("ICMP errors may end a handshake");
    tcp.knob("ack_war_cnt", s -> s.challengeAckLimit)
        .range(0, MAX, "Challenge acknowledgments a second; 0 = no limit");
    tcp.knob("syncache.cachelimit", s -> s.syncacheLimit)
        .range(1, 1 << 20, "Most half-open connections");
    tcp.knob("syncache.rexmtlimit", s -> s.syncacheRexmtlimit)
        .range(0, 12, "Retransmissions of a SYN,ACK");
    tcp.knob("reass.maxqueuelen", s -> s.reassMaxqueuelen)
        .range(1, 127, "Most ranges out of order of a connection");
    tcp.knob("ecn.enable", s -> s.ecnEnable)
        .range(0, 2, "Explicit congestion notification: 0 none, 1 offered and taken, 2 taken");
    tcp.knob("ecn.maxretries", s -> s.ecnMaxretries)
        .range(0, MAX, "Retransmissions of a SYN that still offer ECN");
    tcp.knob("syncookies", s -> s.syncookies)
        .flag("Answer SYNs by cookies when the syncache is full");
    tcp.knob("syncookies_only", s -> s.syncookiesOnly).flag("Answer SYNs by cookies alone");
    tcp.knob("syncache.rst_on_sock_fail", s -> s.syncacheRstOnFail)
        .flag("Reset when an accepted connection finds no socket");
    tcp.knob("insecure_syn", s -> s.insecureSyn).flag("Take any SYN in the window as a reset");
    tcp.knob("insecure_ack", s -> s.insecureAck).flag("Take acknowledgments of data never sent");
    tcp.knob("tolerate_missing_ts", s -> s.tolerateMissingTs)
        .flag("Take segments without the timestamp that was agreed on");
    tcp.knob("rexmit_drop_options", s -> s.rexmitDropOptions)
        .flag("The third SYN and later ones carry no options");
    tcp.knob("udp_tunneling_overhead", s -> s.udpTunnelingOverhead)
        .range(8, 1024, "Bytes that TCP inside UDP leaves out of a segment");
    tcp.knob("pmtud_blackhole_detection", s -> s.pmtudBlackholeDetection)
        .range(0, 3, "Smaller segments when large ones vanish");
    tcp.knob("pmtud_blackhole_mss", s -> s.pmtudBlackholeMss)
        .range(64, 65535, "The smaller segment size, IPv4");
    tcp.knob("v6pmtud_blackhole_mss", s -> s.v6pmtudBlackholeMss)
        .range(64, 65535, "The smaller segment size, IPv6");
    tcp.knob("do_prr", s -> s.doPrr).flag("Proportional rate reduction (RFC 6937)");
    tcp.knob("do_lrd", s -> s.doLrd).flag("Find retransmissions that were lost");
    tcp.knob("sack.maxholes", s -> s.sackMaxholes)
        .range(0, 128, "Most SACK ranges of a connection");
    tcp.knob("nolocaltimewait", s -> s.nolocaltimewait)
        .flag("No TIME_WAIT between addresses of this host");
    tcp.knob("blackhole_local", s -> s.blackholeLocal)
        .flag("No reset even for peers on a link of this host");
    tcp.knob("hostcache.enable", s -> s.hostcacheEnable)
        .flag("Remember what connections learnt of the way to a host");
    tcp.knob("hostcache.cachelimit", s -> s.hostcacheCachelimit)
        .range(0, MAX, "Most hosts that are remembered");
    tcp.knob("hostcache.expire", s -> s.hostcacheExpire)
        .range(0, MAX, "Seconds that a host is remembered");
    tcp.knob("hostcache.prune", s -> s.hostcachePrune)
        .range(0, MAX, "Seconds between looks for hosts to forget");
    tcp.knob("hostcache.purge", s -> s.hostcachePurge).flag("Forget all hosts at the next look");
    tcp.knob("fastopen.server_enable", s -> s.fastopenServerEnable)
        .flag("Servers may answer before the handshake ends (RFC 7413)");
    tcp.knob("fastopen.acceptany", s -> s.fastopenAcceptany).flag("Take any cookie");
    tcp.knob("fastopen.autokey", s -> s.fastopenAutokey)
        .range(0, MAX, "Seconds that a key makes cookies; 0 = for ever");
    tcp.knob("fastopen.path_disable_time", s -> s.fastopenPathDisableTime)
        .range(0, MAX, "Seconds that a path is left alone after a failure");
    tcp.knob("fastopen.ccache_bucket_limit", s -> s.fastopenCcacheLimit)
        .range(1, 1024, "Clients' cookies kept for a hash value");
  }
}
