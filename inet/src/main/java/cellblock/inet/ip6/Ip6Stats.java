package cellblock.inet.ip6;

import java.util.List;
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

  /** Next headers of the packets that came. */
  public final Histogram next = new Histogram();

  /** Of the addresses that were chosen, their scopes: five views; and the rules that decided. */
  final Histogram sameInterface = new Histogram();

  final Histogram otherInterface = new Histogram();
  final Histogram sameScope = new Histogram();
  final Histogram otherScope = new Histogram();
  final Histogram deprecated = new Histogram();
  final Histogram rules = new Histogram();

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
    next.list(to, "input-histogram/", Ip6Stats::header);
    to.put("mbuf-statistics/one-mbuf", total); // a packet is one buffer here
    to.put("mbuf-statistics/one-extra-mbuf", 0L);
    to.put("mbuf-statistics/two-or-more-extra-mbufs", 0L);
    to.put("dropped-header-too-long", 0L);
    to.put("discard-tunnel-no-gif", nogif);
    to.put("dropped-too-many-headers", toomanyhdr);
    to.put("source-address-selection/address-selection-failures", sourcesNone);
    sameInterface.list(to, "outgoing-interface/", Ip6Stats::scope);
    otherInterface.list(to, "non-outgoing-interface/", Ip6Stats::scope);
    sameScope.list(to, "same-source/", Ip6Stats::scope);
    otherScope.list(to, "different-scope/", Ip6Stats::scope);
    deprecated.list(to, "deprecated-source/", Ip6Stats::scope);
    rules.list(to, "rules-applied/", Ip6Stats::rule);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    total = toosmall = tooshort = badoptions = badvers = fragments = fragdropped = fragtimeout = 0;
    fragoverflow = atomicfrags = reassembled = delivered = forward = cantforward = 0;
    redirectsent = localout = rawout = odropped = noroute = fragmented = ofragments = 0;
    for (Histogram h :
        List.of(next, sameInterface, otherInterface, sameScope, otherScope, deprecated, rules)) {
      h.clear();
    }
    cantfrag = badscope = notmember = toomanyhdr = nogif = sourcesNone = 0;
  }

  /** A next header as netstat names it. */
  private static String header(int number) {
    return switch (number) {
      case 0 -> "hop by hop";
      case 1 -> "ICMP";
      case 2 -> "IGMP";
      case 4 -> "IP";
      case 6 -> "TCP";
      case 17 -> "UDP";
      case 22 -> "IDP";
      case 29 -> "TP";
      case 41 -> "IP6";
      case 43 -> "routing";
      case 44 -> "fragment";
      case 50 -> "ESP";
      case 51 -> "AH";
      case 58 -> "ICMP6";
      case 59 -> "no next header";
      case 60 -> "destination option";
      case 80 -> "ISOIP";
      case 89 -> "OSPF";
      case 97 -> "Ethernet";
      case 103 -> "PIM";
      default -> "#" + number;
    };
  }

  private static String scope(int number) {
    return switch (number) {
      case 1 -> "interface-locals";
      case 2 -> "link-locals";
      case 5 -> "site-locals";
      case 14 -> "globals";
      default -> "0x" + Integer.toHexString(number);
    };
  }

  private static String rule(int number) {
    return switch (number) {
      case 0 -> "first candidate";
      case 1 -> "same address";
      case 2 -> "appropriate scope";
      case 3 -> "deprecated address";
      case 5 -> "outgoing interface";
      case 6 -> "matching label";
      case 7 -> "public/temporary address";
      case 8 -> "alive interface";
      case 10 -> "preferred source";
      case 14 -> "longest match";
      default -> "rule #" + number;
    };
  }
}
