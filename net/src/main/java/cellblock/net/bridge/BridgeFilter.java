package cellblock.net.bridge;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.pfil.Pfil;
import cellblock.net.pfil.PfilHead;
import cellblock.net.pfil.Verdict;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import org.jspecify.annotations.Nullable;

/**
 * IP packets that are bridged pass the filters of IP, on the member that they come in by, on the
 * bridge, on the member that they leave by (ancestor: bridge_pfil). Threading: the lane.
 */
final class BridgeFilter {
  private static final int ARP = 0x0806;

  private BridgeFilter() {}

  /** Whether no filter has a hook: the usual case. */
  static boolean empty(BridgeNet net, boolean out) {
    Pfil pfil = Pfil.of(net.vnet);
    return pfil.inet().empty(out) && pfil.inet6().empty(out);
  }

  /** False: a filter has taken {@code m}. */
  static boolean pass(
      BridgeNet net, Mbuf m, @Nullable Ifnet bridge, @Nullable Ifnet member, boolean out) {
    boolean tagged = EtherHeader.isTagged(m.buf, m.off);
    int link = EtherHeader.LENGTH + (tagged ? EtherHeader.TAG_LENGTH : 0);
    int type =
        m.len < link
            ? 0
            : tagged ? EtherHeader.innerType(m.buf, m.off) : EtherHeader.type(m.buf, m.off);
    boolean four = type == Family.INET.etherType();
    if (!four && type != Family.INET6.etherType()) {
      if (type != ARP && net.pfilOnlyIp.get() != 0) {
        net.vnet.drop(m, DropReason.PFIL);
        return false;
      }
      return true;
    }
    if (m.len < link + (four ? Ip4Header.LENGTH : Ip6Header.LENGTH)) {
      net.vnet.drop(m, DropReason.TRUNCATED);
      return false;
    }
    PfilHead head = four ? Pfil.of(net.vnet).inet() : Pfil.of(net.vnet).inet6();
    boolean onBridge = net.pfilBridge.get() != 0;
    m.adjust(link);
    if (out && onBridge && !one(head, m, bridge, true)
        || net.pfilMember.get() != 0 && !one(head, m, member, out)
        || !out && onBridge && !one(head, m, bridge, false)) {
      return false;
    }
    m.prepend(link);
    return true;
  }

  private static boolean one(PfilHead head, Mbuf m, @Nullable Ifnet ifp, boolean out) {
    return ifp == null || head.empty(out) || head.run(m, ifp, out) == Verdict.PASS;
  }
}
