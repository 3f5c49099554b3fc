package cellblock.net;

import cellblock.kern.drop.DropReason;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfDomain;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.netisr.Netisr;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.List;

/** A family in place of inet: counts packets, has data on every interface, writes events down. */
final class CountingModule implements KernelModule {
  static final VnetVariable<Count> V_COUNT = VnetVariable.define("count", Count::new);

  /** One vnet's. */
  static final class Count implements IfDomain, IfListener {
    final Vnet vnet;
    final List<String> events = new ArrayList<>();
    final List<IfRegistration> registrations = new ArrayList<>();
    long packets;
    int attachedData;

    Count(Vnet vnet) {
      this.vnet = vnet;
    }

    @Override
    public Family family() {
      return Family.INET;
    }

    @Override
    public Object attach(Ifnet ifp) {
      attachedData++;
      return "data of " + ifp;
    }

    @Override
    public void purge(Ifnet ifp) {
      for (IfAddress a : ifp.addresses()) {
        ifp.removeAddress(a);
      }
    }

    @Override
    public void detach(Ifnet ifp, Object data) {
      attachedData--;
    }

    @Override
    public void event(Ifnet ifp, IfEvent event) {
      events.add(ifp + " " + event + (ifp.afData(Family.INET) == null ? " without data" : ""));
    }

    @Override
    public void address(Ifnet ifp, IfAddress address, boolean added) {
      events.add(ifp + (added ? " +" : " -") + Long.toHexString(address.hi() >>> 32));
    }
  }

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("counting", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(V_COUNT);
    d.vnetSysinit(
        Subsystem.PROTO_DOMAIN,
        Order.SECOND,
        "count",
        v -> {
          Count c = V_COUNT.of(v);
          c.registrations.add(
              Netisr.of(v)
                  .register(
                      EtherHeader.TYPE_IP,
                      (ifp, m) -> {
                        c.packets++;
                        v.drop(m, DropReason.CONSUMED);
                      }));
          c.registrations.add(Interfaces.of(v).domain(c));
          c.registrations.add(Interfaces.of(v).listen(1000, c));
        });
    d.vnetSysuninit(
        Subsystem.PROTO_DOMAIN,
        Order.SECOND,
        "count",
        v -> V_COUNT.of(v).registrations.reversed().forEach(IfRegistration::close));
  }
}
