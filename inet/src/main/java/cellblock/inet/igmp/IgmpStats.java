package cellblock.inet.igmp;

import java.util.Map;

/**
 * IGMP's counters of one vnet (ancestor: struct igmpstat, netinet/igmp_var.h). Threading: the
 * vnet's lane.
 */
public final class IgmpStats {
  public long total;
  public long tooshort;
  public long badttl;
  public long badsum;
  public long v1v2Queries;
  public long v3Queries;
  public long badQueries;
  public long generalQueries;
  public long groupQueries;
  public long groupSourceQueries;
  public long droppedGroupSourceQueries;
  public long reports;
  public long badReports;
  public long ourReports;
  public long noRouterAlert;
  public long sentReports;

  /** Adds the counters to {@code to} by netstat's libxo names, in netstat's order. */
  public void list(Map<String, Long> to) {
    to.put("received-messages", total);
    to.put("dropped-too-short", tooshort);
    to.put("dropped-wrong-ttl", badttl);
    to.put("dropped-bad-checksum", badsum);
    to.put("received-membership-queries", v1v2Queries);
    to.put("received-v3-membership-queries", v3Queries);
    to.put("dropped-membership-queries", badQueries);
    to.put("received-general-queries", generalQueries);
    to.put("received-group-queries", groupQueries);
    to.put("received-group-source-queries", groupSourceQueries);
    to.put("dropped-group-source-queries", droppedGroupSourceQueries);
    to.put("received-membership-requests", reports);
    to.put("dropped-membership-reports", badReports);
    to.put("received-membership-reports-matching", ourReports);
    to.put("received-v3-reports-no-router-alert", noRouterAlert);
    to.put("sent-membership-reports", sentReports);
  }

  /** Sets every counter to zero: netstat -z. */
  public void clear() {
    total = tooshort = badttl = badsum = v1v2Queries = v3Queries = badQueries = 0;
    generalQueries = groupQueries = groupSourceQueries = droppedGroupSourceQueries = 0;
    reports = badReports = ourReports = noRouterAlert = sentReports = 0;
  }
}
