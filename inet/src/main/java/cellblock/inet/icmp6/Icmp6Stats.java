package cellblock.inet.icmp6;

import java.util.Map;

/** ICMPv6's counters of one vnet (ancestor: struct icmp6stat, netinet/icmp6.h). The vnet's lane. */
public final class Icmp6Stats {
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "unreach"),
          Map.entry(2, "packet too big"),
          Map.entry(3, "time exceed"),
          Map.entry(4, "parameter problem"),
          Map.entry(128, "echo"),
          Map.entry(129, "echo reply"),
          Map.entry(130, "multicast listener query"),
          Map.entry(131, "MLDv1 listener report"),
          Map.entry(132, "MLDv1 listener done"),
          Map.entry(133, "router solicitation"),
          Map.entry(134, "router advertisement"),
          Map.entry(135, "neighbor solicitation"),
          Map.entry(136, "neighbor advertisement"),
          Map.entry(137, "redirect"),
          Map.entry(143, "MLDv2 listener report"));

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
  private final long[] in = new long[256];
  private final long[] out = new long[256];

  /** Counts a message that came. */
  void received(int type) {
    in[type]++;
  }

  /** Counts a message that goes. */
  public void sent(int type) {
    out[type]++;
  }

  /** Messages of a type that went. */
  public long sentOf(int type) {
    return out[type];
  }

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("icmp6-calls", error);
    to.put("errors-not-generated-from-message", canterror);
    to.put("errors-discarded-by-rate-limitation", toofreq);
    histogram(to, "output-histogram/", out);
    to.put("dropped-bad-code", badcode);
    to.put("dropped-too-short", tooshort);
    to.put("dropped-bad-checksum", checksum);
    to.put("dropped-bad-length", badlen);
    histogram(to, "input-histogram/", in);
    to.put("reflected-messages", reflect);
    to.put("bad-neighbor-solicitation", badns);
    to.put("bad-neighbor-advertisement", badna);
    to.put("bad-router-solicitation", badrs);
    to.put("bad-router-advertisement", badra);
    to.put("bad-redirect", badredirect);
    to.put("bad-nd-options", badopt);
    to.put("path-mtu-changes", pmtuchg);
  }

  private static void histogram(Map<String, Long> to, String prefix, long[] counts) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        to.put(prefix + NAMES.getOrDefault(i, "#" + i), counts[i]);
      }
    }
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    error = canterror = toofreq = badcode = tooshort = checksum = badlen = reflect = badopt = 0;
    badns = badna = badrs = badra = badredirect = pmtuchg = nddropped = 0;
    java.util.Arrays.fill(in, 0);
    java.util.Arrays.fill(out, 0);
  }
}
