package cellblock.userland.net.route;

import cellblock.control.KernelError;
import cellblock.control.RouteRequest;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.util.ArrayList;
import java.util.List;

/** {@code route flush}: deletes what goes by a gateway. Ancestor: sbin/route/route.c (flushroutes). */
final class Flush {
  private final Route route;
  private final Stdio io;

  Flush(Route route) {
    this.route = route;
    this.io = route.io;
  }

  int run(List<String> words) {
    List<Integer> fibs = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      switch (word) {
        case "-4", "-inet" -> route.family = "inet";
        case "-6", "-inet6" -> route.family = "inet6";
        case "-link" -> route.family = "link";
        case "-fib" -> {
          if (++i >= words.size()) {
            throw route.usage(word);
          }
          fibs.addAll(route.fibs(words.get(i)));
        }
        default -> throw route.usage(word);
      }
    }
    for (int fib : fibs.isEmpty() ? List.of(route.defaultFib) : fibs) {
      flush(fib);
    }
    return 0;
  }

  private void flush(int fib) {
    if (route.verbose) {
      io.print("Examining routing table from sysctl\n");
    }
    for (String family : List.of("inet", "inet6")) {
      if (route.family == null || route.family.equals(family)) {
        for (RouteRequest.RouteInfo info : table(fib, family)) {
          if ((info.flags() & RouteRequest.RTF_GATEWAY) != 0 && !route.debug && !route.test) {
            delete(info, fib);
          }
        }
      }
    }
  }

  private List<RouteRequest.RouteInfo> table(int fib, String family) {
    try {
      return io.kernel().ask(new RouteRequest.Dump(fib, family));
    } catch (KernelError e) {
      if (family.equals("inet6") && route.family == null) {
        return List.of();
      }
      throw io.err(Sysexits.EX_OSERR, "route-sysctl-get", e);
    }
  }

  private void delete(RouteRequest.RouteInfo info, int fib) {
    try {
      io.kernel()
          .ask(new RouteRequest.Delete(fib, info.destination(), info.prefixLength(), info.gateway()));
    } catch (KernelError e) {
      io.warn("write to routing socket", e);
      return;
    }
    if (!route.quiet) {
      boolean host = (info.flags() & RouteRequest.RTF_HOST) != 0;
      String gateway = info.gateway() == null ? info.ifname() : info.gateway();
      io.printf(
          "%-20.20s %-20.20s -fib %-3d done\n",
          host ? info.destination() : netname(info), gateway, fib);
    }
  }

  /** A network without the zero octets at its end. */
  private static String netname(RouteRequest.RouteInfo info) {
    if (!info.family().equals("inet")) {
      return info.prefixLength() == 0 ? "default" : info.destination();
    }
    String text = info.destination();
    if (text.equals("0.0.0.0")) {
      return "default";
    }
    while (text.endsWith(".0")) {
      text = text.substring(0, text.length() - 2);
    }
    return text;
  }
}
