package cellblock.userland.net.netstat;

import java.util.List;

/** The lines of {@code netstat -m}. Ancestor: usr.bin/netstat/mbuf.c (mbpr). */
final class MbufTable {
  static final List<String> LINES =
      List.of(
          "{mbuf-current}/{mbuf-cache}/{mbuf-total} mbufs in use (current/cache/total)",
          "{cluster-current}/{cluster-cache}/{cluster-total}/{cluster-max} mbuf clusters in use"
              + " (current/cache/total/max)",
          "{packet-count}/{packet-free} mbuf+clusters out of packet secondary zone in use"
              + " (current/cache)",
          "{jumbo-count}/{jumbo-cache}/{jumbo-total}/{jumbo-max} {jumbo-page-size}k (page size) jumbo"
              + " clusters in use (current/cache/total/max)",
          "{jumbo9-count}/{jumbo9-cache}/{jumbo9-total}/{jumbo9-max} 9k jumbo clusters in use"
              + " (current/cache/total/max)",
          "{jumbo16-count}/{jumbo16-cache}/{jumbo16-total}/{jumbo16-limit} 16k jumbo clusters in use"
              + " (current/cache/total/max)",
          "{bytes-in-use}K/{bytes-in-cache}K/{bytes-total}K bytes allocated to network"
              + " (current/cache/total)",
          "{mbuf-failures}/{cluster-failures}/{packet-failures} requests for mbufs denied"
              + " (mbufs/clusters/mbuf+clusters)",
          "{mbuf-sleeps}/{cluster-sleeps}/{packet-sleeps} requests for mbufs delayed"
              + " (mbufs/clusters/mbuf+clusters)");

  private MbufTable() {}
}
