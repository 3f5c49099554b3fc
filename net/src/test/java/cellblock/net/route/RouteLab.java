package cellblock.net.route;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.net.NetModule;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkLayer;
import cellblock.sim.Residue;
import cellblock.sim.Sim;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A machine with interfaces that lead nowhere ("tst0", ...) and routing, and one jail's vnet on it.
 */
final class RouteLab {
  /** Nothing leaves. */
  private static final class Nowhere implements IfDriver, LinkLayer {
    @Override
    public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
      ifp.vnet().mbufs().free(m);
      return null;
    }

    @Override
    public @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
      return transmit(ifp, m);
    }

    @Override
    public void input(Ifnet ifp, Mbuf m) {
      ifp.vnet().mbufs().free(m);
    }
  }

  private record Clone() implements CloneOps {
    @Override
    public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
        throws ErrnoException {
      Nowhere nowhere = new Nowhere();
      Ifnet ifp = Ifnet.allocate(cloner.vnet(), IfType.OTHER, name, nowhere, v -> nowhere);
      cloner.adopt(ifp);
      Interfaces.of(cloner.vnet()).attach(ifp);
      return ifp;
    }

    @Override
    public int unit(Ifnet ifp) {
      return Integer.parseInt(ifp.name().substring(3));
    }
  }

  /** The cloner of the interfaces that lead nowhere. */
  private static final class Module implements KernelModule {
    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("tst", 1);
    }

    @Override
    public void declare(Declarations d) {
      IfCloners.declare(d, "tst", new Clone());
    }
  }

  final long seed;
  private final Map<String, SysctlDeclaration> sysctls = new LinkedHashMap<>();
  final Sim sim;
  final Vnet jail;
  final RouteTables tables;

  RouteLab(long seed) throws ErrnoException {
    this.seed = seed;
    sim = new Sim(seed);
    Linker linker =
        new Linker(
            sim.machine(), added -> added.forEach(d -> sysctls.put(d.name(), d)), removed -> {});
    sim.stepper().run(linker.boot(List.of(new NetModule(), new Module())));
    jail = create("a");
    tables = RouteTables.of(jail);
  }

  Vnet create(String name) throws ErrnoException {
    return sim.stepper().run(new VnetCreate(sim.machine(), name));
  }

  <T extends @Nullable Object> T call(Callable<T> work) throws ErrnoException {
    return jail.call(work);
  }

  /** The value of a sysctl in the jail. */
  String sysctl(String name) throws ErrnoException {
    return call(() -> sysctls.get(name).reader().read(sim.machine(), jail));
  }

  /** Sets a sysctl in the jail. */
  void sysctl(String name, String value) throws ErrnoException {
    turn(() -> sysctls.get(name).writer().write(sim.machine(), jail, value));
  }

  /** Runs {@code work} as one turn of the jail. */
  void turn(Turn work) throws ErrnoException {
    jail.call(() -> {
      work.run();
      return true;
    });
  }

  /** Work that may be refused. */
  interface Turn {
    void run() throws Exception;
  }

  /** A new interface of the jail, with an address and the pinned route of its network. */
  Ifnet ifnet(String prefix) throws ErrnoException {
    Ifnet ifp = sim.stepper().run(new IfCreate(jail, "tst", Map.of()));
    turn(() -> addAddress(ifp, prefix));
    return ifp;
  }

  IfAddress addAddress(Ifnet ifp, String prefix) throws ErrnoException {
    IpPrefix p = IpPrefix.parse(prefix);
    IpAddress a = p.address();
    IfAddress ia = new IfAddress(ifp, a.family(), a.hi(), a.lo(), p.length());
    ifp.addAddress(ia);
    tables.ifAddressRoute(true, ia, p.canonical());
    return ia;
  }

  Rib rib() {
    return tables.rib(0, Family.INET);
  }

  static RouteSpec via(String prefix, String gateway) {
    return RouteSpec.to(IpPrefix.parse(prefix))
        .via(IpAddress.parse(gateway))
        .flags(RouteFlags.STATIC);
  }

  RibChange add(String prefix, String gateway) throws ErrnoException {
    return call(() -> rib().add(via(prefix, gateway)));
  }

  RibChange delete(String prefix) throws ErrnoException {
    return call(() -> rib().delete(RouteSpec.to(IpPrefix.parse(prefix))));
  }

  @Nullable Nexthop lookup(String address) {
    IpAddress a = IpAddress.parse(address);
    return tables.lookup(0, a.family(), a.hi(), a.lo(), 0);
  }

  /** The jail's shutdown stage. */
  void shutdown() throws ErrnoException {
    sim.stepper().run(new VnetShutdown(jail));
  }

  /** The jail's destructors; what was left in its ledger. */
  List<String> destroy() throws ErrnoException {
    return sim.stepper().run(new VnetDestroy(jail));
  }

  /** What the shutdown stage should have cleared and did not. */
  List<String> strays() throws ErrnoException {
    return call(() -> jail.ledger().strays().stream().map(Object::toString).toList());
  }

  List<String> residue() {
    return Residue.of(sim.machine());
  }
}
