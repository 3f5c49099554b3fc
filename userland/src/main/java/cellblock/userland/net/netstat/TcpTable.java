package cellblock.userland.net.netstat;

/** The lines of {@code netstat -s -p tcp}. Ancestor: usr.bin/netstat/inet.c (tcp_stats). */
final class TcpTable {
  static final String TEXT =
      """
      {sent-packets} packet{s} sent
      \t{sent-data-packets} data packet{s} ({sent-data-bytes} byte{s})
      \t{sent-retransmitted-packets} data packet{s} ({sent-retransmitted-bytes} byte{s}) retransmitted
      \t{sent-unnecessary-retransmitted-packets} data packet{s} unnecessarily retransmitted
      \t{sent-resends-by-mtu-discovery} resend{s} initiated by MTU discovery
      \t{sent-ack-only-packets} ack-only packet{s} ({sent-packets-delayed} delayed)
      \t{sent-urg-only-packets} URG only packet{s}
      \t{sent-window-probe-packets} window probe packet{s}
      \t{sent-window-update-packets} window update packet{s}
      \t{sent-control-packets} control packet{s}
      {received-packets} packet{s} received
      \t{received-ack-packets} ack{s} (for {received-ack-bytes} byte{s})
      \t{received-duplicate-acks} duplicate ack{s}
      \t{received-udp-tunneled-pkts} UDP tunneled pkt{s}
      \t{received-bad-udp-tunneled-pkts} UDP tunneled pkt cnt with error{s}
      \t{received-acks-for-unsent-data} ack{s} for unsent data
      \t{received-in-sequence-packets} packet{s} ({received-in-sequence-bytes} byte{s}) received in-sequence
      \t{received-completely-duplicate-packets} completely duplicate packet{s} \
      ({received-completely-duplicate-bytes} byte{s})
      \t{received-old-duplicate-packets} old duplicate packet{s}
      \t{received-some-duplicate-packets} packet{s} with some dup. data \
      ({received-some-duplicate-bytes} byte{s} duped)
      \t{received-out-of-order} out-of-order packet{s} ({received-out-of-order-bytes} byte{s})
      \t{received-after-window-packets} packet{s} ({received-after-window-bytes} byte{s}) of data after window
      \t{received-window-probes} window probe{s}
      \t{receive-window-update-packets} window update packet{s}
      \t{received-with-dsack-packets} packet{s} received with dsack
      \t{received-with-dsack-bytes} dsack byte{s} received (no TLP involved)
      \t{received-with-dsack-bytes-tlp} dsack byte{s} received (TLP responsible)
      \t{received-after-close-packets} packet{s} received after close
      \t{discard-bad-checksum} discarded for bad checksum{s}
      \t{discard-bad-header-offset} discarded for bad header offset field{s}
      \t{discard-too-short} discarded because packet too short
      \t{discard-reassembly-queue-full} discarded due to full reassembly queue
      {connection-requests} connection request{s}
      {connections-accepts} connection accept{s}
      {bad-connection-attempts} bad connection attempt{s}
      {listen-queue-overflows} listen queue overflow{s}
      {ignored-in-window-resets} ignored RSTs in the window{s}
      {connections-established} connection{s} established (including accepts)
      \t{connections-hostcache-rtt} time{s} used RTT from hostcache
      \t{connections-hostcache-rttvar} time{s} used RTT variance from hostcache
      \t{connections-hostcache-ssthresh} time{s} used slow-start threshold from hostcache
      {connections-closed} connection{s} closed (including {connection-drops} drop{s})
      \t{connections-updated-rtt-on-close} connection{s} updated cached RTT on close
      \t{connections-updated-variance-on-close} connection{s} updated cached RTT variance on close
      \t{connections-updated-ssthresh-on-close} connection{s} updated cached ssthresh on close
      {embryonic-connections-dropped} embryonic connection{s} dropped
      {segments-updated-rtt} segment{s} updated rtt (of {segment-update-attempts} attempt{s})
      {retransmit-timeouts} retransmit timeout{s}
      \t{connections-dropped-by-retransmit-timeout} connection{s} dropped by rexmit timeout
      {persist-timeout} persist timeout{s}
      \t{connections-dropped-by-persist-timeout} connection{s} dropped by persist timeout
      {connections-dropped-by-finwait2-timeout} Connection{s} (fin_wait_2) dropped because of timeout
      {keepalive-timeout} keepalive timeout{s}
      \t{keepalive-probes} keepalive probe{s} sent
      \t{connections-dropped-by-keepalives} connection{s} dropped by keepalive
      {connections-dropped-due-to-progress-time} connection{s} dropped due to exceeding progress time
      {ack-header-predictions} correct ACK header prediction{s}
      {data-packet-header-predictions} correct data packet header prediction{s}
      @syncache
      {entries-added} syncache entr{ies} added
      \t{retransmitted} retransmitted
      \t{duplicates} dupsyn
      \t{dropped} dropped
      \t{completed} completed
      \t{bucket-overflow} bucket overflow
      \t{cache-overflow} cache overflow
      \t{reset} reset
      \t{stale} stale
      \t{aborted} aborted
      \t{bad-ack} badack
      \t{unreachable} unreach
      \t{zone-failures} zone failure{s}
      {sent-cookies} cookie{s} sent
      {receivd-cookies} cookie{s} received
      @
      @hostcache
      {entries-added} hostcache entr{ies} added
      \t{buffer-overflows} bucket overflow
      @
      @sack
      {recovery-episodes} SACK recovery episode{s}
      {segment-retransmits} segment rexmit{s} in SACK recovery episodes
      {byte-retransmits} byte rexmit{s} in SACK recovery episodes
      {received-blocks} SACK option{s} (SACK blocks) received
      {sent-option-blocks} SACK option{s} (SACK blocks) sent
      {lost-retransmissions} SACK retransmission{s} lost
      {scoreboard-overflows} SACK scoreboard overflow
      @
      @ecn
      {received-ce-packets} packet{s} received with ECN CE bit set
      {received-ect0-packets} packet{s} received with ECN ECT(0) bit set
      {received-ect1-packets} packet{s} received with ECN ECT(1) bit set
      {sent-ect0-packets} packet{s} sent with ECN ECT(0) bit set
      {sent-ect1-packets} packet{s} sent with ECN ECT(1) bit set
      {handshakes} successful ECN handshake{s}
      {congestion-reductions} time{s} ECN reduced the congestion window
      {ace-nonect-syn} ACE SYN packet{s} with Non-ECT
      {ace-ect0-syn} ACE SYN packet{s} with ECT0
      {ace-ect1-syn} ACE SYN packet{s} with ECT1
      {ace-ce-syn} ACE SYN packet{s} with CE
      @
      @tcp-signature
      {received-good-signature} packet{s} with matching signature received
      {received-bad-signature} packet{s} with bad signature received
      {failed-make-signature} time{s} failed to make signature due to no SA
      {no-signature-expected} time{s} unexpected signature received
      {no-signature-provided} time{s} no signature provided by segment
      @
      @pmtud
      {pmtud-activated} Path MTU discovery black hole detection activation{s}
      {pmtud-activated-min-mss} Path MTU discovery black hole detection min MSS activation{s}
      {pmtud-failed} Path MTU discovery black hole detection failure{s}
      @
      @tw
      {tw_responds} time{s} connection in TIME-WAIT responded with ACK
      {tw_recycles} time{s} connection in TIME-WAIT was actively recycled
      {tw_resets} time{s} connection in TIME-WAIT responded with RST
      @
      """;

  private TcpTable() {}
}
