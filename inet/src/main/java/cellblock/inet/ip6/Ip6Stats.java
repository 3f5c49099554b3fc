package cellblock.inet.ip6;

import java.util.Map;

/** IPv6's counters of one vnet (ancestor: struct ip6stat, netinet6/ip6_var.h). The vnet's lane. */
public final class Ip6Stats {
  public long total;
  public long toosmall;
  public long tooshort;
  public long badoptions;
  public long badvers;
  public long fragments;
  public long fragdropped;
  public long fragtimeout;
  public long fragoverflow;
  public long atomicfrags;
  public long reassembled;
  public long delivered;
  public long forward;
  public long cantforward;
  public long redirectsent;
  public long localout;
  public long rawout;
  public long odropped;
  public long noroute;
  public long fragmented;
  public long ofragments;
  public long cantfrag;
  public long badscope;
  public long notmember;
  public long toomanyhdr;
  public long nogif;
  public long sourcesNone;

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("received-packets", total);
    to.put("dropped-below-minimum-size", toosmall);
    to.put("dropped-short-packets", tooshort);
    to.put("dropped-bad-options", badoptions);
    to.put("dropped-bad-version", badvers);
    to.put("received-fragments", fragments);
    to.put("dropped-fragment", fragdropped);
    to.put("dropped-fragment-after-timeout", fragtimeout);
    to.put("dropped-fragments-overflow", fragoverflow);
    to.put("atomic-fragments", atomicfrags);
    to.put("reassembled-packets", reassembled);
    to.put("received-local-packets", delivered);
    to.put("forwarded-packets", forward);
    to.put("packets-not-forwardable", cantforward);
    to.put("sent-redirects", redirectsent);
    to.put("sent-packets", localout);
    to.put("send-packets-fabricated-header", rawout);
    to.put("discard-no-mbufs", odropped);
    to.put("discard-no-route", noroute);
    to.put("sent-fragments", fragmented);
    to.put("fragments-created", ofragments);
    to.put("discard-cannot-fragment", cantfrag);
    to.put("discard-scope-violations", badscope);
    to.put("multicast-no-join-packets", notmember);
    to.put("dropped-too-many-headers", toomanyhdr);
    to.put("discard-tunnel-no-gif", nogif);
    to.put("failures-source-address-selection", sourcesNone);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    total = toosmall = tooshort = badoptions = badvers = fragments = fragdropped = fragtimeout = 0;
    fragoverflow = atomicfrags = reassembled = delivered = forward = cantforward = 0;
    redirectsent = localout = rawout = odropped = noroute = fragmented = ofragments = 0;
    cantfrag = badscope = notmember = toomanyhdr = nogif = sourcesNone = 0;
  }
}
