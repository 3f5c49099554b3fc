package cellblock.inet.nd6;

import cellblock.inet.icmp6.Icmp6;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.MacAddress;

/**
 * Takes discovery's messages in (ancestors: nd6_ns_input, nd6_na_input, icmp6_redirect_input; RFC
 * 4861 sections 7 and 8). Every message must come with hop limit 255, from the link itself.
 * Threading: the vnet's lane.
 */
public final class Nd6Input implements Icmp6.Messages {
  private static final int TARGETED = Icmp6Message.LENGTH + Ip6Address.LENGTH;
  private static final int REDIRECT = Icmp6Message.LENGTH + 2 * Ip6Address.LENGTH;
  private final Nd6 nd;
  private final Ip6 ip;

  // The options of the message in hand.
  private long sourceMac;
  private long targetMac;
  private long nonce;

  Nd6Input(Nd6 nd) {
    this.nd = nd;
    this.ip = nd.ip;
  }

  @Override
  public void message(Mbuf m, int at, int length, In6Ifinfo in) {
    int type = Icmp6Message.type(m.buf, at);
    boolean right =
        Ip6Header.hopLimit(m.buf, m.off) == Nd6Output.HOP_LIMIT
            && Icmp6Message.code(m.buf, at) == 0;
    boolean good =
        right
            && switch (type) {
              case Icmp6Message.NEIGHBOR_SOLICIT ->
                  options(m, at, length, TARGETED) && solicited(m, at, in);
              case Icmp6Message.NEIGHBOR_ADVERT ->
                  options(m, at, length, TARGETED) && advertised(m, at, in);
              case Icmp6Message.REDIRECT ->
                  options(m, at, length, REDIRECT) && redirected(m, at, in);
              case Icmp6Message.ROUTER_SOLICIT ->
                  options(m, at, length, Icmp6Message.LENGTH) && routerAsked(m, in);
              default ->
                  options(m, at, length, Nd6Router.ADVERT_LENGTH)
                      && nd.routers.advertised(m, at, length, sourceMac, in);
            };
    if (!good) {
      count(type);
    }
  }

  private void count(int type) {
    switch (type) {
      case Icmp6Message.NEIGHBOR_SOLICIT -> nd.stats.badns++;
      case Icmp6Message.NEIGHBOR_ADVERT -> nd.stats.badna++;
      case Icmp6Message.REDIRECT -> nd.stats.badredirect++;
      case Icmp6Message.ROUTER_SOLICIT -> nd.stats.badrs++;
      default -> nd.stats.badra++;
    }
    nd.stats.nddropped++;
  }

  /** Reads the options behind the first {@code fixed} bytes; false when they are malformed. */
  private boolean options(Mbuf m, int at, int length, int fixed) {
    sourceMac = -1;
    targetMac = -1;
    nonce = 0;
    if (length < fixed) {
      return false;
    }
    int end = at + length;
    int p = at + fixed;
    while (p < end) {
      int size = end - p < 2 ? 0 : (m.buf[p + 1] & 0xff) << 3;
      if (size == 0 || size > end - p) {
        nd.stats.badopt++;
        return false;
      }
      switch (m.buf[p] & 0xff) {
        case Nd6Output.OPTION_SOURCE -> sourceMac = MacAddress.get(m.buf, p + 2);
        case Nd6Output.OPTION_TARGET -> targetMac = MacAddress.get(m.buf, p + 2);
        case Nd6Output.OPTION_NONCE -> nonce = MacAddress.get(m.buf, p + 2);
        default -> {
          // Prefixes and MTU are the routers' business; others mean nothing here.
        }
      }
      p += size;
    }
    return true;
  }

  // ---- NS ----

  private boolean solicited(Mbuf m, int at, In6Ifinfo in) {
    long hi = BigEndian.get64(m.buf, at + 8);
    long lo = BigEndian.get64(m.buf, at + 16);
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    long fromLo = Ip6Header.sourceLo(m.buf, m.off);
    boolean nobody = (fromHi | fromLo) == 0;
    if (Ip6Address.isMulticast(hi)) {
      return false;
    }
    if (nobody) {
      boolean toGroup =
          Ip6Header.destinationHi(m.buf, m.off) == 0xff02L << 48
              && Ip6Header.destinationLo(m.buf, m.off) >>> 24 == 0x1ff;
      if (!toGroup || sourceMac >= 0) {
        return false;
      }
    } else if (!nd.neighbor(in, fromHi, fromLo) && nd.settings.nd6OnlinkNsRfc4861 == 0) {
      return false; // a question from no neighbour
    }
    In6Address own = in.address(hi, lo);
    if (own == null) {
      proxied(in, hi, lo, fromHi, fromLo, nobody);
      return true;
    }
    if (own.is(In6Address.TENTATIVE)) {
      if (nobody && !nd.dad.isOurs(own, nonce)) {
        nd.dad.duplicated(own, -1);
      }
      return true;
    }
    if (own.is(In6Address.DUPLICATED)) {
      return true;
    }
    if (!nobody && sourceMac >= 0) {
      nd.learn(in, fromHi, fromLo, sourceMac, false);
    }
    int flags = ip.settings.forwarding != 0 ? Nd6Output.ROUTER : 0;
    flags |= nobody ? 0 : Nd6Output.SOLICITED;
    flags |= own.is(In6Address.ANYCAST) ? 0 : Nd6Output.OVERRIDE;
    answer(in, hi, lo, in.ifnet().lladdr(), flags, own, nobody, fromHi, fromLo);
    return true;
  }

  private void answer(
      In6Ifinfo in,
      long hi,
      long lo,
      long mac,
      int flags,
      In6Address own,
      boolean nobody,
      long toHi,
      long toLo) {
    In6Address from = own.is(In6Address.ANYCAST) ? in.linkLocal(false) : own;
    if (from != null) {
      long groupHi = Ip6Address.ALL_NODES.hi();
      nd.output.advertise(in, hi, lo, mac, flags, from, nobody ? groupHi : toHi, nobody ? 1 : toLo);
    }
  }

  private void proxied(In6Ifinfo in, long hi, long lo, long fromHi, long fromLo, boolean nobody) {
    Nd6Entry e = nd.table.find(in, hi, lo);
    In6Address from = in.linkLocal(false);
    if (e == null || !e.published || from == null) {
      return;
    }
    if (!nobody && sourceMac >= 0) {
      nd.learn(in, fromHi, fromLo, sourceMac, false);
    }
    int flags = nobody ? 0 : Nd6Output.SOLICITED;
    answer(in, hi, lo, e.mac, flags, from, nobody, fromHi, fromLo);
  }

  // ---- NA ----

  private boolean advertised(Mbuf m, int at, In6Ifinfo in) {
    long hi = BigEndian.get64(m.buf, at + 8);
    long lo = BigEndian.get64(m.buf, at + 16);
    int flags = Icmp6Message.word(m.buf, at);
    boolean solicited = (flags & Nd6Output.SOLICITED) != 0;
    if (Ip6Address.isMulticast(hi)
        || (solicited && Ip6Address.isMulticast(Ip6Header.destinationHi(m.buf, m.off)))) {
      return false;
    }
    In6Address own = in.address(hi, lo);
    if (own != null) {
      if (own.is(In6Address.TENTATIVE)) {
        nd.dad.duplicated(own, targetMac);
      } else if (!own.is(In6Address.DUPLICATED) && targetMac != in.ifnet().lladdr()) {
        ip.vnet.machine().messages().log("nd6_na_input: duplicate IP6 address " + own.address());
      }
      return true;
    }
    Nd6Entry e = nd.table.find(in, hi, lo);
    if (e != null && !e.permanent) {
      update(e, flags, solicited);
    }
    return true;
  }

  /** RFC 4861 section 7.2.5. */
  private void update(Nd6Entry e, int flags, boolean solicited) {
    boolean wasRouter = e.router;
    boolean override = (flags & Nd6Output.OVERRIDE) != 0;
    if (e.state == Nd6Entry.State.INCOMPLETE) {
      if (targetMac < 0) {
        return;
      }
      e.mac = targetMac;
      settle(e, solicited);
    } else {
      boolean other = targetMac >= 0 && targetMac != e.mac;
      if (other && !override) {
        if (e.state == Nd6Entry.State.REACHABLE) {
          nd.stale(e);
        }
        return;
      }
      if (other) {
        e.mac = targetMac;
      }
      if (solicited) {
        nd.reachable(e);
      } else if (other) {
        nd.stale(e);
      }
    }
    e.router = (flags & Nd6Output.ROUTER) != 0;
    if (wasRouter && !e.router) {
      nd.routers.noRouter(e);
    } else if (e.router) {
      nd.routers.reachability(e);
    }
    nd.release(e);
  }

  private void settle(Nd6Entry e, boolean solicited) {
    if (solicited) {
      nd.reachable(e);
    } else {
      nd.stale(e);
    }
  }

  // ---- RS and redirects ----

  /** Routers are programs here: they hear it by a raw socket. We learn the sender's address. */
  private boolean routerAsked(Mbuf m, In6Ifinfo in) {
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    long fromLo = Ip6Header.sourceLo(m.buf, m.off);
    if ((fromHi | fromLo) == 0) {
      return sourceMac < 0;
    }
    if (ip.settings.forwarding != 0 && sourceMac >= 0) {
      nd.learn(in, fromHi, fromLo, sourceMac, false);
    }
    return true;
  }

  private boolean redirected(Mbuf m, int at, In6Ifinfo in) {
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    long targetHi = BigEndian.get64(m.buf, at + 8);
    long targetLo = BigEndian.get64(m.buf, at + 16);
    long hi = BigEndian.get64(m.buf, at + 24);
    long lo = BigEndian.get64(m.buf, at + 32);
    boolean onLink = targetHi == hi && targetLo == lo;
    if (!Ip6Address.isLinkLocal(fromHi)
        || Ip6Address.isMulticast(hi)
        || (!onLink && !Ip6Address.isLinkLocal(targetHi))) {
      return false;
    }
    if (ip.settings.forwarding != 0 || nd.settings.rediraccept == 0) {
      return true; // a router does not listen to others
    }
    int zone = in.ifnet().index();
    int targetZone = Ip6Address.isLinkLocal(targetHi) ? zone : 0;
    try {
      ip.routes.redirect(
          in.ifnet().fib(),
          new Ip6Address(hi, lo, 0),
          new Ip6Address(targetHi, targetLo, targetZone),
          new Ip6Address(fromHi, Ip6Header.sourceLo(m.buf, m.off), zone),
          in.ifnet(),
          nd.settings.redirtimeout * Nd6.SECOND);
      nd.learn(in, targetHi, targetLo, targetMac, !onLink);
    } catch (ErrnoException e) {
      return false; // not from the router that we use
    }
    return true;
  }
}
