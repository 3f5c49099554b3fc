package cellblock.userland.net.ifconfig;

import cellblock.control.IfRequest;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import java.util.List;
import java.util.Map;

/**
 * The words of vxlans: what they refuse by themselves, and under which name a refusal of the kernel
 * is told. Ancestor: sbin/ifconfig/ifvxlan.c.
 */
final class IfVxlan {
  private static final long VXLAN_VNI_MAX = 1 << 24;
  private static final long UINT16_MAX = 0xffff;
  private static final long UINT32_MAX = 0xffff_ffffL;

  /** The commands, by word, without what they have in common. */
  private static final Map<String, String> CALLS =
      Map.ofEntries(
          Map.entry("vxlanid", "SET_VNI"),
          Map.entry("vni", "SET_VNI"),
          Map.entry("vxlanlocal", "SET_LOCAL_ADDR"),
          Map.entry("vxlanremote", "SET_REMOTE_ADDR"),
          Map.entry("vxlangroup", "SET_REMOTE_ADDR"),
          Map.entry("vxlanlocalport", "SET_LOCAL_PORT"),
          Map.entry("vxlanremoteport", "SET_REMOTE_PORT"),
          Map.entry("vxlanportrange", "SET_PORT_RANGE"),
          Map.entry("vxlantimeout", "SET_FTABLE_TIMEOUT"),
          Map.entry("vxlanmaxaddr", "SET_FTABLE_MAX"),
          Map.entry("vxlandev", "SET_MULTICAST_IF"),
          Map.entry("vxlanttl", "SET_TTL"),
          Map.entry("vxlanlearn", "SET_LEARN"),
          Map.entry("-vxlanlearn", "SET_LEARN"),
          Map.entry("vxlanflush", "FLUSH"),
          Map.entry("vxlanflushall", "FLUSH"));

  private IfVxlan() {}

  static void apply(IfChange change, String word, List<String> values, List<String> words) {
    check(change.io, word, values);
    change.must(
        new IfRequest.DriverSet(change.name, "vxlan", words), "VXLAN_CMD_" + CALLS.get(word));
  }

  /** Ends the run where a value cannot be; other words are let pass. */
  static void check(Stdio io, String word, List<String> values) {
    switch (word) {
      case "vxlanid", "vni" ->
          number(io, "network identifier: ", values.getFirst(), VXLAN_VNI_MAX - 1);
      case "vxlanlocal" -> address(io, "local", values.getFirst(), false);
      case "vxlanremote" -> address(io, "remote", values.getFirst(), false);
      case "vxlangroup" -> address(io, "group", values.getFirst(), true);
      case "vxlanlocalport" -> number(io, "local port: ", values.getFirst(), UINT16_MAX - 1);
      case "vxlanremoteport" -> number(io, "remote port: ", values.getFirst(), UINT16_MAX - 1);
      case "vxlanportrange" -> {
        long low = number(io, "port range minimum: ", values.getFirst(), UINT16_MAX - 1);
        if (number(io, "port range maximum: ", values.getLast(), UINT16_MAX - 1) < low) {
          throw io.errx(1, "invalid port range");
        }
      }
      case "vxlantimeout" -> number(io, "timeout value: ", values.getFirst(), UINT32_MAX);
      case "vxlanmaxaddr" -> number(io, "maxaddr value: ", values.getFirst(), UINT32_MAX);
      case "vxlanttl" -> number(io, "TTL value: ", values.getFirst(), 256);
      default -> {
        // A name or nothing: the kernel knows it or does not.
      }
    }
  }

  /** Ends the run where the words behind {@code create} name both families. */
  static void checkEnds(Stdio io, Map<String, String> params) {
    String local = params.get("vxlanlocal");
    String remote = params.getOrDefault("vxlanremote", params.get("vxlangroup"));
    if (local != null && remote != null && Inet6.isAddress(local) != Inet6.isAddress(remote)) {
      throw io.errx(1, "cannot mix IPv4 and IPv6 addresses");
    }
  }

  private static long number(Stdio io, String what, String text, long most) {
    long n = IfWords.number(text);
    if (n < 0 || n > most) {
      throw io.errx(1, "invalid " + what + text);
    }
    return n;
  }

  private static void address(Stdio io, String which, String text, boolean group) {
    boolean multicast;
    if (Inet6.isAddress(text)) {
      multicast = text.regionMatches(true, 0, "ff", 0, 2) && text.indexOf(':') == 4;
    } else {
      String resolved = Inet4.resolve(text);
      if (resolved == null) {
        throw io.errx(1, "error in parsing " + which + " address string: Name does not resolve");
      }
      int first = Integer.parseInt(resolved.substring(0, resolved.indexOf('.')));
      multicast = first >= 224 && first < 240;
    }
    if (multicast != group) {
      throw io.errx(1, which + " address " + (group ? "must be multicast" : "cannot be multicast"));
    }
  }
}
