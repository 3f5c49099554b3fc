package cellblock.inet;

import cellblock.kern.MachineVariable;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import java.util.SplittableRandom;

/**
 * IPv6 as a kernel module (ancestors: the VNET_SYSINITs of netinet6/ip6_input.c, nd6.c, mld6.c,
 * raw_ip6.c, udp6_usrreq.c). Its constructor comes after IPv4's, whose sockets it joins; its
 * destructor before, where ip6_destroy stands. Addresses and queues go in the shutdown stage, after
 * the interfaces have.
 */
public final class Inet6Module implements KernelModule {
  /** What the stacks of a machine draw their seeds from. */
  static final MachineVariable<Long> INET6_SEED =
      MachineVariable.define("inet6_seed", m -> m.splitRandom().nextLong());

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("inet6", 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(INET6_SEED);
    d.variable(Inet6.V_INET6);
    d.sysctl(
        SysctlDeclaration.readOnly(
            "kern.features.inet6",
            SysctlDeclaration.Type.INT,
            false,
            "Internet Protocol version 6",
            (m, v) -> "1"));
    d.vnetSysinit(Subsystem.PROTO_DOMAIN, Order.ANY, "inet6", Inet6Module::construct);
    d.vnetShutdown(
            Subsystem.PROTO_FIREWALL,
            Order.SECOND,
            "inet6",
            v -> {
              Inet6.of(v).shutdown();
              return null;
            })
        .inDestroy(Subsystem.PROTO_DOMAIN, Order.FOURTH);
    d.vnetSysuninit(Subsystem.PROTO_DOMAIN, Order.FOURTH, "inet6", Inet6Module::destroy);
    Inet6Sysctls.declare(d);
  }

  private static void construct(Vnet vnet) {
    // Seeded by machine and vnet alone: the order in which vnets are built does not matter.
    long seed = INET6_SEED.of(vnet.machine()) ^ vnet.id() * 0x9e3779b97f4a7c15L;
    Inet6 inet6 = new Inet6(vnet, new SplittableRandom(seed), Inet.of(vnet));
    Inet6.V_INET6.of(vnet).inet6 = inet6;
    inet6.attach();
  }

  private static void destroy(Vnet vnet) {
    Inet6 inet6 = Inet6.V_INET6.of(vnet).inet6;
    if (inet6 != null) {
      inet6.detach();
      Inet6.V_INET6.of(vnet).inet6 = null;
    }
  }
}
