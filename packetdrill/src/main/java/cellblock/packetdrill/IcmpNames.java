package cellblock.packetdrill;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words for types and codes of ICMP and ICMPv6; {@code type_N} and {@code code_N} are numbers.
 */
final class IcmpNames {
  private static final Map<String, Integer> TYPES4 =
      Map.ofEntries(
          Map.entry("echo_reply", 0),
          Map.entry("unreachable", 3),
          Map.entry("source_quench", 4),
          Map.entry("redirect", 5),
          Map.entry("echo_request", 8),
          Map.entry("time_exceeded", 11),
          Map.entry("parameter_problem", 12),
          Map.entry("timestamp_request", 13),
          Map.entry("timestamp_reply", 14),
          Map.entry("information_request", 15),
          Map.entry("information_reply", 16),
          Map.entry("address_mask_request", 17),
          Map.entry("address_mask_reply", 18));
  private static final Map<String, Integer> TYPES6 =
      Map.of(
          "unreachable", 1,
          "packet_too_big", 2,
          "time_exceeded", 3,
          "parameter_problem", 4,
          "echo_request", 128,
          "echo_reply", 129,
          "router_advertisement", 134);
  private static final Map<String, Integer> CODES4 =
      Map.ofEntries(
          Map.entry("net_unreachable", 0),
          Map.entry("host_unreachable", 1),
          Map.entry("protocol_unreachable", 2),
          Map.entry("port_unreachable", 3),
          Map.entry("frag_needed", 4),
          Map.entry("source_route_failed", 5),
          Map.entry("net_unknown", 6),
          Map.entry("host_unknown", 7),
          Map.entry("source_host_isolated", 8),
          Map.entry("net_prohibited", 9),
          Map.entry("host_prohibited", 10),
          Map.entry("net_unreachable_for_tos", 11),
          Map.entry("host_unreachable_for_tos", 12),
          Map.entry("packet_filtered", 13),
          Map.entry("precedence_violation", 14),
          Map.entry("precedence_cutoff", 15),
          Map.entry("ttl_exceeded_in_transit", 0),
          Map.entry("frag_reass_exceeded", 1));
  private static final Map<String, Integer> CODES6 =
      Map.ofEntries(
          Map.entry("no_route", 0),
          Map.entry("admin_prohibited", 1),
          Map.entry("not_neighbour", 2),
          Map.entry("address_unreachable", 3),
          Map.entry("port_unreachable", 4),
          Map.entry("exceeded_hop_limit", 0),
          Map.entry("exceeded_frag_time", 1),
          Map.entry("header_field", 0),
          Map.entry("unknown_next_header", 1),
          Map.entry("unknown_option", 2));

  private IcmpNames() {}

  /** Whether the words mean something in one of the families. */
  static boolean known(String type, @Nullable String code) {
    return (type(false, type) >= 0 && code(false, code) >= 0)
        || (type(true, type) >= 0 && code(true, code) >= 0);
  }

  /** The type's number, -1 = unknown. */
  static int type(boolean six, String word) {
    return number(word, "type_", six ? TYPES6 : TYPES4);
  }

  /** The code's number, -1 = unknown; none is 0. */
  static int code(boolean six, @Nullable String word) {
    return word == null ? 0 : number(word, "code_", six ? CODES6 : CODES4);
  }

  private static int number(String word, String prefix, Map<String, Integer> names) {
    if (word.startsWith(prefix) && word.substring(prefix.length()).matches("\\d{1,3}")) {
      int value = Integer.parseInt(word.substring(prefix.length()));
      return value < 256 ? value : -1;
    }
    return names.getOrDefault(word, -1);
  }
}
