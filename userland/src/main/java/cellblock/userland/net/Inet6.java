package cellblock.userland.net;

/** IPv6 address text, as far as a tool needs to tell it from a word. Ancestor: inet_pton(3). */
public final class Inet6 {
  private Inet6() {}

  /** Whether {@code text} is an IPv6 address, with or without a {@code %zone}. */
  public static boolean isAddress(String text) {
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    if (zone == text.length() - 1 || address.indexOf(':') < 0) {
      return false;
    }
    int gap = address.indexOf("::");
    if (gap < 0) {
      return groups(address, true) == 8;
    }
    if (address.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    int before = groups(address.substring(0, gap), false);
    int after = groups(address.substring(gap + 2), true);
    return before >= 0 && after >= 0 && before + after <= 7;
  }

  /** How many 16-bit groups; -1 when one is malformed. */
  private static int groups(String text, boolean last) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (last && i == parts.length - 1 && Inet4.pton(parts[i]).isPresent()) {
        return count + 2;
      }
      if (parts[i].isEmpty() || parts[i].length() > 4 || !parts[i].chars().allMatch(Inet6::isHex)) {
        return -1;
      }
      count++;
    }
    return count;
  }

  private static boolean isHex(int c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }
}
