package cellblock.userland.net.route;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.RouteRequest;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** add, delete, change and get. Ancestor: sbin/route/route.c (newroute), route_netlink.c (rtmsg_nl). */
final class NewRoute {
  private static final Map<String, Integer> FLAG_WORDS =
      Map.of(
          "reject", RouteRequest.RTF_REJECT,
          "blackhole", RouteRequest.RTF_BLACKHOLE,
          "proto1", RouteRequest.RTF_PROTO1,
          "proto2", RouteRequest.RTF_PROTO2,
          "proto3", RouteRequest.RTF_PROTO3,
          "static", RouteRequest.RTF_STATIC,
          "sticky", RouteRequest.RTF_STICKY);

  private static final Set<String> METRICS =
      Set.of(
          "mtu", "hopcount", "expire", "recvpipe", "sendpipe", "ssthresh", "rtt", "rttvar", "weight",
          "metric");

  private final Route route;
  private final Stdio io;
  private final String command;

  private int flags = RouteRequest.RTF_STATIC;
  private boolean onInterface;
  private boolean forceHost;
  private boolean forceNet;
  private @Nullable RouteTarget target;
  private @Nullable String gateway;
  private @Nullable String gatewayShown;
  private @Nullable String ifname;
  private @Nullable String source;
  private int netmask = -1;
  private final Map<String, Integer> metrics = new LinkedHashMap<>();
  private final List<Integer> fibs = new ArrayList<>();

  NewRoute(Route route, String command) {
    this.route = route;
    this.io = route.io;
    this.command = command;
  }

  int run(List<String> words) {
    int at = 0;
    while (at < words.size()) {
      String word = words.get(at);
      at += 1 + (word.startsWith("-") ? modifier(word.substring(1), words, at + 1) : plain(word));
    }
    RouteTarget destination = target;
    if (destination == null) {
      io.warnx("destination parameter required");
      throw route.usage(null);
    }
    if (fibs.isEmpty()) {
      fibs.add(route.defaultFib);
    }
    Request request = request(destination);
    return command.equals("get") || command.equals("show") ? get(request) : alter(request);
  }

  // ---- words

  private int plain(String word) {
    if (target == null) {
      destination(word);
    } else if (gatewayShown == null) {
      gateway(word);
    } else {
      netmask(word);
    }
    return 0;
  }

  /** A word with a dash; returns how many values it took. */
  private int modifier(String word, List<String> words, int next) {
    Integer flag = FLAG_WORDS.get(word);
    if (flag != null) {
      flags |= flag;
      return 0;
    }
    switch (word) {
      case "4", "inet" -> route.family = "inet";
      case "6", "inet6" -> route.family = "inet6";
      case "iface", "interface" -> onInterface = true;
      case "nostatic" -> flags &= ~RouteRequest.RTF_STATIC;
      case "nostick" -> flags &= ~RouteRequest.RTF_STICKY;
      case "host" -> forceHost = true;
      case "net" -> forceNet = true;
      case "link", "sa", "lock", "lockrest", "proxy", "xresolve", "cloning", "llinfo" -> {
        // Of no effect on routes as they are kept since FreeBSD 8.
      }
      default -> {
        valued(word, words, next);
        return 1;
      }
    }
    return 0;
  }

  private void valued(String word, List<String> words, int next) {
    boolean known =
        METRICS.contains(word)
            || Set.of("fib", "ifa", "ifp", "genmask", "gateway", "dst", "netmask", "prefixlen", "prefsrc")
                .contains(word);
    if (!known) {
      throw route.usage(word);
    }
    if (next >= words.size()) {
      throw route.usage(null);
    }
    String value = words.get(next);
    switch (word) {
      case "fib" -> fibs.addAll(route.fibs(value));
      case "ifa", "prefsrc" -> source = address(value);
      case "ifp" -> ifname = value;
      case "genmask" -> address(value);
      case "gateway" -> gateway(value);
      case "dst" -> destination(value);
      case "netmask" -> netmask(value);
      case "prefixlen" -> prefixLength(value);
      default -> metric(word, value);
    }
  }

  private void metric(String word, String value) {
    try {
      metrics.put(word, Integer.decode(value));
    } catch (NumberFormatException e) {
      throw io.errx(Sysexits.EX_USAGE, value + ": Invalid argument");
    }
  }

  private void destination(String word) {
    target = RouteTarget.parse(io, route.family, word, forceNet);
    if (word.equals("default")) {
      forceNet = true;
    }
  }

  private void gateway(String word) {
    gatewayShown = word;
    if (onInterface) {
      try {
        if (!io.kernel().ask(new IfRequest.Get(word)).isEmpty()) {
          ifname = word;
          return;
        }
      } catch (KernelError e) {
        // The same answer as for an interface that is not there.
      }
      throw io.errx(Sysexits.EX_DATAERR, "interface '" + word + "' does not exist");
    }
    gateway = address(word);
  }

  private String address(String word) {
    boolean six = route.family != null && route.family.equals("inet6");
    if (word.equals("default")) {
      return six ? "::" : "0.0.0.0";
    }
    String address = six ? Inet6.isAddress(word) ? word : null : Inet4.resolve(word);
    if (address == null) {
      throw six
          ? io.errx(Sysexits.EX_OSERR, word + ": Name does not resolve")
          : io.errx(Sysexits.EX_NOHOST, "bad address: " + word);
    }
    return address;
  }

  private void netmask(String word) {
    int mask = Inet4.aton(word).orElseThrow(() -> io.errx(Sysexits.EX_NOHOST, "bad address: " + word));
    netmask = Integer.bitCount(mask);
    forceNet = true;
  }

  private void prefixLength(String word) {
    int max = route.family != null && route.family.equals("inet6") ? 128 : 32;
    if (word.isEmpty() || word.length() > 3 || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw io.errx(Sysexits.EX_USAGE, word + ": invalid prefixlen");
    }
    int length = Integer.parseInt(word);
    if (length > max) {
      throw io.errx(Sysexits.EX_USAGE, word + ": invalid prefixlen");
    }
    netmask = length;
    forceNet = length != max;
    forceHost = length == max;
  }

  // ---- what they amount to

  /** Everything that the words said, settled. {@code prefixLength} -1 is a host. */
  private record Request(RouteTarget target, boolean host, int prefixLength) {
    int fullLength() {
      return prefixLength >= 0 ? prefixLength : target.family().equals("inet6") ? 128 : 32;
    }
  }

  private Request request(RouteTarget destination) {
    boolean host = (destination.isHost() || forceHost) && !forceNet;
    int length = netmask >= 0 ? netmask : destination.prefixLength();
    if (host) {
      flags |= RouteRequest.RTF_HOST;
      length = -1;
    }
    flags |= RouteRequest.RTF_UP;
    if (!onInterface) {
      flags |= RouteRequest.RTF_GATEWAY;
    }
    return new Request(destination, host, length);
  }

  private int get(Request request) {
    int failures = 0;
    for (int fib : fibs) {
      try {
        RouteRequest.RouteInfo info =
            io.kernel()
                .ask(
                    new RouteRequest.Lookup(
                        fib, request.target.address(), request.host ? -1 : request.fullLength()));
        new GetReport(route).print(request.target, info, fib);
      } catch (KernelError e) {
        complain(e);
        failures--;
      }
    }
    return failures;
  }

  private void complain(KernelError error) {
    if (error.errno().equals("ESRCH")) {
      io.warnx("route has not been found");
    } else {
      io.warn("message indicates error", error);
    }
  }

  private int alter(Request request) {
    List<Integer> done = new ArrayList<>();
    Map<Integer, KernelError> failed = new LinkedHashMap<>();
    for (int fib : fibs) {
      try {
        if (!route.test && !route.debug) {
          ask(request, fib);
        }
        done.add(fib);
      } catch (KernelError e) {
        complain(e);
        failed.put(fib, e);
      }
    }
    if (!route.quiet) {
      report(request, done, failed);
    }
    return failed.isEmpty() ? 0 : 1;
  }

  private void ask(Request request, int fib) throws KernelError {
    String address = request.target.address();
    int length = request.fullLength();
    int mtu = metrics.getOrDefault("mtu", 0);
    int weight = metrics.getOrDefault("weight", 0);
    switch (command.charAt(0)) {
      case 'a' ->
          io.kernel()
              .ask(new RouteRequest.Add(fib, address, length, gateway, ifname, source, flags, mtu, weight));
      case 'c' ->
          io.kernel().ask(new RouteRequest.Change(fib, address, length, gateway, ifname, flags, mtu, weight));
      default -> io.kernel().ask(new RouteRequest.Delete(fib, address, length, gateway));
    }
  }

  private void report(Request request, List<Integer> done, Map<Integer, KernelError> failed) {
    String head = command + (request.host ? " host " : " net ") + request.target.shown();
    if (gatewayShown != null && !gatewayShown.isEmpty()) {
      head += ": gateway " + gatewayShown;
    }
    if (!done.isEmpty()) {
      io.print(head);
      if (route.fibs > 1) {
        io.print(" fib " + String.join(",", done.stream().map(String::valueOf).toList()));
      }
      io.print("\n");
    }
    for (Map.Entry<Integer, KernelError> entry : failed.entrySet()) {
      io.print(head + " fib " + entry.getKey() + ": " + words(entry.getValue()) + "\n");
    }
  }

  private static String words(KernelError error) {
    return switch (error.errno()) {
      case "ESRCH" -> "not in table";
      case "EBUSY" -> "entry in use";
      case "ENOBUFS" -> "not enough memory";
      case "EADDRINUSE" -> "gateway uses the same route";
      case "EEXIST" -> "route already in table";
      default -> error.text();
    };
  }
}
