package cellblock.race;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.memguard.Grave;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.RouteCache;
import cellblock.net.route.RouteTables;
import cellblock.wire.IpAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel that remembers the nexthop of its outer destination without following the rib, and whose
 * softc says when it is used after it was freed: what gif, gre and vxlan never are, and others may
 * be. A module as anybody may write one: it knows of no plan.
 */
final class CachingTunnel implements KernelModule, CloneOps {
  /** What one tunnel has. */
  static final class Softc implements IfDriver {
    private final int unit;
    private @Nullable RouteCache cache;
    private @Nullable Grave gone;

    Softc(int unit) {
      this.unit = unit;
    }

    /** {@code ifconfig tnl0 tunnel … ADDRESS}; in a turn. */
    void cache(Ifnet ifp, IpAddress outer) {
      RouteTables tables = RouteTables.of(ifp.vnet());
      RouteCache c = new RouteCache(tables, ifp.name());
      c.get(0, outer.family(), outer.hi(), outer.lo(), 0);
      cache = c;
      ifp.running(true);
    }

    /** gif_delete_tunnel. */
    private void delete() {
      RouteCache c = cache;
      if (c != null) {
        cache = null;
        c.clear();
      }
    }

    @Override
    public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
      Grave dead = gone;
      if (dead != null) {
        throw ifp.vnet().machine().memguard().touched(dead, "the output of " + ifp);
      }
      ifp.sent(m.len, m.flags);
      ifp.vnet().drop(m, DropReason.NO_CARRIER); // nobody is at the other end
      return null;
    }

    @Override
    public void reassign(Ifnet ifp, Vnet to) {
      delete();
    }

    @Override
    public void attached(Ifnet ifp) {
      gone = null;
    }

    @Override
    public void detached(Ifnet ifp) {
      gone = ifp.vnet().machine().memguard().free("softc of " + ifp);
      delete();
    }
  }

  /** Its name among cloners. */
  static final String TYPE = "tnl";

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_tnl", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    IfCloners.declare(d, TYPE, this);
  }

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Ifnet ifp =
        Ethernet.allocate(cloner.vnet(), name, new Softc(unit), 0x02_00_00_7e_00_00L | unit);
    cloner.adopt(ifp);
    Interfaces.of(cloner.vnet()).attach(ifp);
    return ifp;
  }

  static Softc of(Ifnet ifp) {
    return (Softc) ifp.driver();
  }

  @Override
  public int unit(Ifnet ifp) {
    return of(ifp).unit;
  }
}
