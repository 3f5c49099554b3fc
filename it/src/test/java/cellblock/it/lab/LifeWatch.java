package cellblock.it.lab;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHead;
import cellblock.net.pfil.PfilHook;
import cellblock.net.pfil.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at every IP packet of every vnet, inside tunnels, too, and says which were where they must
 * not be: a module with filters in each vnet.
 */
final class LifeWatch implements KernelModule {
  /** What one vnet has. */
  private static final class Filters {
    private final List<IfRegistration> linked = new ArrayList<>();
  }

  private static final VnetVariable<Filters> V_WATCH =
      VnetVariable.define("watch", v -> new Filters());

  private final List<String> wrong;
  private long packets;

  /**
   * @param wrong where it writes what it sees
   */
  LifeWatch(List<String> wrong) {
    this.wrong = wrong;
  }

  /** How many packets were looked at. */
  long packets() {
    return packets;
  }

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("watch", 1);
  }

  @Override
  public void declare(Declarations d) {
    d.variable(V_WATCH);
    d.vnetSysinit(Subsystem.PROTO_FIREWALL, Order.ANY, "filters", this::link);
    d.vnetSysuninit(
        Subsystem.PROTO_FIREWALL,
        Order.ANY,
        "filters",
        v -> V_WATCH.of(v).linked.forEach(IfRegistration::close));
  }

  private void link(Vnet v) {
    String name = v.name();
    int jail = LifeMap.number(name.replaceFirst("\\(.*", ""));
    int island = jail < 0 ? -1 : LifeMap.island(jail);
    for (PfilHead head : List.of(Pfil.of(v).inet(), Pfil.of(v).inet6())) {
      boolean six = head.name().equals("inet6");
      for (boolean out : new boolean[] {false, true}) {
        V_WATCH.of(v).linked.add(head.link(out, 0, new Filter(v, island, six)));
      }
    }
  }

  private final class Filter implements PfilHook {
    private final Vnet vnet;
    private final int island;
    private final boolean six;

    private Filter(Vnet vnet, int island, boolean six) {
      this.vnet = vnet;
      this.island = island;
      this.six = six;
    }

    @Override
    public String name() {
      return "watch";
    }

    @Override
    public Verdict check(Mbuf m, Ifnet ifp, boolean out) {
      packets++;
      if (ifp.vnet() != vnet) {
        wrong.add("a packet in " + vnet + " by " + ifp + ", which is in " + ifp.vnet());
      }
      String fault = LifeMap.fault(m, six, island, out);
      if (fault != null) {
        wrong.add("on " + vnet + (out ? " out by " : " in by ") + ifp + ": packet " + fault);
      }
      return Verdict.PASS;
    }
  }
}
