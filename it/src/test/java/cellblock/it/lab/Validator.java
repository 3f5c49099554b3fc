package cellblock.it.lab;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import cellblock.net.route.Fib;
import cellblock.net.route.Nexthop;
import cellblock.net.route.Rib;
import cellblock.net.route.RouteEntry;
import cellblock.net.route.RouteTables;
import cellblock.net.route.RouteTarget;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Walks the structures of every vnet and compares them with each other and with the ledger. Every
 * line that it returns is a contradiction.
 */
final class Validator {
  private final Vnet vnet;
  private final List<String> found;

  private Validator(Vnet vnet, List<String> found) {
    this.vnet = vnet;
    this.found = found;
  }

  static List<String> of(Machine machine) {
    List<String> found = new ArrayList<>();
    Set<Integer> indices = new HashSet<>();
    for (Vnet vnet : machine.vnets().list()) {
      Validator v = new Validator(vnet, found);
      try {
        vnet.call(() -> {
          v.interfaces(indices);
          v.routes();
          return true;
        });
      } catch (ErrnoException e) {
        throw new IllegalStateException(e);
      }
    }
    return found;
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      found.add(vnet + ": " + what);
    }
  }

  private void interfaces(Set<Integer> indices) {
    Interfaces all = Interfaces.of(vnet);
    int addresses = 0;
    for (Ifnet ifp : all.list()) {
      check(ifp.vnet() == vnet, ifp + " is of " + ifp.vnet());
      check(all.unit(ifp.name()) == ifp, ifp + " is not found by its name");
      check(all.byIndex(ifp.index()) == ifp, ifp + " is not found by its index");
      check(indices.add(ifp.index()), ifp + " shares its index " + ifp.index());
      check(ifp.attached(), ifp + " is " + ifp.state());
      for (IfAddress a : ifp.addresses()) {
        check(a.ifnet() == ifp, a + " is of " + a.ifnet());
        addresses++;
      }
    }
    count(LedgerKind.INTERFACE, all.list().size());
    count(LedgerKind.ADDRESS, addresses);
  }

  private void count(LedgerKind kind, int walked) {
    int entered = vnet.ledger().count(kind);
    check(entered == walked, "ledger has " + entered + " of " + kind + ", found " + walked);
  }

  private void routes() {
    RouteTables tables = RouteTables.of(vnet);
    int filled = 0;
    int nexthops = 0;
    for (int fib = 0; fib < tables.fibs(); fib++) {
      for (Family family : List.of(Family.INET, Family.INET6)) {
        Rib rib = tables.rib(fib, family);
        filled += routes(rib) > 0 ? 1 : 0; // a table stands for its routes
        nexthops += rib.nexthops().size() + rib.groups().size();
      }
    }
    count(LedgerKind.ROUTE, filled);
    count(LedgerKind.NEXTHOP, nexthops);
  }

  /** Its routes wait until it is up again. */
  private static boolean linkDown(Ifnet ifp) {
    return (ifp.capabilities() & IfCap.LINKSTATE) != 0 && ifp.linkState() != LinkState.UP;
  }

  private int routes(Rib rib) {
    Fib fib = rib.fib();
    List<RouteEntry> entries = new ArrayList<>();
    fib.forEach(entries::add);
    check(fib.size() == entries.size(), fib + " says it has " + fib.size() + " routes");
    for (RouteEntry e : entries) {
      check(e.equals(fib.exact(e.prefix())), e + " is not found by its prefix");
      for (RouteTarget.Path path : e.target().paths()) {
        Nexthop n = path.nexthop();
        check(rib.nexthops().contains(n), e + " by a nexthop of another table");
        check(n.ifnet().usableIn(vnet), e + " by an interface that is not here");
        check(n.valid() || linkDown(n.ifnet()), e + " by a nexthop that is gone");
        check(n.references() > 0, n + " is used and not counted");
      }
    }
    return entries.size();
  }
}
