package cellblock.inet.arp;

import java.util.Map;

/**
 * ARP's counters of one vnet (ancestor: struct arpstat, net/if_arp.h). Threading: the vnet's lane.
 */
public final class ArpStats {
  public long txrequests;
  public long txreplies;
  public long rxrequests;
  public long rxreplies;
  public long received;
  public long txerrors;
  public long dropped;
  public long timeouts;
  public long dupips;

  /** Adds the counters to {@code to} by netstat's libxo names, its misspelling kept. */
  public void list(Map<String, Long> to) {
    to.put("sent-requests", txrequests);
    to.put("sent-replies", txreplies);
    to.put("received-requests", rxrequests);
    to.put("received-replies", rxreplies);
    to.put("received-packers", received);
    to.put("dropped-no-entry", dropped);
    to.put("entries-timeout", timeouts);
    to.put("dropped-duplicate-address", dupips);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    txrequests = txreplies = rxrequests = rxreplies = received = 0;
    txerrors = dropped = timeouts = dupips = 0;
  }
}
