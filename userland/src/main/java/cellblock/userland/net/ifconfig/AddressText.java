package cellblock.userland.net.ifconfig;

import cellblock.userland.net.Inet4;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as they are typed. Ancestors: in_getaddr (af_inet.c), in6_getaddr (af_inet6.c),
 * link_getaddr (af_link.c).
 */
final class AddressText {
  /** An address, and the length that stood behind its slash, or -1. */
  record Parsed(String address, int prefixLength) {}

  private final Stdio io;

  AddressText(Stdio io) {
    this.io = io;
  }

  /** An address with or without a length. */
  Parsed parse(String family, String word) {
    if (IfStatus.isLink(family)) {
      return new Parsed(word.equals("random") ? word : link(word), -1);
    }
    int slash = word.lastIndexOf('/');
    if (slash < 0) {
      return new Parsed(parsePlain(family, word), -1);
    }
    String plain = word.substring(0, slash);
    String width = word.substring(slash + 1);
    boolean six = family.equals("inet6");
    Integer length = decimal(width, six ? 128 : 32);
    if (length == null) {
      String reason = width.isEmpty() || !Character.isDigit(width.charAt(0)) ? "invalid" : tooLarge(width);
      throw io.errx(1, six ? width + ": bad value" : word + ": bad value (width " + reason + ")");
    }
    return new Parsed(parsePlain(family, plain), length);
  }

  private static String tooLarge(String width) {
    return width.chars().allMatch(Character::isDigit) ? "too large" : "invalid";
  }

  /** An address alone. */
  String parsePlain(String family, String word) {
    if (IfStatus.isLink(family)) {
      throw io.errx(1, "can't set link-level netmask or broadcast");
    }
    String address;
    if (family.equals("inet6")) {
      address = Inet6.isAddress(word) ? word : word.equals("localhost") ? "::1" : null;
    } else {
      address = Inet4.resolve(word);
    }
    if (address == null) {
      throw io.errx(1, word + ": bad value");
    }
    return address;
  }

  /** A netmask, dotted or 0xffffff00, as a prefix length. */
  int mask(String word) {
    return Integer.bitCount(
        Inet4.aton(word).orElseThrow(() -> io.errx(1, word + ": bad value")));
  }

  /** An Ethernet address in any of link_addr(3)'s spellings, as six pairs. */
  private String link(String word) {
    String[] parts = word.replace('-', ':').replace('.', ':').split(":", -1);
    if (parts.length != 6) {
      throw io.errx(1, "malformed link-level address");
    }
    StringBuilder out = new StringBuilder();
    for (String part : parts) {
      if (part.isEmpty() || part.length() > 2 || !part.chars().allMatch(AddressText::isHex)) {
        throw io.errx(1, "malformed link-level address");
      }
      out.append(out.isEmpty() ? "" : ":").append(part.length() == 1 ? "0" : "");
      out.append(part.toLowerCase(Locale.ROOT));
    }
    return out.toString();
  }

  private static boolean isHex(int c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }

  /** A decimal number of 0..max, or null. */
  static @Nullable Integer decimal(String text, int max) {
    if (text.isEmpty() || text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    int value = Integer.parseInt(text);
    return value <= max ? value : null;
  }
}
