package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.OffloadOutput;
import cellblock.net.route.Nexthop;
import cellblock.net.route.NexthopFlags;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;

/**
 * Sends packets on (ancestor: ip6_forward of netinet6/ip6_forward.c). Threading: turns of the
 * vnet's lane. Nothing is allocated, unless an error or a redirect is due.
 */
public final class Ip6Forward {
  /** Who tells a neighbour of a better first hop: icmp6_redirect_output. */
  public interface Redirects {
    /** About {@code m}, whose sender on {@code in} had better use (hi, lo). Leaves m alone. */
    void redirect(Mbuf m, In6Ifinfo in, long hi, long lo);
  }

  private final Vnet vnet;
  private final Ip6 ip;
  private final Ip6Stats stats;
  private final Ip6Errors errors;
  private Redirects redirects = (m, in, hi, lo) -> {};

  public Ip6Forward(Ip6 ip, Ip6Errors errors) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = ip.stats;
    this.errors = errors;
  }

  /** Who redirects; once, when the protocols are wired. */
  public void redirects(Redirects to) {
    redirects = to;
  }

  void forward(Mbuf m, In6Ifinfo in) {
    vnet.room(m, "Ip6Forward");
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    long fromLo = Ip6Header.sourceLo(m.buf, m.off);
    long hi = Ip6Header.destinationHi(m.buf, m.off);
    long lo = Ip6Header.destinationLo(m.buf, m.off);
    if ((m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0
        || (fromHi | fromLo) == 0
        || Ip6Address.isLinkLocal(hi)
        || Ip6.isLoopback(hi, lo)) {
      stats.cantforward++;
      vnet.drop(m, DropReason.IP_CANT_FORWARD);
      return;
    }
    if (Ip6Header.hopLimit(m.buf, m.off) <= 1) {
      error(m, in, Icmp6Message.TIME_EXCEEDED, 0, 0, DropReason.IP_TTL_EXCEEDED);
      return;
    }
    Nexthop nh = ip.routes.lookup(m.fib, Family.INET6, hi, lo, flow(m));
    if (nh == null || nh.discards()) {
      refuse(m, in, nh);
      return;
    }
    In6Ifinfo out = Ip6.of(nh.ifnet());
    if (out == null || out.disabled()) {
      stats.cantforward++;
      vnet.drop(m, DropReason.INTERFACE_DOWN);
      return;
    }
    if (Ip6Address.isLinkLocal(fromHi) && out != in) {
      stats.badscope++;
      stats.cantforward++;
      error(m, in, Icmp6Message.UNREACH, Icmp6Message.UNREACH_BEYONDSCOPE, 0, DropReason.IP6_SCOPE);
      return;
    }
    send(m, in, out, nh, hi, lo);
  }

  private void send(Mbuf m, In6Ifinfo in, In6Ifinfo out, Nexthop nh, long hi, long lo) {
    boolean gateway = nh.viaGateway();
    long hopHi = gateway ? nh.gatewayHi() : hi;
    long hopLo = gateway ? nh.gatewayLo() : lo;
    if (out == in
        && ip.settings.redirect != 0
        && (nh.flags() & NexthopFlags.REDIRECT) == 0
        && (!gateway || Ip6Address.isLinkLocal(hopHi))) {
      redirects.redirect(m, in, hopHi, hopLo);
    }
    int mtu = Math.min(nh.mtu(), out.mtu());
    if (!OffloadOutput.fits(m, mtu)) {
      error(m, in, Icmp6Message.PACKET_TOO_BIG, 0, mtu, DropReason.OVERSIZE);
      return;
    }
    Ip6Header.putHopLimit(m.buf, m.off, Ip6Header.hopLimit(m.buf, m.off) - 1);
    Ifnet ifp = out.ifnet();
    if (!ip.filter.passes(m, ifp, true)) {
      return;
    }
    if (Ip6Header.destinationHi(m.buf, m.off) != hi
        || Ip6Header.destinationLo(m.buf, m.off) != lo) {
      ip.output.output(m, 0, 0, null); // a filter named another destination
      return;
    }
    Errno error = ifp.output(vnet, m, Family.INET6, hopHi, hopLo);
    if (error == null) {
      nh.count();
      stats.forward++;
    } else {
      stats.odropped++;
    }
  }

  private void refuse(Mbuf m, In6Ifinfo in, @org.jspecify.annotations.Nullable Nexthop nh) {
    stats.cantforward++;
    if (nh != null && (nh.flags() & NexthopFlags.BLACKHOLE) != 0) {
      vnet.drop(m, DropReason.IP_BLACKHOLE);
      return;
    }
    if (nh == null) {
      stats.noroute++;
    }
    DropReason why = nh == null ? DropReason.IP_NO_ROUTE : DropReason.IP_REJECT;
    error(m, in, Icmp6Message.UNREACH, Icmp6Message.UNREACH_NOROUTE, 0, why);
  }

  private void error(Mbuf m, In6Ifinfo in, int type, int code, int word, DropReason why) {
    errors.error(m, in, type, code, word, why);
  }

  private int flow(Mbuf m) {
    return ip.routes.flow(m.flowId, Family.INET6, m.buf, m.off, m.len);
  }
}
