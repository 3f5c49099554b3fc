package cellblock.userland.net.ifconfig;

import cellblock.userland.net.Stdio;

/** {@code -f type:format,…} and IFCONFIG_FORMAT. Ancestor: sbin/ifconfig/ifconfig.c (setformat). */
final class IfFormat {
  String inet = "hex";
  String inet6 = "prefixlen";
  String ether = "colon";

  /** Takes one specification; what is malformed is skipped with a warning, what is unknown silently. */
  void set(Stdio io, String specification) {
    for (String word : specification.split(",", -1)) {
      int colon = word.indexOf(':');
      if (colon < 0 || colon == word.length() - 1) {
        io.warnx("Skipping invalid format specification: " + word + "\n");
        continue;
      }
      String value = word.substring(colon + 1);
      switch (word.substring(0, colon)) {
        case "inet" -> inet = value;
        case "inet6" -> inet6 = value;
        case "ether" -> ether = value;
        default -> {
          // "addr" asks for names; there is no resolver here.
        }
      }
    }
  }

  /** An Ethernet address as asked for. */
  String ether(String address) {
    return switch (ether) {
      case "dash" -> address.replace(':', '-');
      case "dotted" -> dotted(address.replace(":", ""));
      default -> address;
    };
  }

  private static String dotted(String digits) {
    return digits.length() == 12
        ? digits.substring(0, 4) + "." + digits.substring(4, 8) + "." + digits.substring(8)
        : digits;
  }
}
