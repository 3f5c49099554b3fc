package cellblock.inet.icmp;

import cellblock.wire.Icmp4Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ICMP's counters of one vnet (ancestor: struct icmpstat, netinet/icmp_var.h). Threading: the
 * vnet's lane.
 */
public final class IcmpStats {
  public long error;
  public long oldshort;
  public long oldicmp;
  public long badcode;
  public long tooshort;
  public long checksum;
  public long badlen;
  public long reflect;
  public long bmcastecho;
  public long bmcasttstamp;
  public long badaddr;
  public long noroute;
  private int @Nullable [] input; // made when the first message comes or goes
  private int @Nullable [] output;

  /** Counts a message that came in. */
  public void received(int type) {
    if (type <= Icmp4Message.MAXTYPE) {
      input = counted(input, type);
    }
  }

  /** Counts a message made here. */
  public void sent(int type) {
    if (type <= Icmp4Message.MAXTYPE) {
      output = counted(output, type);
    }
  }

  private static int[] counted(int @Nullable [] counts, int type) {
    int[] c = counts == null ? new int[Icmp4Message.MAXTYPE + 1] : counts;
    c[type]++;
    return c;
  }

  private static long of(int @Nullable [] counts, int type) {
    return counts == null ? 0 : Integer.toUnsignedLong(counts[type]);
  }

  /** How many messages of {@code type} came in. */
  public long receivedOf(int type) {
    return of(input, type);
  }

  /** How many messages of {@code type} were made here. */
  public long sentOf(int type) {
    return of(output, type);
  }

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("icmp-calls", error);
    to.put("errors-not-from-message", oldicmp);
    histogram(to, "output-histogram/", output);
    to.put("dropped-bad-code", badcode);
    to.put("dropped-too-short", tooshort);
    to.put("dropped-bad-checksum", checksum);
    to.put("dropped-bad-length", badlen);
    to.put("dropped-multicast-echo", bmcastecho);
    to.put("dropped-multicast-timestamp", bmcasttstamp);
    histogram(to, "input-histogram/", input);
    to.put("sent-packets", reflect);
    to.put("discard-invalid-return-address", badaddr);
    to.put("discard-no-route", noroute);
  }

  private static void histogram(Map<String, Long> to, String prefix, int @Nullable [] counts) {
    for (int type = 0; type <= Icmp4Message.MAXTYPE; type++) {
      if (of(counts, type) != 0) {
        to.put(prefix + Icmp4Message.typeName(type), of(counts, type));
      }
    }
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    error = oldshort = oldicmp = badcode = tooshort = checksum = badlen = reflect = 0;
    bmcastecho = bmcasttstamp = badaddr = noroute = 0;
    input = null;
    output = null;
  }
}
