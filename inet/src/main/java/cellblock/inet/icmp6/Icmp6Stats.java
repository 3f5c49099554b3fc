package cellblock.inet.icmp6;

import cellblock.inet.ip6.Histogram;
import cellblock.wire.Icmp6Message;
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

  private static final int IN = 1 << 16;
  private static final int OUT = 2 << 16;

  /** Messages that came and went, by type; errors that were to be made, by type and code. */
  private final Histogram messages = new Histogram();

  /** Counts a message that came. */
  void received(int type) {
    messages.count(IN | type);
  }

  /** Counts an error that is to be made, whether it may go or not. */
  void generates(int type, int code) {
    messages.count(type << 8 | code);
  }

  /** Counts a message that goes. */
  public void sent(int type) {
    messages.count(OUT | type);
  }

  /** Messages of a type that went. */
  public long sentOf(int type) {
    return messages.of(OUT | type);
  }

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("icmp6-calls", error);
    to.put("errors-not-generated-from-message", canterror);
    to.put("errors-discarded-by-rate-limitation", toofreq);
    list(to, "output-histogram/", OUT);
    to.put("dropped-bad-code", badcode);
    to.put("dropped-too-short", tooshort);
    to.put("dropped-bad-checksum", checksum);
    to.put("dropped-bad-length", badlen);
    list(to, "input-histogram/", IN);
    errors(to);
    to.put("errors/reflect", reflect);
    to.put("errors/too-many-nd-options", 0L);
    to.put("errors/bad-nd-options", badopt);
    to.put("errors/bad-neighbor-solicitation", badns);
    to.put("errors/bad-neighbor-advertisement", badna);
    to.put("errors/bad-router-solicitation", badrs);
    to.put("errors/bad-router-advertisement", badra);
    to.put("errors/bad-redirect", badredirect);
    to.put("path-mtu-changes", pmtuchg);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    error = canterror = toofreq = badcode = tooshort = checksum = badlen = reflect = badopt = 0;
    badns = badna = badrs = badra = badredirect = pmtuchg = nddropped = 0;
    messages.clear();
  }

  private void list(Map<String, Long> to, String prefix, int direction) {
    for (int type = 0; type < 256; type++) {
      long n = messages.of(direction | type);
      if (n != 0) {
        to.put(prefix + name(type), n);
      }
    }
  }

  /** The histogram of errors to be generated. */
  private void errors(Map<String, Long> to) {
    to.put("errors/no-route", of(Icmp6Message.UNREACH, 0));
    to.put("errors/admin-prohibited", of(Icmp6Message.UNREACH, 1));
    to.put("errors/beyond-scope", of(Icmp6Message.UNREACH, 2));
    to.put("errors/address-unreachable", of(Icmp6Message.UNREACH, 3));
    to.put("errors/port-unreachable", of(Icmp6Message.UNREACH, 4));
    to.put("errors/packet-too-big", of(Icmp6Message.PACKET_TOO_BIG, 0));
    to.put("errors/time-exceed-transmit", of(Icmp6Message.TIME_EXCEEDED, 0));
    to.put("errors/time-exceed-reassembly", of(Icmp6Message.TIME_EXCEEDED, 1));
    to.put("errors/bad-header", of(Icmp6Message.PARAM_PROB, 0));
    to.put("errors/bad-next-header", of(Icmp6Message.PARAM_PROB, 1));
    to.put("errors/bad-option", of(Icmp6Message.PARAM_PROB, 2));
    to.put("errors/redirects", sentOf(Icmp6Message.REDIRECT));
    to.put("errors/unknown", of(Icmp6Message.UNREACH, 5) + of(Icmp6Message.UNREACH, 6));
  }

  private long of(int type, int code) {
    return messages.of(type << 8 | code);
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
      case 138 -> "router renumbering";
      case 139 -> "node information request";
      case 140 -> "node information reply";
      case 141 -> "inverse neighbor solicitation";
      case 142 -> "inverse neighbor advertisement";
      case 143 -> "MLDv2 listener report";
      default -> "#" + type;
    };
  }
}
