package cellblock.userland.net.route;

import cellblock.userland.net.Inet4;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A destination as it was typed. Ancestor: sbin/route/route.c (getaddr, inet_makenetandmask of 12.1).
 *
 * @param family "inet" or "inet6"
 * @param address the address in full
 * @param prefixLength what the text itself says, -1 when it names a host
 * @param shown what the tool prints
 */
record RouteTarget(String family, String address, int prefixLength, String shown) {
  boolean isHost() {
    return prefixLength < 0;
  }

  /**
   * Reads a destination. {@code net} says that a network was asked for: without a length the missing
   * and zero octets at the end give it ("10" is 10.0.0.0/8, "192.168.1" is 192.168.1.0/24).
   */
  static RouteTarget parse(Stdio io, @Nullable String family, String text, boolean net) {
    boolean six = family != null && family.equals("inet6");
    if (text.equals("default")) {
      return new RouteTarget(six ? "inet6" : "inet", six ? "::" : "0.0.0.0", 0, text);
    }
    return six ? inet6(io, text) : inet(io, text, net);
  }

  private static RouteTarget inet6(Stdio io, String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!Inet6.isAddress(address)) {
      throw io.errx(Sysexits.EX_OSERR, address + ": Name does not resolve");
    }
    int length = slash < 0 ? -1 : length(io, text.substring(slash + 1), 128);
    if (slash < 0 && address.equals("::")) {
      length = 0;
    }
    return new RouteTarget("inet6", address, length == 128 ? -1 : length, text);
  }

  private static RouteTarget inet(Stdio io, String text, boolean net) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean partial = address.chars().filter(c -> c == '.').count() < 3;
    boolean network = slash >= 0 || net || partial;
    OptionalInt value = network && partial ? network(address) : Inet4.aton(address);
    if (value.isEmpty()) {
      String known = slash < 0 ? Inet4.resolve(text) : null;
      if (known == null) {
        throw io.errx(Sysexits.EX_NOHOST, "bad address: " + address);
      }
      return new RouteTarget("inet", known, -1, text);
    }
    int length = slash >= 0 ? length(io, text.substring(slash + 1), 32) : -1;
    if (slash < 0 && network) {
      length = classful(value.getAsInt());
    }
    return new RouteTarget("inet", Inet4.format(value.getAsInt()), length, address);
  }

  /** inet_network(3) shifted up: "10.1" is 10.1.0.0. A number alone above 255 is a whole address. */
  private static OptionalInt network(String text) {
    if (text.isEmpty() || !text.contains(".") && Inet4.aton(text).orElse(0) >>> 8 != 0) {
      return Inet4.aton(text);
    }
    StringBuilder padded = new StringBuilder(text);
    for (long dots = text.chars().filter(c -> c == '.').count(); dots < 3; dots++) {
      padded.append(".0");
    }
    return Inet4.aton(padded.toString());
  }

  /** The length that the zero octets at the end leave. */
  private static int classful(int address) {
    int bits = 32;
    while (bits > 0 && (address >>> 32 - bits & 255) == 0) {
      bits -= 8;
    }
    return bits;
  }

  private static int length(Stdio io, String text, int max) {
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw io.errx(Sysexits.EX_NOHOST, "bad mask length: " + text);
    }
    int length = Integer.parseInt(text);
    if (length > max) {
      throw io.errx(Sysexits.EX_NOHOST, "bad mask length: " + text);
    }
    return length;
  }
}
