package cellblock.inet.icmp6;

import java.util.Map;

/** ICMPv6's counters of one vnet (ancestor: struct icmp6stat, netinet/icmp6.h). The vnet's lane. */
public final class Icmp6Stats {
  public long error;
  public long canterror;
  public long toofreq;
  public long badcode;
  public long tooshort;
  public long checksum;
  public long badlen;
  public long reflect;
  public long badopt;
  public long badns;
  public long badna;
  public long badrs;
  public long badra;
  public long badredirect;
  public long pmtuchg;
  public long nddropped;
  private final Icmp6Histogram in = new Icmp6Histogram();
  private final Icmp6Histogram out = new Icmp6Histogram();

  /** Counts a message that came. */
  void received(int type) {
    in.count(type);
  }

  /** Counts a message that goes. */
  public void sent(int type) {
    out.count(type);
  }

  /** Messages of a type that went. */
  public long sentOf(int type) {
    return out.of(type);
  }

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("icmp6-calls", error);
    to.put("errors-not-generated-from-message", canterror);
    to.put("errors-discarded-by-rate-limitation", toofreq);
    out.list(to, "output-histogram/", Icmp6Stats::name);
    to.put("dropped-bad-code", badcode);
    to.put("dropped-too-short", tooshort);
    to.put("dropped-bad-checksum", checksum);
    to.put("dropped-bad-length", badlen);
    in.list(to, "input-histogram/", Icmp6Stats::name);
    to.put("reflected-messages", reflect);
    to.put("bad-neighbor-solicitation", badns);
    to.put("bad-neighbor-advertisement", badna);
    to.put("bad-router-solicitation", badrs);
    to.put("bad-router-advertisement", badra);
    to.put("bad-redirect", badredirect);
    to.put("bad-nd-options", badopt);
    to.put("path-mtu-changes", pmtuchg);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    error = canterror = toofreq = badcode = tooshort = checksum = badlen = reflect = badopt = 0;
    badns = badna = badrs = badra = badredirect = pmtuchg = nddropped = 0;
    in.clear();
    out.clear();
  }

  /** A type as netstat names it. */
  private static String name(int type) {
    return switch (type) {
      case 1 -> "unreach";
      case 2 -> "packet too big";
      case 3 -> "time exceed";
      case 4 -> "parameter problem";
      case 128 -> "echo";
      case 129 -> "echo reply";
      case 130 -> "multicast listener query";
      case 131 -> "MLDv1 listener report";
      case 132 -> "MLDv1 listener done";
      case 133 -> "router solicitation";
      case 134 -> "router advertisement";
      case 135 -> "neighbor solicitation";
      case 136 -> "neighbor advertisement";
      case 137 -> "redirect";
      case 143 -> "MLDv2 listener report";
      default -> "#" + type;
    };
  }
}
