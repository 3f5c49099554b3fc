package cellblock.inet.ip;

import java.util.Map;

/**
 * IPv4's counters of one vnet (ancestor: struct ipstat, netinet/ip_var.h; names of the fields
 * kept). Threading: the vnet's lane.
 */
public final class Ip4Stats {
  public long total;
  public long badsum;
  public long tooshort;
  public long toosmall;
  public long badhlen;
  public long badlen;
  public long fragments;
  public long fragdropped;
  public long fragtimeout;
  public long forward;
  public long fastforward;
  public long cantforward;
  public long redirectsent;
  public long noproto;
  public long delivered;
  public long localout;
  public long odropped;
  public long reassembled;
  public long fragmented;
  public long ofragments;
  public long cantfrag;
  public long badoptions;
  public long noroute;
  public long badvers;
  public long rawout;
  public long toolong;
  public long notmember;
  public long nogif;
  public long badaddr;

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("received-packets", total);
    to.put("dropped-bad-checksum", badsum);
    to.put("dropped-below-minimum-size", toosmall);
    to.put("dropped-short-packets", tooshort);
    to.put("dropped-too-long", toolong);
    to.put("dropped-short-header-length", badhlen);
    to.put("dropped-short-data", badlen);
    to.put("dropped-bad-options", badoptions);
    to.put("dropped-bad-version", badvers);
    to.put("received-fragments", fragments);
    to.put("dropped-fragments", fragdropped);
    to.put("dropped-fragments-after-timeout", fragtimeout);
    to.put("reassembled-packets", reassembled);
    to.put("received-local-packets", delivered);
    to.put("dropped-unknown-protocol", noproto);
    to.put("forwarded-packets", forward);
    to.put("fast-forwarded-packets", fastforward);
    to.put("packets-cannot-forward", cantforward);
    to.put("received-unknown-multicast-group", notmember);
    to.put("redirects-sent", redirectsent);
    to.put("sent-packets", localout);
    to.put("send-packets-fabricated-header", rawout);
    to.put("discard-no-mbufs", odropped);
    to.put("discard-no-route", noroute);
    to.put("sent-fragments", fragmented);
    to.put("fragments-created", ofragments);
    to.put("discard-cannot-fragment", cantfrag);
    to.put("discard-tunnel-no-gif", nogif);
    to.put("discard-bad-address", badaddr);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    total = badsum = tooshort = toosmall = badhlen = badlen = 0;
    fragments = fragdropped = fragtimeout = reassembled = fragmented = ofragments = cantfrag = 0;
    forward = fastforward = cantforward = redirectsent = noproto = delivered = localout = 0;
    odropped = badoptions = noroute = badvers = rawout = toolong = notmember = nogif = badaddr = 0;
  }
}
