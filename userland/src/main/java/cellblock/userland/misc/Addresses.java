package cellblock.userland.misc;

/** Numeric addresses as inet_pton(3) accepts them. */
public final class Addresses {
  private Addresses() {}

  /** Four decimal numbers. */
  public static boolean isInet(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  /** Eight groups, one run of zeros left out at most, the last two perhaps as an IPv4 address. */
  public static boolean isInet6(String text) {
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    int gap = plain.indexOf("::");
    if (gap < 0) {
      return groups(plain, true) == 8;
    }
    if (plain.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    String head = plain.substring(0, gap);
    String tail = plain.substring(gap + 2);
    int before = head.isEmpty() ? 0 : groups(head, false);
    int after = tail.isEmpty() ? 0 : groups(tail, true);
    return before >= 0 && after >= 0 && before + after <= 7;
  }

  /** How many 16-bit groups a colon-separated list has, -1 if it is none. */
  private static int groups(String list, boolean mayEndInInet) {
    String[] parts = list.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].matches("[0-9A-Fa-f]{1,4}")) {
        count++;
      } else if (mayEndInInet && i == parts.length - 1 && isInet(parts[i])) {
        count += 2;
      } else {
        return -1;
      }
    }
    return count;
  }
}
