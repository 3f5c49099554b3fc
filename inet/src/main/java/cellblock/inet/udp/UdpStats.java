package cellblock.inet.udp;

import java.util.Map;

/**
 * UDP's counters of one vnet (ancestor: struct udpstat, netinet/udp_var.h). Threading: the vnet's
 * lane.
 */
public final class UdpStats {
  public long ipackets;
  public long hdrops;
  public long badsum;
  public long nosum;
  public long badlen;
  public long noport;
  public long noportbcast;
  public long fullsock;
  public long pcbhashmiss;
  public long opackets;
  public long filtermcast;

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("received-datagrams", ipackets);
    to.put("dropped-incomplete-headers", hdrops);
    to.put("dropped-bad-data-length", badlen);
    to.put("dropped-bad-checksum", badsum);
    to.put("dropped-no-checksum", nosum);
    to.put("dropped-no-socket", noport);
    to.put("dropped-broadcast-multicast", noportbcast);
    to.put("dropped-full-socket-buffer", fullsock);
    to.put("not-for-hashed-pcb", pcbhashmiss);
    to.put(
        "delivered-packets", ipackets - hdrops - badlen - badsum - noport - noportbcast - fullsock);
    to.put("output-packets", opackets);
    to.put("multicast-source-filter-matches", filtermcast);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    ipackets = hdrops = badsum = nosum = badlen = noport = noportbcast = fullsock = 0;
    pcbhashmiss = opackets = filtermcast = 0;
  }
}
