package cellblock.bench;

import cellblock.control.IfRequest;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.kern.vnet.Vnet;
import cellblock.net.route.Rib;
import cellblock.net.route.RouteSpec;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * {@code jail -r} of a jail that has much: 1,000 sockets, 100 gif tunnels, 10,000 routes; each
 * alone, all together, and nothing of it. The jail's ledger is proven zero.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.RemoveBench}.
 */
public final class RemoveBench {
  private static final int SOCKETS = 1000;
  private static final int TUNNELS = 100;
  private static final int ROUTES = 10_000;

  private final Kernel kernel = Kernel.boot(Kernel.Config.defaults(1));
  private final Life life = new Life(kernel);

  private RemoveBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("remove");
    RemoveBench bench = new RemoveBench();
    bench.rows(report, "nothing", 0, 0, 0);
    bench.rows(report, "1000 sockets", SOCKETS, 0, 0);
    bench.rows(report, "100 tunnels", 0, TUNNELS, 0);
    bench.rows(report, "10000 routes", 0, 0, ROUTES);
    bench.rows(report, "1000 sockets 100 tunnels 10000 routes", SOCKETS, TUNNELS, ROUTES);
    bench.kernel.close();
  }

  private void rows(Report report, String name, int sockets, int tunnels, int routes)
      throws Exception {
    Warm.up(3, () -> remove(sockets, tunnels, routes));
    int runs = Report.setting("runs", 15);
    double[] wall = new double[runs];
    double[] cpu = new double[runs];
    for (int i = 0; i < runs; i++) {
      long[] cost = remove(sockets, tunnels, routes);
      wall[i] = cost[0] / 1e3;
      cpu[i] = cost[1] / 1e3;
    }
    report.row("remove with " + name, "us", wall);
    report.row("remove with " + name, "us CPU", cpu);
  }

  /** Makes a jail with so much and removes it: nanoseconds of the removal, and of its CPU. */
  private long[] remove(int sockets, int tunnels, int routes) throws Exception {
    Jail jail = life.make(0);
    jail.run("set up", port -> fill(port, jail.vnet(), tunnels, routes));
    if (sockets > 0) {
      // Sockets end with their process: it lives until it is killed.
      CountDownLatch made = new CountDownLatch(1);
      jail.start("sockets", port -> sockets(port, sockets, made));
      made.await();
    }
    long cpu = cpu();
    long start = System.nanoTime();
    life.remove(jail, 0);
    return new long[] {System.nanoTime() - start, cpu() - cpu};
  }

  private static Object sockets(KernelPort port, int count, CountDownLatch made) throws Exception {
    for (int i = 0; i < count; i++) {
      SocketPort socket =
          port.socket(
              SocketPort.Domain.INET,
              i % 2 == 0 ? SocketPort.Type.STREAM : SocketPort.Type.DGRAM,
              0);
      socket.bind(null, 10_000 + i);
      if (i % 2 == 0) {
        socket.listen(1);
      }
    }
    made.countDown();
    try (SocketPort last = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
      return String.valueOf(last.receive(null));
    }
  }

  private static boolean fill(KernelPort port, Vnet vnet, int tunnels, int routes)
      throws Exception {
    for (int i = 0; i < tunnels; i++) {
      port.ask(new IfRequest.Create("gif" + i, Map.of()));
      List<String> ends = List.of("tunnel", Life.address(0, 2), "198.51.100." + (i + 1));
      port.ask(new IfRequest.DriverSet("gif" + i, "tunnel", ends));
    }
    return vnet.call(() -> {
      Rib rib = RouteTables.of(vnet).rib(0, Family.INET);
      Ip4Address gateway = (Ip4Address) IpAddress.parse(Life.address(0, 1));
      for (int i = 0; i < routes; i++) {
        IpPrefix prefix = new IpPrefix(new Ip4Address(0x14000000 + (i << 8)), 24);
        rib.add(RouteSpec.to(prefix).via(gateway));
      }
      return true;
    });
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
