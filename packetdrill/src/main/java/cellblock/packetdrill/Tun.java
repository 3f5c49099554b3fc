package cellblock.packetdrill;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkLayer;
import cellblock.net.ifnet.LinkState;
import cellblock.net.netisr.Netisr;
import cellblock.wire.Family;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A point-to-point interface whose other end is the runner: IP packets without a link header
 * (ancestor: net/if_tuntap.c, the program's side of it). It asks for true segments and finished
 * checksums. Threading: the driver in the vnet's lane, {@link #inject} and {@link #poll} outside of
 * it, all on the simulator's one thread.
 */
final class Tun implements IfDriver {
  /** A packet that the stack has sent, and when: nanoseconds of the machine's clock. */
  record Sent(long nanos, byte[] packet) {}

  /** The link layer of a vnet: there is none. */
  static final VnetVariable<Link> V_LINK = VnetVariable.define("tun", Link::new);

  private final ArrayDeque<Sent> sent = new ArrayDeque<>();

  /** No neighbours, no header. */
  static final class Link implements LinkLayer {
    private final Netisr netisr;

    Link(Vnet vnet) {
      this.netisr = Netisr.of(vnet);
    }

    @Override
    public @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
      return ifp.transmit(m);
    }

    @Override
    public void input(Ifnet ifp, Mbuf m) {
      m.fib = ifp.fib();
      netisr.dispatch(ifp, m, Netisr.typeOf(m));
    }
  }

  /** How one is made. */
  static final class Clone implements CloneOps {
    @Override
    public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
        throws ErrnoException {
      Ifnet ifp = Ifnet.allocate(cloner.vnet(), IfType.TUNNEL, name, new Tun(), V_LINK::of);
      ifp.facts()
          .flags(IfFlags.POINTOPOINT | IfFlags.MULTICAST)
          .mtu(Integer.parseInt(params.getOrDefault("mtu", "1500")));
      cloner.adopt(ifp);
      Interfaces.of(cloner.vnet()).attach(ifp);
      ifp.linkStateChange(LinkState.UP);
      return ifp;
    }

    @Override
    public int unit(Ifnet ifp) {
      return Integer.parseInt(ifp.name().substring("tun".length()));
    }
  }

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    byte[] packet = new byte[m.len];
    System.arraycopy(m.buf, m.off, packet, 0, m.len);
    ifp.sent(m.len, m.flags);
    sent.add(new Sent(ifp.vnet().lane().now(), packet));
    ifp.vnet().mbufs().free(m);
    return null;
  }

  /** A packet comes in from the runner. */
  void inject(Ifnet ifp, byte[] packet) throws ErrnoException {
    Vnet vnet = ifp.vnet();
    vnet.call(() -> {
      Mbuf m = vnet.mbufs().alloc(packet.length);
      System.arraycopy(packet, 0, m.buf, m.off, packet.length);
      ifp.input(m);
      return true;
    });
  }

  /** The oldest packet not yet looked at, or null. */
  @Nullable Sent poll() {
    return sent.poll();
  }

  boolean isEmpty() {
    return sent.isEmpty();
  }
}
