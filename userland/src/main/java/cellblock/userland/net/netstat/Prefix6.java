package cellblock.userland.net.netstat;

import java.net.InetAddress;

/** The network of an IPv6 address, in the shortest text (RFC 5952). */
final class Prefix6 {
  private Prefix6() {}

  static String of(String address, int length) {
    int zone = address.indexOf('%');
    String plain = zone < 0 ? address : address.substring(0, zone);
    String suffix = zone < 0 ? "" : address.substring(zone);
    if (plain.indexOf(':') < 0) {
      return address;
    }
    byte[] octets;
    try {
      octets = InetAddress.ofLiteral(plain).getAddress();
    } catch (IllegalArgumentException e) {
      return address;
    }
    if (octets.length != 16) {
      return address;
    }
    for (int bit = length; bit < 128; bit++) {
      octets[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return shortest(octets) + suffix;
  }

  private static String shortest(byte[] octets) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (octets[2 * i] & 255) << 8 | octets[2 * i + 1] & 255;
    }
    int best = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > bestLength) {
        best = i;
        bestLength = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == best) {
        text.append("::");
        i += bestLength - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
