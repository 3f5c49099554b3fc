package cellblock.tunnel.gif;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.route.Nexthop;
import cellblock.net.route.RouteTables;
import cellblock.tunnel.Ecn;
import cellblock.tunnel.IpTunnel;
import cellblock.tunnel.TunnelEnds;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gif interface (ancestor: struct gif_softc; gif_input, in_gif_output, in_gif_lookup). With link1
 * it carries TOS and congestion marks across (RFC 6040); without link2 it takes packets in only by
 * the interface that leads back to their outer source. As a member of a bridge it carries Ethernet
 * frames (EtherIP, RFC 3378) and nothing else; FreeBSD's sends what its own addresses say as if
 * that were frames, too, and takes packets of IP in.
 *
 * <p>Threading: turns of the vnet's lane.
 */
final class Gif extends IpTunnel {
  /** GIF_MTU_MIN and GIF_MTU_MAX. */
  private static final int MTU_MIN = 1280;

  private static final int MTU_MAX = 8192;

  /** ETHERIP_VERSION in the upper half of the first byte, and the reserved rest. */
  private static final int ETHERIP_VERSION = 3;

  private static final int ETHERIP_LENGTH = 2;

  private boolean ignoreSource;

  Gif(int unit) {
    super(GifModule.V_GIF, unit);
  }

  @Override
  public void setMtu(Ifnet ifp, int mtu) throws ErrnoException {
    if (mtu < MTU_MIN || mtu > MTU_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  protected boolean anySource() {
    return ignoreSource;
  }

  @Override
  protected void option(Ifnet ifp, List<String> words) throws ErrnoException {
    boolean on =
        switch (words.getFirst()) {
          case "ignore_source" -> true;
          case "-ignore_source" -> false;
          default -> throw new ErrnoException(Errno.EINVAL);
        };
    if (on != ignoreSource) {
      relink(() -> ignoreSource = on);
    }
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    List<String> lines = super.lines(ifp);
    if (ignoreSource) {
      lines.add("options=2<IGNORE_SOURCE>");
    }
    return lines;
  }

  @Override
  protected @Nullable Errno encapsulate(Mbuf m) {
    if (bridged()) {
      Mbuf framed = grow(m, ETHERIP_LENGTH);
      if (framed == null) {
        return Errno.EMSGSIZE;
      }
      framed.buf[framed.off] = ETHERIP_VERSION << 4;
      framed.buf[framed.off + 1] = 0;
      return output(framed, IpProtocol.ETHERIP, 0);
    }
    int tos = (flags() & IfFlags.LINK1) == 0 ? 0 : Ecn.tos(m.buf, m.off);
    boolean four = Ip4Header.version(m.buf, m.off) == Ip4Header.VERSION;
    return output(m, four ? IpProtocol.IPV4 : IpProtocol.IPV6, tos);
  }

  @Override
  protected boolean decapsulate(Mbuf m, int header, int protocol, int tos, Ifnet in) {
    if (protocol == IpProtocol.ETHERIP) {
      return frame(m, header, in);
    }
    int inner = protocol == IpProtocol.IPV4 ? Ip4Header.LENGTH : Ip6Header.LENGTH;
    int version = protocol == IpProtocol.IPV4 ? Ip4Header.VERSION : Ip6Header.VERSION;
    if (m.len < header + inner || !comesTheWayBack(in)) {
      return false;
    }
    m.adjust(header);
    if (Ip4Header.version(m.buf, m.off) != version || bridged()) {
      reject(m, DropReason.TUNNEL_MALFORMED);
    } else if ((flags() & IfFlags.LINK1) != 0 && !Ecn.egress(tos, m.buf, m.off)) {
      reject(m, DropReason.TUNNEL_ECN);
    } else {
      deliver(m);
    }
    return true;
  }

  /** An Ethernet frame: for the bridge that this is a port of, else for nobody. */
  private boolean frame(Mbuf m, int header, Ifnet in) {
    if (m.len < header + ETHERIP_LENGTH + EtherHeader.LENGTH || !comesTheWayBack(in)) {
      return false;
    }
    m.adjust(header);
    if ((m.buf[m.off] & 0xf0) >> 4 != ETHERIP_VERSION || !bridged()) {
      reject(m, DropReason.TUNNEL_MALFORMED);
    } else {
      m.adjust(ETHERIP_LENGTH);
      deliverLater(m);
    }
    return true;
  }

  /** The ingress filter: the far end is to be reached by where the packet came in. */
  private boolean comesTheWayBack(Ifnet in) {
    TunnelEnds e = ends();
    if ((flags() & IfFlags.LINK2) != 0 || ignoreSource || e == null || route() == null) {
      return true;
    }
    Family family = e.family();
    Nexthop nh =
        RouteTables.of(net().vnet).lookup(fib(), family, e.remote().hi(), e.remote().lo(), 0);
    return nh != null && nh.ifnet() == in;
  }
}
