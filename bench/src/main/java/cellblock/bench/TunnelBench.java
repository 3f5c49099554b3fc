package cellblock.bench;

import cellblock.control.IfRequest;
import cellblock.control.KernelPort;
import cellblock.control.SysctlRequest;
import cellblock.host.Kernel;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.EtherHook;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.Rib;
import cellblock.net.route.RouteSpec;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpPrefix;
import java.util.List;
import java.util.Map;

/**
 * What remembering a tunnel's nexthop is worth: packets a second through a gif, encapsulated and
 * given to an Ethernet interface that eats them, with the cache and without, next to tables of 10
 * and of 900,000 routes, and how often the cache answers; what a change of the table costs with no
 * tunnel, one, and a hundred; and a tunnel that sends while all 900,000 routes change, and while
 * the way to its far end does.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.TunnelBench}; {@code -Dcellblock.bench.run=MS} and
 * {@code -Dcellblock.bench.runs=N} in {@code BENCH_JVM}.
 */
public final class TunnelBench {
  private static final int INNER = 64;
  private static final int BATCH = 1000;
  private static final int FULL = 900_000;
  private static final int CHANGES = 20_000;

  private TunnelBench() {}

  /** Eats what leaves. */
  private static final class Eater implements EtherHook {
    @Override
    public boolean input(Ifnet ifp, Mbuf m) {
      return false;
    }

    @Override
    public boolean output(Ifnet ifp, Mbuf m) {
      ifp.vnet().mbufs().free(m);
      return true;
    }
  }

  public static void main(String[] args) throws Exception {
    Report report = new Report("tunnel");
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
      KernelPort port = kernel.port();
      Vnet vnet = kernel.machine().vnets().list().getFirst();
      setUp(port, vnet);
      for (int routes : new int[] {10, FULL}) {
        vnet.call(() -> fill(vnet, routes));
        for (String cache : List.of("1", "0")) {
          port.ask(new SysctlRequest.Set("net.link.gif.nexthop_cache", cache));
          String name = (cache.equals("1") ? "cache " : "lookup ") + routes + " routes";
          long[] before = cache(port);
          report.row(name, "packets/s", runs(vnet));
          report.row(name, "% hits", hits(before, cache(port)));
        }
      }
      port.ask(new SysctlRequest.Set("net.link.gif.nexthop_cache", "1"));
      storm(report, port, vnet);
      changes(report, port, vnet);
    }
  }

  // ---- the cache ----

  /** Hits, misses and flushes so far. */
  private static long[] cache(KernelPort port) throws Exception {
    long[] counts = new long[3];
    List<String> names = List.of("hits", "misses", "flushes");
    for (int i = 0; i < names.size(); i++) {
      String node = "net.link.gif.nexthop_" + names.get(i);
      counts[i] = Long.parseLong(port.ask(new SysctlRequest.Get(node)).value());
    }
    return counts;
  }

  private static double hits(long[] before, long[] after) {
    double hits = after[0] - before[0];
    double all = hits + after[1] - before[1];
    return all == 0 ? 0 : 100 * hits / all;
  }

  /** Every route of the full table goes and comes, or only the one to the far end; it sends on. */
  private static void storm(Report report, KernelPort port, Vnet vnet) throws Exception {
    int runs = Report.setting("runs", 5);
    for (boolean own : new boolean[] {false, true}) {
      String name = own ? "its own route changes" : "900000 routes change";
      double[] nanos = new double[runs];
      double[] hits = new double[runs];
      double[] flushes = new double[runs];
      vnet.call(() -> storm(vnet, own));
      for (int i = 0; i < runs; i++) {
        long[] before = cache(port);
        nanos[i] = vnet.call(() -> storm(vnet, own));
        long[] after = cache(port);
        hits[i] = hits(before, after);
        flushes[i] = after[2] - before[2];
      }
      report.row("sending while " + name, "ns a change and its packets", nanos);
      report.row("sending while " + name, "% hits", hits);
      report.row("sending while " + name, "flushes", flushes);
    }
  }

  /** One packet after every tenth change; nanoseconds for a change and its tenth of a packet. */
  private static double storm(Vnet vnet, boolean own) throws Exception {
    Ifnet gif = Interfaces.of(vnet).named("gif0");
    Rib rib = RouteTables.of(vnet).rib(0, Family.INET);
    int changes = own ? CHANGES : FULL;
    long start = System.nanoTime();
    for (int i = 0; i < changes; i++) {
      IpPrefix p = own ? prefix(0xc6336400, 24) : prefix(0x10000000 + (i << 8), 24);
      RouteSpec spec = RouteSpec.to(p).via(new Ip4Address(0xc00002fe));
      if (own) {
        rib.add(spec);
        rib.delete(spec);
      } else {
        rib.delete(spec);
        rib.add(spec);
      }
      if (i % 5 == 0) {
        packet(vnet, gif, i);
      }
    }
    return (System.nanoTime() - start) / (2.0 * changes);
  }

  private static void setUp(KernelPort port, Vnet vnet) throws Exception {
    port.ask(new IfRequest.Create("epair0", Map.of()));
    address(port, "epair0a", "192.0.2.1", 24, null);
    port.ask(
        new IfRequest.SetNeighbor("192.0.2.254", "02:00:00:00:00:fe", false, false, false, false));
    port.ask(new IfRequest.Create("gif0", Map.of()));
    tunnel(port, "gif0", "198.51.100.1");
    address(port, "gif0", "10.0.0.1", 32, "10.0.0.2");
    vnet.call(() -> {
      Ifnet out = Interfaces.of(vnet).named("epair0a");
      out.addHook(new Eater());
      return RouteTables.of(vnet)
          .rib(0, Family.INET)
          .add(RouteSpec.to(prefix(0, 0)).via(new Ip4Address(0xc00002fe)));
    });
  }

  private static void tunnel(KernelPort port, String name, String remote) throws Exception {
    port.ask(new IfRequest.DriverSet(name, "tunnel", List.of("tunnel", "192.0.2.1", remote)));
  }

  private static void address(KernelPort port, String name, String a, int length, String to)
      throws Exception {
    port.ask(new IfRequest.AddAddress(name, a, length, null, to, true, Map.of()));
  }

  private static IpPrefix prefix(int address, int length) {
    return new IpPrefix(new Ip4Address(address), length);
  }

  /** /24s from 16.0.0.0 on, up to {@code count}. */
  private static int fill(Vnet vnet, int count) throws Exception {
    Rib rib = RouteTables.of(vnet).rib(0, Family.INET);
    for (int i = 0; i < count; i++) {
      IpPrefix p = prefix(0x10000000 + (i << 8), 24);
      if (rib.fib().exact(p) == null) {
        rib.add(RouteSpec.to(p).via(new Ip4Address(0xc00002fe)));
      }
    }
    return count;
  }

  // ---- packets ----

  private static double[] runs(Vnet vnet) throws Exception {
    int count = Report.setting("runs", 5);
    long nanos = Report.setting("run", 1000) * 1_000_000L;
    run(vnet, 2 * nanos);
    double[] rates = new double[count];
    for (int i = 0; i < count; i++) {
      rates[i] = run(vnet, nanos);
    }
    return rates;
  }

  private static double run(Vnet vnet, long nanos) throws Exception {
    long start = System.nanoTime();
    long packets = 0;
    while (System.nanoTime() - start < nanos) {
      packets += vnet.call(() -> batch(vnet));
    }
    return packets * 1e9 / (System.nanoTime() - start);
  }

  private static int batch(Vnet vnet) throws Exception {
    Ifnet gif = Interfaces.of(vnet).named("gif0");
    long errors = gif.counters().oerrors;
    for (int i = 0; i < BATCH; i++) {
      packet(vnet, gif, i);
    }
    if (gif.counters().oerrors != errors) {
      throw new IllegalStateException("the tunnel does not send");
    }
    return BATCH;
  }

  private static void packet(Vnet vnet, Ifnet gif, int id) {
    Mbuf m = vnet.mbufs().alloc(INNER);
    Ip4Header.put(m.buf, m.off, 0, INNER, id, 0, 64, 17, 0x0a000001, 0x0a000002);
    gif.output(vnet, m, Family.INET, 0x0a000002L << 32, 0);
  }

  // ---- changes ----

  private static void changes(Report report, KernelPort port, Vnet vnet) throws Exception {
    tunnelsAndChanges(report, vnet, 1);
    for (int i = 1; i < 100; i++) {
      port.ask(new IfRequest.Create("gif" + i, Map.of()));
      tunnel(port, "gif" + i, "198.51.100." + (i + 1));
    }
    tunnelsAndChanges(report, vnet, 100);
    for (int i = 0; i < 100; i++) {
      port.ask(new IfRequest.Destroy("gif" + i));
    }
    tunnelsAndChanges(report, vnet, 0);
  }

  private static void tunnelsAndChanges(Report report, Vnet vnet, int tunnels) throws Exception {
    double[] nanos = new double[Report.setting("runs", 5)];
    change(vnet);
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = change(vnet);
    }
    report.row("change with " + tunnels + " tunnels", "ns", nanos);
  }

  /** Takes /24s out and puts them back; nanoseconds for each of both. */
  private static double change(Vnet vnet) throws Exception {
    return vnet.call(() -> {
      Rib rib = RouteTables.of(vnet).rib(0, Family.INET);
      long start = System.nanoTime();
      for (int i = 0; i < CHANGES; i++) {
        RouteSpec spec =
            RouteSpec.to(prefix(0x10000000 + (i * 23 % FULL << 8), 24))
                .via(new Ip4Address(0xc00002fe));
        rib.delete(spec);
        rib.add(spec);
      }
      return (System.nanoTime() - start) / (2.0 * CHANGES);
    });
  }
}
