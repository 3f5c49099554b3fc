package cellblock.net.loop;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFacts;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The type "lo" (ancestor: lo_clone_create, loioctl of net/if_loop.c). lo0 comes with the vnet and
 * may not be destroyed by hand.
 */
public final class LoopClone implements CloneOps {
  /** LOMTU. */
  public static final int MTU = 16384;

  private static final int CAPS =
      IfCap.RXCSUM | IfCap.TXCSUM | IfCap.LINKSTATE | IfCap.RXCSUM_IPV6 | IfCap.TXCSUM_IPV6;

  /** A lo interface's driver. */
  private record Driver(int unit) implements IfDriver {
    @Override
    public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
      return Loopback.V_LOOP.of(ifp.vnet()).loop(ifp, m);
    }

    @Override
    public void setCapabilities(Ifnet ifp, int enabled) {
      ifp.facts().hwassist(IfFacts.assistOf(enabled));
    }

    @Override
    public void init(Ifnet ifp) {
      ifp.linkStateChange(LinkState.UP);
    }

    @Override
    public void stop(Ifnet ifp) {
      ifp.linkStateChange(LinkState.DOWN);
    }

    /** As FreeBSD's lo: running from its first address on, whether up or down. */
    @Override
    public void firstAddress(Ifnet ifp) {
      ifp.running(true);
      ifp.up();
    }
  }

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Ifnet ifp =
        Ifnet.allocate(cloner.vnet(), IfType.LOOP, name, new Driver(unit), Loopback.V_LOOP::of);
    ifp.facts()
        .flags(IfFlags.LOOPBACK | IfFlags.MULTICAST)
        .mtu(MTU)
        .capabilities(CAPS, CAPS)
        .hwassist(IfFacts.assistOf(CAPS));
    cloner.adopt(ifp);
    Interfaces.of(cloner.vnet()).attach(ifp);
    return ifp;
  }

  @Override
  public void checkDestroy(Ifnet ifp) throws ErrnoException {
    if (unit(ifp) == 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((Driver) ifp.driver()).unit;
  }
}
