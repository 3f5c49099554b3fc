package cellblock.bench;

import cellblock.control.IfRequest;
import cellblock.control.KernelPort;
import cellblock.control.ModuleRequest;
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
 * and of 500,000 routes; and what a change of the table costs with no tunnel, one, and a hundred.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.TunnelBench}; {@code -Dcellblock.bench.run=MS} and
 * {@code -Dcellblock.bench.runs=N} in {@code BENCH_JVM}.
 */
public final class TunnelBench {
  private static final int INNER = 64;
  private static final int BATCH = 1000;
  private static final int FULL = 500_000;
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
          report.row(name, "packets/s", runs(vnet));
        }
      }
      port.ask(new SysctlRequest.Set("net.link.gif.nexthop_cache", "1"));
      changes(report, port, vnet);
    }
  }

  private static void setUp(KernelPort port, Vnet vnet) throws Exception {
    port.ask(new ModuleRequest.Load("if_gif"));
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
      Mbuf m = vnet.mbufs().alloc(INNER);
      Ip4Header.put(m.buf, m.off, 0, INNER, i, 0, 64, 17, 0x0a000001, 0x0a000002);
      gif.output(vnet, m, Family.INET, 0x0a000002L << 32, 0);
    }
    if (gif.counters().oerrors != errors) {
      throw new IllegalStateException("the tunnel does not send");
    }
    return BATCH;
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
