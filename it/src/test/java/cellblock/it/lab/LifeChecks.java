package cellblock.it.lab;

import cellblock.host.Kernel;
import cellblock.inet.Inet;
import cellblock.inet.socket.Socket;
import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.jail.Prisons;
import cellblock.kern.lane.Lane;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.memguard.Fault;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfHandle;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must hold after every step of a random life, whatever the step was: the structures agree
 * with the ledgers, nothing that is dead was touched, no turn ended with a fault, what is drawn in
 * a vnet stays in that vnet.
 */
final class LifeChecks {
  /** A weak handle, and what it was drawn from. */
  private record Drawn(IfHandle handle, Ifnet from) {}

  private final Kernel kernel;
  private final Machine machine;
  private final List<String> wrong;
  private final IdentityHashMap<Ifnet, Integer> islands = new IdentityHashMap<>();
  private final IdentityHashMap<Ifnet, Integer> units = new IdentityHashMap<>();
  private final Set<IfHandle> drawn = new HashSet<>();
  private List<Drawn> handles = new ArrayList<>();
  private final Map<Integer, Map<String, String>> sysctls = new HashMap<>();

  LifeChecks(Kernel kernel, List<String> wrong) {
    this.kernel = kernel;
    this.machine = kernel.machine();
    this.wrong = wrong;
  }

  /** The island of an interface, by its first name. */
  int island(Ifnet ifp) {
    return islands.getOrDefault(ifp, 0);
  }

  /** The unit of an interface, by its first name. */
  int unit(Ifnet ifp) {
    return units.getOrDefault(ifp, 0);
  }

  /** All of them, when nothing is ready to go on. */
  void look() throws ErrnoException {
    Validator.of(machine).forEach(wrong::add);
    for (Fault f : machine.memguard().faults()) {
      wrong.add(f.toString());
    }
    for (Lane lane : machine.lanes().snapshot()) {
      Throwable t = lane.fault();
      if (t != null) {
        wrong.add("lane " + lane + ": " + t + " " + List.of(t.getStackTrace()));
      }
    }
    for (Vnet v : machine.vnets().list()) {
      v.call(() -> {
        arrivals(v);
        sockets(v);
        return true;
      });
    }
    handles();
    ledgers();
  }

  /** Notes what is new, and draws a handle from it. */
  private void arrivals(Vnet v) {
    for (Ifnet ifp : Interfaces.of(v).list()) {
      String digits = ifp.name().replaceAll("\\D+", "");
      if (digits.isEmpty() || digits.length() > 6) {
        wrong.add("an interface named " + ifp.name());
        continue;
      }
      int unit = Integer.parseInt(digits);
      units.putIfAbsent(ifp, unit);
      int jail = LifeMap.number(v.name().replaceFirst("\\(.*", ""));
      islands.putIfAbsent(ifp, LifeMap.island(jail < 0 ? unit : jail));
      if (ifp.attached() && drawn.add(ifp.handle())) {
        handles.add(new Drawn(ifp.handle(), ifp));
      }
      if (jail >= 0 && ifp != Interfaces.of(v).loopback() && island(ifp) != LifeMap.island(jail)) {
        wrong.add(ifp + " of island " + island(ifp) + " is in " + v);
      }
    }
  }

  /** A handle leads to what it was drawn from, in the vnet that it was drawn in, or nowhere. */
  private void handles() {
    List<Drawn> kept = new ArrayList<>();
    for (Drawn d : handles) {
      Ifnet found = d.handle.resolve(machine);
      if (found != null && (found != d.from || found.vnet().id() != d.handle.vnetId())) {
        wrong.add("a handle of " + d.from + " leads to " + found + " in " + found.vnet());
      }
      boolean there = d.from.attached() && d.from.generation() == d.handle.generation();
      if (found == null && there) {
        wrong.add("a handle of " + d.from + " leads nowhere");
      }
      if (found != null) {
        kept.add(d);
      } else {
        drawn.remove(d.handle);
      }
    }
    handles = kept;
  }

  private void sockets(Vnet v) {
    List<Socket> all = Inet.of(v).sockets.sockets();
    int entered = v.ledger().count(LedgerKind.SOCKET);
    if (all.size() != entered) {
      wrong.add(v + ": ledger has " + entered + " sockets, found " + all.size());
    }
    for (Socket s : all) {
      if (s.vnet() != v) {
        wrong.add(s + " of " + s.vnet() + " is in " + v);
      }
      if (s.holder() instanceof Proc p && !p.exited() && p.vnet() != v) {
        wrong.add(s + " of " + v + " belongs to " + p + " in " + p.vnet());
      }
    }
    for (Ledger.Entry e : v.ledger().entries()) {
      if (e.owner() instanceof Ifnet ifp && ifp.vnet() != v) {
        wrong.add("the ledger of " + v + " has " + e + " of " + ifp.vnet());
      }
    }
  }

  /** The jails that are remembered left nothing. */
  private void ledgers() throws ErrnoException {
    for (Prisons.BuriedJail b : machine.kernelLane().call(() -> kernel.prisons().buried())) {
      if (!b.ledgerLeft().isEmpty()) {
        wrong.add(b.name() + "(" + b.jid() + ") left " + b.ledgerLeft());
      }
    }
  }

  // ---- sysctls ----

  /** A sysctl of a jail has been set. */
  void set(int jid, String name, String value) {
    sysctls.computeIfAbsent(jid, j -> new HashMap<>()).put(name, value);
  }

  /** What a sysctl of a jail must read, or {@code otherwise} where nobody has set it. */
  String expected(int jid, String name, String otherwise) {
    return sysctls.getOrDefault(jid, Map.of()).getOrDefault(name, otherwise);
  }

  /** Forgets what jails that are gone had set. */
  void forget() {
    sysctls
        .keySet()
        .removeIf(jid -> {
          Prison p = kernel.prisons().find(jid);
          return p == null || p.state() != PrisonState.ALIVE;
        });
  }
}
