package cellblock.net;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfIndexTable;
import cellblock.net.ifnet.IfTeardown;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.loop.LoopClone;
import cellblock.net.loop.Loopback;
import cellblock.net.netisr.Netisr;
import cellblock.net.pfil.Pfil;
import cellblock.net.route.RouteModule;
import java.util.Map;

/**
 * The part of the network stack that every kernel has: interfaces, pfil, Ethernet, loopback
 * (ancestor: the SYSINITs of net/if.c, if_clone.c, if_ethersubr.c, if_loop.c, pfil.c). Constructors
 * and destructors stand where FreeBSD has them; the return of lent interfaces stands in the
 * shutdown stage instead, below the sockets (PROTO_END) and tunnels (PROTO_IFATTACHDOMAIN, ANY),
 * above firewalls, routes and domains.
 */
public final class NetModule implements KernelModule {
  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("net", 1);
  }

  @Override
  public void declare(Declarations d) {
    RouteModule.declare(d);
    d.variable(IfIndexTable.IFINDEX);
    d.variable(Interfaces.V_IFNET);
    d.variable(Netisr.V_NETISR);
    d.variable(Pfil.V_PFIL);
    d.variable(Ethernet.V_ETHER);
    d.variable(Ethernet.GENERATED);
    d.variable(Loopback.V_LOOP);
    d.sysctl(
        SysctlDeclaration.readOnly(
            "net.link.generic.system.ifcount",
            SysctlDeclaration.Type.INT,
            true,
            "Maximum known interface index",
            (m, v) -> Integer.toString(IfIndexTable.IFINDEX.of(m).highest())));
    d.vnetSysinit(Subsystem.PSEUDO, Order.ANY, "lo", NetModule::attachLoopback);
    d.vnetShutdownSaga(Subsystem.PROTO_IFATTACHDOMAIN, Order.FIRST, "if_return", IfTeardown::of)
        .inDestroy(Subsystem.VNET_DONE, Order.ANY);
    d.vnetShutdownSaga(
            Subsystem.PROTO_IFATTACHDOMAIN, Order.SECOND, "lo", v -> IfTeardown.ofCloner(v, "lo"))
        .inDestroy(Subsystem.INIT_IF, Order.SECOND);
    d.vnetSysuninit(Subsystem.INIT_IF, Order.SECOND, "lo", NetModule::detachLoopback);
  }

  private static void attachLoopback(Vnet vnet) throws ErrnoException {
    Interfaces here = Interfaces.of(vnet);
    IfCloner cloner = new IfCloner(vnet, "lo", new LoopClone());
    here.cloners().attach(cloner);
    cloner.units().take(0);
    here.loopback(cloner.ops().create(cloner, "lo0", 0, Map.of()));
  }

  private static void detachLoopback(Vnet vnet) {
    Interfaces here = Interfaces.of(vnet);
    Ifnet lo = here.loopback();
    if (lo != null) {
      here.undoAttach(lo);
    }
    here.cloners().detach("lo");
  }
}
