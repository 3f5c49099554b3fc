package cellblock.userland.net;

import cellblock.control.CapturePort;
import cellblock.control.Done;
import cellblock.control.EventPort;
import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.ModuleRequest;
import cellblock.control.Pollable;
import cellblock.control.Request;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest;
import cellblock.control.SocketPort;
import cellblock.control.StatRequest;
import cellblock.control.SysctlRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A kernel small enough to be read: interfaces, addresses, routes, neighbours, jails and counters
 * with the rules that the tools' output depends on, and FreeBSD's errors. One process, one vnet.
 */
final class ModelKernel implements KernelPort {
  static final Map<String, String> ERRORS =
      Map.ofEntries(
          Map.entry("EPERM", "Operation not permitted"),
          Map.entry("ENOENT", "No such file or directory"),
          Map.entry("ESRCH", "No such process"),
          Map.entry("EEXIST", "File exists"),
          Map.entry("EINVAL", "Invalid argument"),
          Map.entry("ENXIO", "Device not configured"),
          Map.entry("EBUSY", "Device busy"),
          Map.entry("EOPNOTSUPP", "Operation not supported"),
          Map.entry("EMSGSIZE", "Message too long"),
          Map.entry("ENETUNREACH", "Network is unreachable"),
          Map.entry("EHOSTUNREACH", "No route to host"),
          Map.entry("EADDRNOTAVAIL", "Can't assign requested address"),
          Map.entry("EBADF", "Bad file descriptor"));

  private static final Map<String, Long> COUNTERS = zeros();

  private static Map<String, Long> zeros() {
    Map<String, Long> counters = new LinkedHashMap<>();
    for (String name : "frames lost full duplicated reordered corrupted held".split(" ")) {
      counters.put(name, 0L);
    }
    return counters;
  }

  final ModelClock clock = new ModelClock();
  final Map<String, ModelIf> interfaces = new LinkedHashMap<>();
  final List<RouteRequest.RouteInfo> routes = new ArrayList<>();
  final Map<String, IfRequest.NeighborInfo> neighbors = new LinkedHashMap<>();
  final Map<String, Integer> jails = new LinkedHashMap<>(Map.of("alcatraz", 3));
  final Map<String, String> sysctls =
      new TreeMap<>(Map.of("net.fibs", "1", "net.my_fibnum", "0", "net.inet.ip.ttl", "64"));
  final Map<String, Map<String, Long>> statistics = new LinkedHashMap<>();
  final List<StatRequest.SocketInfo> sockets = new ArrayList<>();
  final List<IfRequest.MulticastInfo> groups = new ArrayList<>();
  final Deque<RouteEvent> events = new ArrayDeque<>();
  final List<String> log = new ArrayList<>();
  final ModelNetwork network = new ModelNetwork(clock);

  /** What every capture sees, and then ends. */
  final List<CapturePort.Frame> frames = new ArrayList<>();

  /** Which signal arrives. */
  String signal = "INT";

  /** When it arrives, by the clock; null for never. */
  Long signalAt;

  /** How many more times a tool may sleep. */
  int sleeps = 1000;

  /** What one look at the clock costs. */
  long tickNanos;

  private int nextIndex = 1;

  ModelKernel() {
    ModelIf lo0 = new ModelIf("lo0", nextIndex++);
    lo0.flags = IfInfo.IFF_LOOPBACK | IfInfo.IFF_MULTICAST;
    lo0.mtu = 16384;
    lo0.type = "loopback";
    lo0.capabilities = 0x680003;
    lo0.capEnabled = 0x680003;
    lo0.groups.add("lo");
    interfaces.put("lo0", lo0);
  }

  static KernelError error(String errno) {
    String text = ERRORS.getOrDefault(errno, errno);
    return new KernelError(errno, text, text);
  }

  ModelIf find(String name) throws KernelError {
    ModelIf found = interfaces.get(name);
    if (found == null) {
      throw error("ENXIO");
    }
    return found;
  }

  /** An epair with unit 0, as {@code ifconfig epair create} leaves it. */
  ModelKernel withEpair() {
    makeEpair(0);
    return this;
  }

  private String makeEpair(int unit) {
    for (String side : List.of("a", "b")) {
      ModelIf made = new ModelIf("epair" + unit + side, nextIndex++);
      made.flags =
          IfInfo.IFF_BROADCAST | IfInfo.IFF_RUNNING | IfInfo.IFF_SIMPLEX | IfInfo.IFF_MULTICAST;
      made.mtu = 1500;
      made.pair = unit + 1;
      made.capabilities = 0x8;
      made.capEnabled = 0x8;
      made.link = "02:00:00:00:00:0" + (side.equals("a") ? "a" : "b");
      made.media = "Ethernet 10Gbase-T (10Gbase-T <full-duplex>)";
      made.status = "active";
      made.groups.add("epair");
      interfaces.put(made.name, made);
    }
    return "epair" + unit + "a";
  }

  /** Nothing ever happens here by itself: whoever waits for ever is killed, sooner or later. */
  @Override
  public boolean poll(List<Pollable> any, @Nullable Duration timeout) throws InterruptedException {
    if (sleeps-- <= 0) {
      throw new InterruptedException();
    }
    if (any.stream().anyMatch(Pollable::ready)) {
      return true;
    }
    if (timeout == null) {
      throw new InterruptedException();
    }
    clock.nanos += timeout.toNanos();
    return false;
  }

  @Override
  public int pid() {
    return 4711;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <R> R ask(Request<R> request) throws KernelError {
    log.add(request.toString());
    return (R)
        switch (request) {
          case IfRequest<?> r -> interfaceRequest(r);
          case RouteRequest<?> r -> route(r);
          case JailRequest<?> r -> jail(r);
          case SysctlRequest.Get r -> sysctl(r.name());
          case StatRequest<?> r -> stat(r);
          case ModuleRequest<?> r -> throw error("ENOENT");
          default -> throw error("EINVAL");
        };
  }

  private ModelIf epair(String name) throws KernelError {
    ModelIf end = find(name);
    if (end.pair == 0) {
      throw error("EOPNOTSUPP");
    }
    return end;
  }

  private Object interfaceRequest(IfRequest<?> request) throws KernelError {
    switch (request) {
      case IfRequest.Get r -> {
        return r.name() == null
            ? interfaces.values().stream().map(ModelIf::info).toList()
            : List.of(find(r.name()).info());
      }
      case IfRequest.Create r -> {
        return create(r.name());
      }
      case IfRequest.Cloners r -> {
        return List.of("epair", "lo", "bridge");
      }
      case IfRequest.Destroy r -> destroy(find(r.name()));
      case IfRequest.Flags r -> find(r.name()).setFlags(r.set(), r.clear());
      case IfRequest.Capabilities r -> find(r.name()).setCapabilities(r.set(), r.clear());
      case IfRequest.Mtu r -> mtu(find(r.name()), r.mtu());
      case IfRequest.Metric r -> find(r.name()).metric = r.metric();
      case IfRequest.Fib r -> {
        if (r.fib() >= Integer.parseInt(sysctls.get("net.fibs"))) {
          throw error("EINVAL");
        }
        find(r.name()).fib = r.fib();
      }
      case IfRequest.LinkAddress r -> find(r.name()).link = r.address();
      case IfRequest.Rename r -> rename(find(r.name()), r.newName());
      case IfRequest.Description r -> find(r.name()).description = r.text();
      case IfRequest.Group r -> find(r.name()).group(r.group(), r.add());
      case IfRequest.Vnet r -> vnet(r);
      case IfRequest.Plug r -> find(r.name()).status = r.plugged() ? "active" : "no carrier";
      case IfRequest.Link r -> {
        return new IfRequest.LinkInfo(epair(r.name()).cable, COUNTERS);
      }
      case IfRequest.SetLink r -> epair(r.name()).cable = r.model();
      case IfRequest.AddAddress r -> find(r.name()).add(r);
      case IfRequest.DeleteAddress r -> find(r.name()).delete(r.family(), r.address());
      case IfRequest.DriverSet r ->
          find(r.name()).driverLog.add(r.key() + " " + String.join(" ", r.args()));
      case IfRequest.Multicast r -> {
        return groups.stream()
            .filter(g -> r.name() == null || g.ifname().equals(r.name()))
            .toList();
      }
      case IfRequest.Neighbors r -> {
        return neighbors.values().stream()
            .filter(n -> r.ifname() == null || n.ifname().equals(r.ifname()))
            .toList();
      }
      case IfRequest.SetNeighbor r ->
          neighbors.put(
              r.address(),
              new IfRequest.NeighborInfo(
                  r.address(),
                  r.linkAddress(),
                  "epair0a",
                  !r.temporary(),
                  r.published(),
                  r.temporary() ? 1200 : -1,
                  "reachable"));
      case IfRequest.DeleteNeighbor r -> {
        IfRequest.NeighborInfo gone = neighbors.remove(r.address());
        if (gone == null) {
          throw error("ENOENT");
        }
        return gone;
      }
      case IfRequest.DriverGet r -> throw error("EINVAL");
    }
    return Done.DONE;
  }

  private String create(String name) throws KernelError {
    if (name.matches("epair[0-9]*")) {
      int unit = name.equals("epair") ? free("epair", "a") : Integer.parseInt(name.substring(5));
      if (interfaces.containsKey("epair" + unit + "a")) {
        throw error("EEXIST");
      }
      return makeEpair(unit);
    }
    if (!name.matches("(lo|bridge)[0-9]*")) {
      throw error("EINVAL");
    }
    String kind = name.replaceAll("[0-9]", "");
    String made = name.equals(kind) ? kind + free(kind, "") : name;
    interfaces.put(made, new ModelIf(made, nextIndex++));
    return made;
  }

  private int free(String kind, String suffix) {
    int unit = 0;
    while (interfaces.containsKey(kind + unit + suffix)) {
      unit++;
    }
    return unit;
  }

  private void destroy(ModelIf gone) throws KernelError {
    if (gone.name.equals("lo0")) {
      throw error("EINVAL");
    }
    interfaces.remove(gone.name);
    interfaces.values().removeIf(other -> other.pair != 0 && other.pair == gone.pair);
  }

  private static void mtu(ModelIf subject, int mtu) throws KernelError {
    if (mtu < 72 || mtu > 65535) {
      throw error("EINVAL");
    }
    subject.mtu = mtu;
  }

  private void rename(ModelIf subject, String newName) throws KernelError {
    if (newName.isEmpty() || newName.length() > 15) {
      throw error("EINVAL");
    }
    if (interfaces.containsKey(newName)) {
      throw error("EEXIST");
    }
    interfaces.remove(subject.name);
    subject.name = newName;
    interfaces.put(newName, subject);
  }

  private void vnet(IfRequest.Vnet request) throws KernelError {
    if (request.reclaim()) {
      throw error("ENXIO");
    }
    find(request.name());
    interfaces.remove(request.name());
  }

  private Object route(RouteRequest<?> request) throws KernelError {
    return switch (request) {
      case RouteRequest.Add r -> add(r);
      case RouteRequest.Delete r -> {
        RouteRequest.RouteInfo found = exact(r.fib(), r.destination(), r.prefixLength());
        routes.remove(found);
        yield found;
      }
      case RouteRequest.Change r -> {
        RouteRequest.RouteInfo old = exact(r.fib(), r.destination(), r.prefixLength());
        routes.remove(old);
        yield add(
            new RouteRequest.Add(
                r.fib(),
                r.destination(),
                r.prefixLength(),
                r.gateway(),
                r.ifname(),
                null,
                r.flags(),
                r.mtu(),
                r.weight()));
      }
      case RouteRequest.Lookup r ->
          r.prefixLength() >= 0
              ? exact(r.fib(), r.destination(), r.prefixLength())
              : longest(r.fib(), r.destination());
      case RouteRequest.Dump r ->
          routes.stream().filter(i -> i.fib() == r.fib() && i.family().equals(r.family())).toList();
      case RouteRequest.SetFib r -> Done.DONE;
      case RouteRequest.GetFib r -> 0;
    };
  }

  private Done add(RouteRequest.Add r) throws KernelError {
    for (RouteRequest.RouteInfo info : routes) {
      if (info.fib() == r.fib()
          && info.destination().equals(r.destination())
          && info.prefixLength() == r.prefixLength()) {
        throw error("EEXIST");
      }
    }
    String out = r.ifname() == null ? "epair0a" : r.ifname();
    if (!interfaces.containsKey(out)) {
      throw error("ENETUNREACH");
    }
    boolean six = r.destination().indexOf(':') >= 0;
    ModelIf through = interfaces.get(out);
    routes.add(
        new RouteRequest.RouteInfo(
            r.fib(),
            six ? "inet6" : "inet",
            r.destination(),
            r.prefixLength(),
            r.gateway(),
            r.gateway() == null ? "link#" + through.index : null,
            out,
            through.index,
            r.source(),
            r.flags(),
            r.mtu(),
            r.weight(),
            routes.size() + 1,
            0));
    return Done.DONE;
  }

  private RouteRequest.RouteInfo exact(int fib, String destination, int length) throws KernelError {
    return routes.stream()
        .filter(i ->
            i.fib() == fib && i.destination().equals(destination) && i.prefixLength() == length)
        .findFirst()
        .orElseThrow(() -> error("ESRCH"));
  }

  private RouteRequest.RouteInfo longest(int fib, String address) throws KernelError {
    int value = Inet4.aton(address).orElseThrow(() -> error("ESRCH"));
    RouteRequest.RouteInfo best = null;
    for (RouteRequest.RouteInfo info : routes) {
      int mask = Inet4.mask(Math.min(32, info.prefixLength()));
      if (info.fib() == fib
          && info.family().equals("inet")
          && (Inet4.aton(info.destination()).orElseThrow() & mask) == (value & mask)
          && (best == null || best.prefixLength() < info.prefixLength())) {
        best = info;
      }
    }
    if (best == null) {
      throw error("ESRCH");
    }
    return best;
  }

  private Object jail(JailRequest<?> request) throws KernelError {
    return switch (request) {
      case JailRequest.Get r -> {
        for (Map.Entry<String, Integer> jail : jails.entrySet()) {
          if (r.value()
              .equals(r.key().equals("jid") ? jail.getValue().toString() : jail.getKey())) {
            yield new JailRequest.JailInfo(jail.getValue(), jail.getKey(), "ALIVE", Map.of(), null);
          }
        }
        throw error("ENOENT");
      }
      case JailRequest.Attach r -> r.jid();
      default -> throw error("EPERM");
    };
  }

  private SysctlRequest.Node sysctl(String name) throws KernelError {
    String value = sysctls.get(name);
    if (value == null) {
      throw error("ENOENT");
    }
    return new SysctlRequest.Node(name, value, "int", "I", "", true, false, true);
  }

  private Object stat(StatRequest<?> request) throws KernelError {
    return switch (request) {
      case StatRequest.Protocols r -> List.copyOf(statistics.keySet());
      case StatRequest.Protocol r -> {
        Map<String, Long> found = statistics.get(r.protocol());
        if (found == null) {
          throw error("ENOENT");
        }
        Map<String, Long> copy = new LinkedHashMap<>(found);
        if (r.reset()) {
          found.replaceAll((key, value) -> 0L);
        }
        yield copy;
      }
      case StatRequest.Sockets r -> List.copyOf(sockets);
      case StatRequest.Mbufs r -> Map.of("mbuf-current", 12L, "mbuf-cache", 3L, "mbuf-total", 15L);
      default -> throw error("EINVAL");
    };
  }

  @Override
  public SocketPort socket(SocketPort.Domain domain, SocketPort.Type type, int protocol)
      throws KernelError {
    if (type != SocketPort.Type.RAW) {
      throw error("EPERM");
    }
    return network.socket();
  }

  @Override
  public CapturePort capture(String ifname, int snapLength, boolean promiscuous)
      throws KernelError {
    find(ifname);
    Deque<CapturePort.Frame> left = new ArrayDeque<>(frames);
    return new CapturePort() {
      @Override
      public int linkType() {
        return ifname.startsWith("lo") ? 0 : 1;
      }

      @Override
      public Frame next(Duration timeout) {
        Frame f = left.poll();
        return f == null
            ? null
            : new Frame(
                f.timestampNanos(),
                f.length(),
                f.outbound(),
                Arrays.copyOf(f.bytes(), Math.min(f.bytes().length, snapLength)));
      }

      @Override
      public boolean isOpen() {
        return !left.isEmpty();
      }

      @Override
      public long received() {
        return frames.size();
      }

      @Override
      public long dropped() {
        return 0;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public EventPort<RouteEvent> routeEvents() {
    return new EventPort<>() {
      @Override
      public RouteEvent next(Duration timeout) {
        return events.poll();
      }

      @Override
      public long lost() {
        return 0;
      }

      @Override
      public void close() {
        events.clear();
      }
    };
  }
}
