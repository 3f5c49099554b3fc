package cellblock.bench;

import cellblock.control.IfRequest;
import cellblock.control.KernelPort;
import cellblock.control.RouteRequest;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.util.Map;

/** The life of one jail with an epair, an address at each end and a default route. */
final class Life {
  private final Kernel kernel;
  private final KernelPort host;

  Life(Kernel kernel) {
    this.kernel = kernel;
    this.host = kernel.port();
  }

  /** Makes jail {@code i} whole. */
  Jail make(int i) throws Exception {
    String end = "epair" + i + "b";
    host.ask(new IfRequest.Create("epair" + i, Map.of()));
    Jail jail = kernel.newJail("j" + i).vnet().persist().lend(end).create();
    address(host, "epair" + i + "a", address(i, 1));
    jail.run("ifconfig", port -> configure(port, end, i));
    return jail;
  }

  private static boolean configure(KernelPort port, String end, int i) throws Exception {
    address(port, end, address(i, 2));
    port.ask(
        new RouteRequest.Add(
            -1, "0.0.0.0", 0, address(i, 1), null, null, RouteRequest.RTF_STATIC, 0, 0));
    return true;
  }

  private static void address(KernelPort port, String ifname, String address) throws Exception {
    port.ask(new IfRequest.AddAddress(ifname, address, 30, null, null, false, Map.of()));
  }

  /** The address of the host's end (1) or the jail's (2). */
  static String address(int i, int host) {
    int n = i * 4 + host;
    return "10." + (n >> 16 & 0xff) + "." + (n >> 8 & 0xff) + "." + (n & 0xff);
  }

  /** Removes the jail and its epair; its ledger reads zero. */
  void remove(Jail jail, int i) throws Exception {
    jail.remove();
    host.ask(new IfRequest.Destroy("epair" + i + "a"));
    if (!jail.ledger().dead() || !jail.ledger().entries().isEmpty()) {
      throw new IllegalStateException(jail + ": " + jail.ledger());
    }
  }

  /** Nothing of any jail is left in the host's vnet: it has {@code entries}, as before. */
  int hostLedger() throws Exception {
    return kernel.machine().vnet0().call(() -> kernel.machine().vnet0().ledger().total());
  }
}
