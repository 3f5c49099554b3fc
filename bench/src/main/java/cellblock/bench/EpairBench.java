package cellblock.bench;

import cellblock.control.SysctlRequest;
import cellblock.kern.vnet.Vnet;

/**
 * One way over an epair: jail A sends UDP packets to jail B, which validates them and finds no
 * socket. One thread. Run: {@code bench/run -m cellblock.bench.EpairBench}.
 */
public final class EpairBench {
  private EpairBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("epair");
    try (Row row = new Row(2)) {
      row.jails
          .get(1)
          .run("sysctl", p -> p.ask(new SysctlRequest.Set("net.inet.udp.blackhole", "1")));
      Vnet a = row.jails.get(0).vnet();
      Vnet b = row.jails.get(1).vnet();
      for (int frame : new int[] {60, 1514}) {
        Generator g = new Generator(a, "epair0a", "10.0.0.1", "10.0.0.2", "10.0.0.2", frame);
        for (int burst : new int[] {32, 1}) {
          String name = (frame + 4) + " bytes burst " + burst;
          g.measure(report, name, burst, Generator.udpInput(b), a, b);
        }
      }
    }
  }
}
