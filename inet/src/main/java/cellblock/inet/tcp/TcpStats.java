package cellblock.inet.tcp;

import java.util.Map;

/**
 * TCP's counters of one vnet (ancestor: struct tcpstat, netinet/tcp_var.h). Threading: the vnet's
 * lane.
 */
public final class TcpStats {
  public long sndtotal;
  public long sndpack;
  public long sndbyte;
  public long sndrexmitpack;
  public long sndrexmitbyte;
  public long mturesent;
  public long sndacks;
  public long delack;
  public long sndurg;
  public long sndprobe;
  public long sndwinup;
  public long sndctrl;
  public long rcvtotal;
  public long rcvackpack;
  public long rcvackbyte;
  public long rcvdupack;
  public long rcvacktoomuch;
  public long rcvpack;
  public long rcvbyte;
  public long rcvduppack;
  public long rcvdupbyte;
  public long pawsdrop;
  public long rcvpartduppack;
  public long rcvpartdupbyte;
  public long rcvoopack;
  public long rcvoobyte;
  public long rcvpackafterwin;
  public long rcvbyteafterwin;
  public long rcvwinprobe;
  public long rcvwinupd;
  public long rcvafterclose;
  public long rcvbadsum;
  public long rcvbadoff;
  public long rcvshort;
  public long rcvreassfull;
  public long connattempt;
  public long accepts;
  public long badsyn;
  public long listendrop;
  public long badrst;
  public long connects;
  public long closed;
  public long drops;
  public long conndrops;
  public long rttupdated;
  public long segstimed;
  public long rexmttimeo;
  public long timeoutdrop;
  public long persisttimeo;
  public long persistdrop;
  public long finwait2drops;
  public long keeptimeo;
  public long keepprobe;
  public long keepdrops;
  public long progdrops;
  public long scAdded;
  public long scRetransmitted;
  public long scDupsyn;
  public long scDropped;
  public long scCompleted;
  public long scCacheOverflow;
  public long scReset;
  public long scStale;
  public long scAborted;
  public long scBadack;
  public long scUnreach;
  public long sackRecoveryEpisode;
  public long sackRexmits;
  public long sackRexmitBytes;
  public long sackRcvBlocks;
  public long sackSendBlocks;
  public long sackOverflow;
  public long twResponds;
  public long twRecycles;
  public long usedrtt;
  public long usedssthresh;
  public long hcAdded;
  public long hcBucketoverflow;
  public long scSendcookie;
  public long scRecvcookie;
  public long ecnSndect0;
  public long ecnCe;
  public long ecnEct0;
  public long ecnEct1;
  public long ecnShs;
  public long ecnRcwnd;
  public long pmtudActivated;
  public long pmtudActivatedMinMss;
  public long pmtudFailed;
  public long sackLostrexmt;
  public long tunneledPkts;
  public long tunneledErrs;

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    sent(to);
    received(to);
    connections(to);
    timers(to);
    caches(to);
  }

  private void sent(Map<String, Long> to) {
    to.put("sent-packets", sndtotal);
    to.put("sent-data-packets", sndpack);
    to.put("sent-data-bytes", sndbyte);
    to.put("sent-retransmitted-packets", sndrexmitpack);
    to.put("sent-retransmitted-bytes", sndrexmitbyte);
    to.put("sent-resends-by-mtu-discovery", mturesent);
    to.put("sent-ack-only-packets", sndacks);
    to.put("sent-packets-delayed", delack);
    to.put("sent-urg-only-packets", sndurg);
    to.put("sent-window-probe-packets", sndprobe);
    to.put("sent-window-update-packets", sndwinup);
    to.put("sent-control-packets", sndctrl);
  }

  private void received(Map<String, Long> to) {
    to.put("received-packets", rcvtotal);
    to.put("received-ack-packets", rcvackpack);
    to.put("received-ack-bytes", rcvackbyte);
    to.put("received-duplicate-acks", rcvdupack);
    to.put("received-udp-tunneled-pkts", tunneledPkts);
    to.put("received-bad-udp-tunneled-pkts", tunneledErrs);
    to.put("received-acks-for-unsent-data", rcvacktoomuch);
    to.put("received-in-sequence-packets", rcvpack);
    to.put("received-in-sequence-bytes", rcvbyte);
    to.put("received-completely-duplicate-packets", rcvduppack);
    to.put("received-completely-duplicate-bytes", rcvdupbyte);
    to.put("received-old-duplicate-packets", pawsdrop);
    to.put("received-some-duplicate-packets", rcvpartduppack);
    to.put("received-some-duplicate-bytes", rcvpartdupbyte);
    to.put("received-out-of-order", rcvoopack);
    to.put("received-out-of-order-bytes", rcvoobyte);
    to.put("received-after-window-packets", rcvpackafterwin);
    to.put("received-after-window-bytes", rcvbyteafterwin);
    to.put("received-window-probes", rcvwinprobe);
    to.put("receive-window-update-packets", rcvwinupd);
    to.put("received-after-close-packets", rcvafterclose);
    to.put("discard-bad-checksum", rcvbadsum);
    to.put("discard-bad-header-offset", rcvbadoff);
    to.put("discard-too-short", rcvshort);
    to.put("discard-reassembly-queue-full", rcvreassfull);
  }

  private void connections(Map<String, Long> to) {
    to.put("connection-requests", connattempt);
    to.put("connections-accepts", accepts);
    to.put("bad-connection-attempts", badsyn);
    to.put("listen-queue-overflows", listendrop);
    to.put("ignored-in-window-resets", badrst);
    to.put("connections-established", connects);
    to.put("connections-hostcache-rtt", usedrtt);
    to.put("connections-hostcache-ssthresh", usedssthresh);
    to.put("connections-closed", closed);
    to.put("connection-drops", drops);
    to.put("embryonic-connections-dropped", conndrops);
  }

  private void timers(Map<String, Long> to) {
    to.put("segments-updated-rtt", rttupdated);
    to.put("segment-update-attempts", segstimed);
    to.put("retransmit-timeouts", rexmttimeo);
    to.put("connections-dropped-by-retransmit-timeout", timeoutdrop);
    to.put("persist-timeout", persisttimeo);
    to.put("connections-dropped-by-persist-timeout", persistdrop);
    to.put("connections-dropped-by-finwait2-timeout", finwait2drops);
    to.put("keepalive-timeout", keeptimeo);
    to.put("keepalive-probes", keepprobe);
    to.put("connections-dropped-by-keepalives", keepdrops);
    to.put("connections-dropped-due-to-progress-time", progdrops);
  }

  private void caches(Map<String, Long> to) {
    to.put("syncache/entries-added", scAdded);
    to.put("syncache/retransmitted", scRetransmitted);
    to.put("syncache/duplicates", scDupsyn);
    to.put("syncache/dropped", scDropped);
    to.put("syncache/completed", scCompleted);
    to.put("syncache/cache-overflow", scCacheOverflow);
    to.put("syncache/reset", scReset);
    to.put("syncache/stale", scStale);
    to.put("syncache/aborted", scAborted);
    to.put("syncache/bad-ack", scBadack);
    to.put("syncache/unreachable", scUnreach);
    to.put("syncache/sent-cookies", scSendcookie);
    to.put("syncache/receivd-cookies", scRecvcookie);
    to.put("hostcache/entries-added", hcAdded);
    to.put("hostcache/buffer-overflows", hcBucketoverflow);
    to.put("sack/recovery-episodes", sackRecoveryEpisode);
    to.put("sack/segment-retransmits", sackRexmits);
    to.put("sack/byte-retransmits", sackRexmitBytes);
    to.put("sack/received-blocks", sackRcvBlocks);
    to.put("sack/sent-option-blocks", sackSendBlocks);
    to.put("sack/scoreboard-overflows", sackOverflow);
    to.put("sack/lost-retransmissions", sackLostrexmt);
    to.put("ecn/received-ce-packets", ecnCe);
    to.put("ecn/received-ect0-packets", ecnEct0);
    to.put("ecn/received-ect1-packets", ecnEct1);
    to.put("ecn/sent-ect0-packets", ecnSndect0);
    to.put("ecn/handshakes", ecnShs);
    to.put("ecn/congestion-reductions", ecnRcwnd);
    to.put("pmtud/pmtud-activated", pmtudActivated);
    to.put("pmtud/pmtud-activated-min-mss", pmtudActivatedMinMss);
    to.put("pmtud/pmtud-failed", pmtudFailed);
    to.put("tw/tw_responds", twResponds);
    to.put("tw/tw_recycles", twRecycles);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    sndtotal = sndpack = sndbyte = sndrexmitpack = sndrexmitbyte = mturesent = sndacks = 0;
    delack = sndurg = sndprobe = sndwinup = sndctrl = rcvtotal = rcvackpack = rcvackbyte = 0;
    rcvdupack = rcvacktoomuch = rcvpack = rcvbyte = rcvduppack = rcvdupbyte = pawsdrop = 0;
    rcvpartduppack = rcvpartdupbyte = rcvoopack = rcvoobyte = rcvpackafterwin = 0;
    rcvbyteafterwin = rcvwinprobe = rcvwinupd = rcvafterclose = rcvbadsum = rcvbadoff = 0;
    rcvshort = rcvreassfull = connattempt = accepts = badsyn = listendrop = badrst = 0;
    connects = closed = drops = conndrops = rttupdated = segstimed = rexmttimeo = 0;
    timeoutdrop = persisttimeo = persistdrop = finwait2drops = keeptimeo = keepprobe = 0;
    keepdrops = progdrops = scAdded = scRetransmitted = scDupsyn = scDropped = scCompleted = 0;
    scCacheOverflow = scReset = scStale = scAborted = scBadack = scUnreach = 0;
    sackRecoveryEpisode = sackRexmits = sackRexmitBytes = sackRcvBlocks = sackSendBlocks = 0;
    sackOverflow = twResponds = twRecycles = 0;
    usedrtt = usedssthresh = hcAdded = hcBucketoverflow = scSendcookie = scRecvcookie = 0;
    ecnSndect0 = ecnCe = ecnEct0 = ecnEct1 = ecnShs = ecnRcwnd = 0;
    pmtudActivated = pmtudActivatedMinMss = pmtudFailed = 0;
    sackLostrexmt = tunneledPkts = tunneledErrs = 0;
  }
}
