package cellblock.userland.net.ifconfig;

import cellblock.control.IfRequest;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Inet6;
import java.util.List;

/**
 * The words of gif and gre. Ancestors: sbin/ifconfig/ifgif.c, ifgre.c, iffib.c, and settunnel of
 * ifconfig.c.
 */
final class IfTunnel {
  private IfTunnel() {}

  static void apply(IfChange change, String key, String word, List<String> words) {
    change.must(new IfRequest.DriverSet(change.name, key, words), call(change, word, words));
  }

  /** What refuses, in ifconfig's words; ends the run where the two families differ. */
  private static String call(IfChange change, String word, List<String> words) {
    return switch (word) {
      case "tunnel" -> {
        boolean six = isInet6(change, words.get(1));
        if (six != isInet6(change, words.get(2))) {
          throw change.io.errx(1, "source and destination address families do not match");
        }
        yield six ? "SIOCSIFPHYADDR_IN6" : "SIOCSIFPHYADDR";
      }
      case "tunnelfib" -> "SIOCSTUNFIB";
      case "grekey", "udpport" -> "ioctl (set " + word + ")";
      case "-tunnel", "deletetunnel" -> "SIOCDIFPHYADDR";
      default -> "ioctl(GIFSOPTS)"; // of gre, too
    };
  }

  /** Whether an outer address is one of IPv6; ends the run where it is none at all. */
  private static boolean isInet6(IfChange change, String word) {
    if (Inet6.isAddress(word)) {
      return true;
    }
    if (Inet4.resolve(word) == null) {
      throw change.io.errx(1, "error in parsing address string: Name does not resolve");
    }
    return false;
  }
}
