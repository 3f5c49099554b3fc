package cellblock.userland.net.netstat;

import cellblock.control.KernelError;
import cellblock.control.RouteRequest;
import cellblock.userland.net.Sysexits;
import java.util.List;

/**
 * What stands around the rows of {@code netstat -r} and {@code netstat -o}: a table for each family
 * of one FIB. Ancestors: routepr of usr.bin/netstat/route.c, nhops_print of nhops.c.
 *
 * @param container libxo container of everything
 * @param title first line
 * @param tables libxo container of the tables
 * @param list libxo list of a table's rows
 * @param sysctl last word of the sysctl that an error names, "dump"
 */
record FibTables(String container, String title, String tables, String list, String sysctl) {
  /** Prints header and rows of one family. */
  @FunctionalInterface
  interface Rows {
    void print(List<RouteRequest.RouteInfo> routes, boolean six);
  }

  void print(Netstat netstat, Rows rows) {
    int fib = netstat.fib >= 0 ? netstat.fib : netstat.sysctl("net.my_fibnum", 0);
    if (fib >= netstat.sysctl("net.fibs", 1)) {
      throw netstat.io.errx(Sysexits.EX_USAGE, fib + ": invalid fib");
    }
    netstat.xo.openContainer(container);
    netstat.xo.text(title);
    if (fib != 0) {
      netstat.xo.text(" (fib: ");
      netstat.xo.number("fib", fib, Integer.toString(fib));
      netstat.xo.text(")");
    }
    netstat.xo.text("\n");
    netstat.xo.openContainer(tables);
    netstat.xo.openList("rt-family");
    for (String family : List.of("inet", "inet6")) {
      if (netstat.wants(family)) {
        family(netstat, fib, family, rows);
      }
    }
    netstat.xo.closeList();
    netstat.xo.closeContainer();
    netstat.xo.closeContainer();
  }

  private void family(Netstat netstat, int fib, String family, Rows rows) {
    boolean six = family.equals("inet6");
    List<RouteRequest.RouteInfo> routes;
    try {
      routes = netstat.io.kernel().ask(new RouteRequest.Dump(fib, family));
    } catch (KernelError e) {
      if (six) {
        return;
      }
      throw netstat.io.err(1, "sysctl: net.route.0." + family + "." + sysctl + "." + fib, e);
    }
    if (routes.isEmpty()) {
      return;
    }
    netstat.xo.openInstance("rt-family");
    netstat.xo.text("\n");
    netstat.xo.string("address-family", six ? "Internet6" : "Internet");
    netstat.xo.text(":\n");
    netstat.xo.openList(list);
    rows.print(routes, six);
    netstat.xo.closeList();
    netstat.xo.closeInstance();
  }
}
