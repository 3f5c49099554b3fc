package cellblock.userland.net.ifconfig;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Words that belong to one driver: they are handed to it with their values and mean nothing here. A
 * driver that is added later adds rows. Ancestors: the cmd tables of sbin/ifconfig/ifbridge.c,
 * ifvlan.c, ifgre.c, ifgif.c, iflagg.c, ifpfsync.c, carp.c, ifmedia.c, ifvxlan.c.
 */
final class DriverWords {
  /** A word: the driver it goes to and how many values follow it. */
  record Row(String key, int values) {}

  private static final Map<String, Row> ROWS = new LinkedHashMap<>();

  /** Words that may stand between {@code create} and the creation itself: each with one value. */
  private static final List<String> CLONE_WORDS =
      List.of(
          "vlan",
          "vlandev",
          "vlanproto",
          "vxlanid",
          "vni",
          "vxlanlocal",
          "vxlanremote",
          "vxlangroup",
          "vxlanlocalport",
          "vxlanremoteport",
          "vxlandev",
          "wlandev",
          "wlanmode",
          "laggtype",
          "hostdev");

  static {
    rows("bridge", 1, "addm", "deletem", "discover", "-discover", "learn", "-learn", "sticky");
    rows(
        "bridge",
        1,
        "-sticky",
        "private",
        "-private",
        "span",
        "-span",
        "edge",
        "-edge",
        "autoedge");
    rows("bridge", 1, "-autoedge", "ptp", "-ptp", "autoptp", "-autoptp", "stp", "-stp", "deladdr");
    rows(
        "bridge",
        1,
        "maxage",
        "hellotime",
        "fwddelay",
        "priority",
        "holdcnt",
        "maxaddr",
        "timeout");
    rows("bridge", 1, "proto", "untagged", "-untagged", "tagged");
    rows("bridge", 2, "static", "ifpriority", "ifpathcost", "ifmaxaddr");
    rows("bridge", 0, "flush", "flushall", "addr");
    rows("vlan", 1, "vlan", "vlandev", "vlanproto", "vlanpcp");
    rows("vlan", 0, "-vlandev", "qinq");
    rows("vxlan", 1, "vxlanid", "vni", "vxlanlocal", "vxlanremote", "vxlangroup", "vxlandev");
    rows(
        "vxlan",
        1,
        "vxlanlocalport",
        "vxlanremoteport",
        "vxlanttl",
        "vxlantimeout",
        "vxlanmaxaddr");
    rows("vxlan", 2, "vxlanportrange");
    rows("vxlan", 0, "vxlanlearn", "-vxlanlearn", "vxlanflush", "vxlanflushall");
    rows("host", 1, "hostdev");
    rows("tunnel", 2, "tunnel");
    rows("tunnel", 0, "-tunnel", "deletetunnel");
    rows("tunnel", 1, "tunnelfib");
    rows("gre", 1, "grekey", "udpport");
    rows(
        "gre",
        0,
        "enable_csum",
        "-enable_csum",
        "enable_seq",
        "-enable_seq",
        "udpencap",
        "-udpencap");
    rows("gif", 0, "ignore_source", "-ignore_source", "noclamp", "-noclamp");
    rows("lagg", 1, "laggport", "-laggport", "laggproto", "lagghash", "lagg_limit", "rr_limit");
    rows(
        "lagg", 0, "use_flowid", "-use_flowid", "lacp_strict", "-lacp_strict", "lacp_fast_timeout");
    rows("lagg", 0, "-lacp_fast_timeout", "use_numa", "-use_numa");
    rows("pfsync", 1, "syncdev", "syncpeer", "maxupd", "version");
    rows("pfsync", 0, "-syncdev", "-syncpeer", "defer", "-defer");
    rows("carp", 1, "advskew", "advbase", "pass", "state", "peer", "peer6", "carpver", "vrrpprio");
    rows("carp", 0, "mcast", "mcast6");
    rows("media", 1, "media", "mediaopt", "-mediaopt", "mode", "inst", "instance");
  }

  private DriverWords() {}

  private static void rows(String key, int values, String... words) {
    for (String word : words) {
      ROWS.put(word, new Row(key, values));
    }
  }

  /** The table, by word. */
  static Map<String, Row> rows() {
    return Map.copyOf(ROWS);
  }

  static boolean isCloneWord(String word) {
    return CLONE_WORDS.contains(word);
  }
}
