package cellblock.userland.net.nc;

import java.util.Map;

/** Words for the type of service: DiffServ code points and the older ones (netinet/ip.h). */
final class TosKeyword {
  private static final Map<String, Integer> OTHERS =
      Map.of(
          "critical", 0xa0,
          "ef", 0xb8,
          "inetcontrol", 0xc0,
          "lowdelay", 0x10,
          "netcontrol", 0xe0,
          "reliability", 0x04,
          "throughput", 0x08);

  private TosKeyword() {}

  /** The octet that a word means, -1 for none. */
  static int value(String word) {
    if (word.matches("af[1-4][1-3]")) {
      return (word.charAt(2) - '0') * 32 + (word.charAt(3) - '0') * 8;
    }
    if (word.matches("cs[0-7]")) {
      return (word.charAt(2) - '0') * 32;
    }
    return OTHERS.getOrDefault(word, -1);
  }
}
