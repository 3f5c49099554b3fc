package cellblock.bench;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.RouteRequest;
import cellblock.control.SysctlRequest;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Jails in a row, joined by epairs, those in the middle routing: jail {@code i} has 10.0.{@code
 * i}.1 on its right and 10.0.{@code i-1}.2 on its left.
 */
final class Row implements AutoCloseable {
  final Kernel kernel = Kernel.boot(Kernel.Config.defaults(1));
  final List<Jail> jails = new ArrayList<>();

  Row(int length) throws Exception {
    KernelPort host = kernel.port();
    for (int i = 0; i < length; i++) {
      jails.add(kernel.newJail("j" + i).vnet().persist().create());
    }
    for (int i = 0; i + 1 < length; i++) {
      host.ask(new IfRequest.Create("epair" + i, Map.of()));
      join(i, "epair" + i + "a", "10.0." + i + ".1");
      join(i + 1, "epair" + i + "b", "10.0." + i + ".2");
    }
    for (int i = 0; i < length; i++) {
      int at = i;
      jails.get(i).run("configure", port -> configure(port, at, length));
    }
  }

  private void join(int jail, String ifname, String address) throws Exception {
    Jail j = jails.get(jail);
    j.lend(ifname);
    j.run(
        "ifconfig",
        port -> port.ask(new IfRequest.AddAddress(ifname, address, 24, null, null, false, Map.of())));
  }

  private static boolean configure(KernelPort port, int i, int length) throws KernelError {
    port.ask(new SysctlRequest.Set("net.inet.icmp.icmplim", "0"));
    if (i > 0 && i + 1 < length) {
      port.ask(new SysctlRequest.Set("net.inet.ip.forwarding", "1"));
    }
    if (i + 1 < length) {
      port.ask(
          new RouteRequest.Add(
              -1, "0.0.0.0", 0, "10.0." + i + ".2", null, null, RouteRequest.RTF_STATIC, 0, 0));
    }
    for (int net = 0; net < i - 1; net++) {
      port.ask(
          new RouteRequest.Add(
              -1,
              "10.0." + net + ".0",
              24,
              "10.0." + (i - 1) + ".1",
              null,
              null,
              RouteRequest.RTF_STATIC,
              0,
              0));
    }
    return true;
  }

  @Override
  public void close() {
    kernel.close();
  }
}
