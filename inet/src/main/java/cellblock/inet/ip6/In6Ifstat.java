package cellblock.inet.ip6;

import cellblock.wire.Icmp6Message;
import java.util.Map;

/**
 * What IPv6 and ICMPv6 counted of one interface (ancestors: struct in6_ifstat, RFC 2465, and
 * icmp6_ifstat, RFC 2466, of netinet6/in6_var.h). The vnet's lane.
 */
public final class In6Ifstat {
  private static final int OUT = 1 << 16;
  private static final int ERROR = 1 << 17;

  public long inReceive;
  public long inHdrerr;
  public long inToobig;
  public long inNoroute;
  public long inAddrerr;
  public long inProtounknown;
  public long inTruncated;
  public long inDiscard;
  public long inDeliver;
  public long outForward;
  public long outRequest;
  public long outDiscard;
  public long outFragok;
  public long outFragfail;
  public long outFragcreat;
  public long reassReqd;
  public long reassOk;
  public long reassFail;
  public long inMcast;
  public long outMcast;

  /** Messages of ICMPv6 by direction, type and whether the code is "prohibited". */
  private final Histogram messages = new Histogram();

  /** Counts an ICMPv6 message that came. */
  public void icmpIn(int type, int code) {
    messages.count(key(type, code));
  }

  /** Counts one that came and was wrong. */
  public void icmpInError() {
    messages.count(ERROR);
  }

  /** Counts one that goes. */
  void icmpOut(int type, int code) {
    messages.count(OUT | key(type, code));
  }

  private static int key(int type, int code) {
    boolean prohibited = type == Icmp6Message.UNREACH && code == Icmp6Message.UNREACH_ADMIN;
    return prohibited ? 1 << 8 | type : type;
  }

  /** Adds IPv6's counters by netstat's libxo names, in its order. */
  public void list(Map<String, Long> to) {
    to.put("received-packets", inReceive);
    to.put("dropped-invalid-header", inHdrerr);
    to.put("dropped-mtu-exceeded", inToobig);
    to.put("dropped-no-route", inNoroute);
    to.put("dropped-invalid-destination", inAddrerr);
    to.put("dropped-unknown-protocol", inProtounknown);
    to.put("dropped-truncated", inTruncated);
    to.put("dropped-discarded", inDiscard);
    to.put("received-valid-packets", inDeliver);
    to.put("sent-forwarded", outForward);
    to.put("sent-packets", outRequest);
    to.put("discard-packets", outDiscard);
    to.put("discard-fragments", outFragok);
    to.put("fragments-failed", outFragfail);
    to.put("fragments-created", outFragcreat);
    to.put("reassembly-required", reassReqd);
    to.put("reassembled-packets", reassOk);
    to.put("reassembly-failed", reassFail);
    to.put("received-multicast", inMcast);
    to.put("sent-multicast", outMcast);
  }

  /** Adds ICMPv6's. */
  public void listIcmp(Map<String, Long> to) {
    to.put("received-packets", total(0));
    to.put("received-errors", messages.of(ERROR));
    icmp(to, "received-", 0, "received-mld-done");
    to.put("sent-packets", total(OUT));
    to.put("sent-errors", 0L);
    icmp(to, "sent-", OUT, "sent-mld-dones");
  }

  private long total(int way) {
    long sum = 0;
    for (int type = 0; type < 256; type++) {
      sum += of(way, type);
    }
    return sum;
  }

  private long of(int way, int type) {
    return messages.of(way | type) + messages.of(way | 1 << 8 | type);
  }

  private void icmp(Map<String, Long> to, String prefix, int way, String done) {
    to.put(prefix + "destination-unreachable", of(way, Icmp6Message.UNREACH));
    to.put(prefix + "admin-prohibited", messages.of(way | 1 << 8 | Icmp6Message.UNREACH));
    to.put(prefix + "time-exceeded", of(way, Icmp6Message.TIME_EXCEEDED));
    to.put(prefix + "bad-parameter", of(way, Icmp6Message.PARAM_PROB));
    to.put(prefix + "packet-too-big", of(way, Icmp6Message.PACKET_TOO_BIG));
    to.put(prefix + "echo-requests", of(way, Icmp6Message.ECHO_REQUEST));
    to.put(prefix + "echo-replies", of(way, Icmp6Message.ECHO_REPLY));
    to.put(prefix + "router-solicitation", of(way, Icmp6Message.ROUTER_SOLICIT));
    to.put(prefix + "router-advertisement", of(way, Icmp6Message.ROUTER_ADVERT));
    to.put(prefix + "neighbor-solicitation", of(way, Icmp6Message.NEIGHBOR_SOLICIT));
    to.put(prefix + "neighbor-advertisement", of(way, Icmp6Message.NEIGHBOR_ADVERT));
    to.put(prefix + "redirects", of(way, Icmp6Message.REDIRECT));
    to.put(prefix + "mld-queries", of(way, Icmp6Message.LISTENER_QUERY));
    to.put(
        prefix + "mld-reports",
        of(way, Icmp6Message.LISTENER_REPORT) + of(way, Icmp6Message.LISTENER_REPORT2));
    to.put(done, of(way, Icmp6Message.LISTENER_DONE));
  }
}
