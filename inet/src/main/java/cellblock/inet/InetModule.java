package cellblock.inet;

import cellblock.inet.tcp.TcpDoor;
import cellblock.kern.MachineVariable;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import java.util.SplittableRandom;

/**
 * IPv4 as a kernel module (ancestors: the VNET_SYSINITs of netinet/ip_input.c, ip_icmp.c, igmp.c,
 * if_ether.c, udp_usrreq.c, raw_ip.c). One constructor makes a vnet's rooms after its route tables;
 * the destructor stands where ip_destroy does, above the route tables'. In the shutdown stage
 * sockets are aborted first of all, while their last packets can still leave; addresses and queues
 * go after the interfaces have.
 */
public final class InetModule implements KernelModule {
  /** What the stacks of a machine draw their seeds from. */
  static final MachineVariable<Long> INET_SEED =
      MachineVariable.define("inet_seed", m -> m.splitRandom().nextLong());

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("inet", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(INET_SEED);
    TcpDoor.declare(d);
    d.variable(Inet.V_INET);
    d.vnetSysinit(Subsystem.PROTO_DOMAIN, Order.ANY, "inet", InetModule::construct);
    d.vnetShutdown(
            Subsystem.PROTO_END,
            Order.ANY,
            "inet sockets",
            v -> {
              Inet.of(v).abortSockets();
              return null;
            })
        .inDestroy(Subsystem.PROTO_DOMAIN, Order.FOURTH);
    d.vnetShutdown(
            Subsystem.PROTO_FIREWALL,
            Order.FIRST,
            "inet",
            v -> {
              Inet.of(v).shutdown();
              return null;
            })
        .inDestroy(Subsystem.PROTO_DOMAIN, Order.THIRD);
    d.vnetSysuninit(Subsystem.PROTO_DOMAIN, Order.THIRD, "inet", InetModule::destroy);
    InetSysctls.declare(d);
  }

  private static void construct(Vnet vnet) {
    // Seeded by machine and vnet alone: the order in which vnets are built does not matter.
    long seed = INET_SEED.of(vnet.machine()) ^ vnet.id() * 0x9e3779b97f4a7c15L;
    Inet inet = new Inet(vnet, new SplittableRandom(seed));
    Inet.V_INET.of(vnet).inet = inet;
    inet.attach();
  }

  private static void destroy(Vnet vnet) {
    Inet inet = Inet.V_INET.of(vnet).inet;
    if (inet != null) {
      inet.detach();
      Inet.V_INET.of(vnet).inet = null;
    }
  }
}
