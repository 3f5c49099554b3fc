package cellblock.inet.arp;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.ProtocolInput;
import cellblock.net.route.Nexthop;
import cellblock.wire.ArpPacket;
import cellblock.wire.Defect;
import cellblock.wire.EtherHeader;
import cellblock.wire.Ip4Address;
import cellblock.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes ARP packets in: learns, answers, complains about those who use our addresses (ancestor:
 * arpintr, in_arpinput, arp_check_update_lle of netinet/if_ether.c). Threading: turns of the vnet's
 * lane.
 */
public final class ArpInput implements ProtocolInput {
  private static final int LOG_ERR = 3;
  private static final int LOG_NOTICE = 5;
  private static final int LOG_INFO = 6;

  private final Arp arp;
  private final ArpStats stats;
  private long logSecond = -1;
  private int logged;

  ArpInput(Arp arp) {
    this.arp = arp;
    this.stats = arp.stats;
  }

  @Override
  public void input(Ifnet rcvif, Mbuf m) {
    InIfinfo in = Ip4.of(rcvif);
    if (in == null || ArpPacket.check(m.buf, m.off, m.len) != Defect.NONE) {
      if (in != null && m.len < ArpPacket.LENGTH) {
        log(LOG_NOTICE, "short packet received on " + rcvif.name());
      }
      arp.vnet.drop(m, DropReason.ARP_MALFORMED);
      return;
    }
    stats.received++;
    if (!packet(m, rcvif, in)) {
      arp.vnet.drop(m, DropReason.CONSUMED);
    }
  }

  /** True when the packet went back as an answer. */
  private boolean packet(Mbuf m, Ifnet ifp, InIfinfo in) {
    long mac = ArpPacket.senderMac(m.buf, m.off);
    int sender = ArpPacket.senderIp(m.buf, m.off);
    int target = ArpPacket.targetIp(m.buf, m.off);
    int operation = ArpPacket.operation(m.buf, m.off);
    if (MacAddress.isBroadcast(mac)) {
      log(
          LOG_NOTICE,
          "link address is broadcast for IP address " + Ip4Address.toString(sender) + "!");
      return false;
    }
    if (MacAddress.isMulticast(mac) && arp.settings.allowMulticast == 0) {
      log(LOG_NOTICE, MacAddress.toString(mac) + " is multicast");
      return false;
    }
    if (operation == ArpPacket.REPLY) {
      stats.rxreplies++;
    }
    InAddress own = own(in, sender, target);
    if (own == null || mac == ifp.lladdr()) {
      return false;
    }
    int mine = own.address();
    if (sender == mine && mine != 0) {
      log(
          LOG_ERR,
          MacAddress.toString(mac)
              + " is using my IP address "
              + Ip4Address.toString(sender)
              + " on "
              + ifp.name()
              + "!");
      stats.dupips++;
      target = mine;
    } else if ((ifp.flags() & IfFlags.STATICARP) == 0) {
      learn(ifp, sender, mac, target == mine);
    }
    return operation == ArpPacket.REQUEST && answer(m, ifp, target, mine);
  }

  /** The address of ours that this is about: the one asked for, the one claimed, else any. */
  private @Nullable InAddress own(InIfinfo in, int sender, int target) {
    InAddress own = arp.ip.addresses.find(target, in);
    if (own == null) {
      own = arp.ip.addresses.find(sender, in);
    }
    return own != null ? own : in.primary();
  }

  private void learn(Ifnet ifp, int sender, long mac, boolean toUs) {
    ArpEntry e = arp.table.find(ifp, sender);
    if (e != null) {
      update(e, mac);
      return;
    }
    InIfinfo in = Ip4.of(ifp);
    InAddress near = in == null ? null : in.sourceFor(sender);
    if (toUs && sender != 0 && near != null && near.near(sender)) {
      arp.reachable(arp.table.create(ifp, sender), mac);
    }
  }

  private void update(ArpEntry e, long mac) {
    if (e.valid && e.mac != mac) {
      String address = Ip4Address.toString(e.address);
      if (e.permanent) {
        if (arp.settings.logArpPermanentModify != 0) {
          log(
              LOG_ERR,
              MacAddress.toString(mac)
                  + " attempts to modify permanent entry for "
                  + address
                  + " on "
                  + e.ifp.name());
        }
        return;
      }
      if (arp.settings.logArpMovements != 0) {
        log(
            LOG_INFO,
            address
                + " moved from "
                + MacAddress.toString(e.mac)
                + " to "
                + MacAddress.toString(mac)
                + " on "
                + e.ifp.name());
      }
    }
    if (!e.permanent) {
      arp.reachable(e, mac);
    }
  }

  // ---- answers ----

  private boolean answer(Mbuf m, Ifnet ifp, int target, int mine) {
    stats.rxrequests++;
    long mac = target == mine ? ifp.lladdr() : proxy(m, ifp, target);
    if (mac < 0) {
      return false;
    }
    byte[] buf = m.buf;
    long to = ArpPacket.senderMac(buf, m.off);
    int asker = ArpPacket.senderIp(buf, m.off);
    ArpPacket.put(buf, m.off, ArpPacket.REPLY, mac, target, to, asker);
    m.len = ArpPacket.LENGTH;
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST);
    boolean everybody = target == mine && Ip4Address.isLinkLocal(target); // RFC 3927
    stats.txreplies++;
    arp.ethernet.send(ifp, m, everybody ? MacAddress.BROADCAST_BITS : to, EtherHeader.TYPE_ARP);
    return true;
  }

  /** The link address to answer with for somebody else's address, or -1. */
  private long proxy(Mbuf m, Ifnet ifp, int target) {
    ArpEntry e = arp.table.find(ifp, target);
    if (e != null && e.published) {
      return e.mac;
    }
    if (arp.settings.proxyall == 0) {
      return -1;
    }
    Nexthop there = arp.ip.routes.lookup4(ifp.fib(), target, 0);
    int sender = ArpPacket.senderIp(m.buf, m.off);
    Nexthop back = arp.ip.routes.lookup4(ifp.fib(), sender, 0);
    if (there == null || there.ifnet() == ifp || back == null) {
      return -1;
    }
    if (back.ifnet() != ifp) {
      log(
          LOG_INFO,
          "proxy: ignoring request from " + Ip4Address.toString(sender) + " via " + ifp.name());
      return -1;
    }
    return ifp.lladdr();
  }

  /** ARP_LOG: so many lines a second, net.link.ether.inet.max_log_per_second. */
  private void log(int level, String line) {
    if (level > arp.settings.logLevel) {
      return;
    }
    long second = arp.vnet.lane().now() / Arp.SECOND;
    if (second != logSecond) {
      logSecond = second;
      logged = 0;
    }
    int most = arp.settings.maxLogPerSecond;
    if (most < 0 || logged < most) {
      logged++;
      arp.vnet.machine().messages().log("arp: " + line);
    }
  }
}
