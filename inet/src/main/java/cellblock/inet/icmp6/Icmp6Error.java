package cellblock.inet.icmp6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Errors;
import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Makes ICMPv6 errors (ancestor: icmp6_error, icmp6_reflect of netinet6/icmp6.c; RFC 4443 section
 * 2.4): never about an error or a redirect, for an impossible sender, nor to a group but for "too
 * big" and unknown options; so many a second as net.inet6.icmp6.errppslimit says. Threading: the
 * vnet's lane.
 */
public final class Icmp6Error implements Ip6Errors {
  private static final long SECOND = 1_000_000_000L;
  private final Vnet vnet;
  private final Ip6 ip;
  private final Icmp6Stats stats;
  private final Icmp6Settings settings;
  private long since;
  private int count;

  public Icmp6Error(Ip6 ip, Icmp6Stats stats, Icmp6Settings settings) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
  }

  @Override
  public void error(Mbuf m, In6Ifinfo in, int type, int code, int word, DropReason reason) {
    stats.error++;
    stats.generates(type, code);
    Mbuf reply = make(m, in, type, code, word);
    int scope = Ip6Address.isLinkLocal(Ip6Header.sourceHi(m.buf, m.off)) ? in.ifnet().index() : 0;
    if (reason == DropReason.CONSUMED) {
      vnet.mbufs().free(m);
    } else {
      vnet.drop(m, reason);
    }
    if (reply != null) {
      ip.output.output(reply, scope, 0, null);
    }
  }

  private @Nullable Mbuf make(Mbuf m, In6Ifinfo in, int type, int code, int word) {
    if (m.len < Ip6Header.LENGTH || !due(m, type, code)) {
      stats.canterror++;
      return null;
    }
    if (!allowed()) {
      stats.toofreq++;
      return null;
    }
    long toHi = Ip6Header.sourceHi(m.buf, m.off);
    long toLo = Ip6Header.sourceLo(m.buf, m.off);
    In6Address from = source(m, in, toHi, toLo);
    if (from == null) {
      stats.canterror++;
      return null;
    }
    int quote = Math.min(m.len, Ip6Header.MINIMUM_MTU - Ip6Header.LENGTH - Icmp6Message.LENGTH);
    Mbuf r = vnet.mbufs().alloc(Ip6Header.LENGTH + Icmp6Message.LENGTH + quote);
    int at = r.off + Ip6Header.LENGTH;
    Icmp6Message.putType(r.buf, at, type);
    Icmp6Message.putCode(r.buf, at, code);
    Icmp6Message.putWord(r.buf, at, word);
    System.arraycopy(m.buf, m.off, r.buf, at + Icmp6Message.LENGTH, quote);
    int limit = in.hopLimit != 0 ? in.hopLimit : ip.settings.hlim;
    finish(r, from, toHi, toLo, limit);
    r.fib = m.fib;
    r.flags |= Mbuf.M_SKIP_FIREWALL;
    return r;
  }

  /** Fills in the header and checksum of a message whose ICMPv6 part is there. */
  void finish(Mbuf r, In6Address from, long toHi, long toLo, int hopLimit) {
    int length = r.len - Ip6Header.LENGTH;
    int at = r.off + Ip6Header.LENGTH;
    Ip6Header.putFlow(r.buf, r.off, 0, 0);
    Ip6Header.putPayloadLength(r.buf, r.off, length);
    Ip6Header.putNextHeader(r.buf, r.off, IpProtocol.ICMPV6);
    Ip6Header.putHopLimit(r.buf, r.off, hopLimit);
    Ip6Header.putSource(r.buf, r.off, from.hi(), from.lo());
    Ip6Header.putDestination(r.buf, r.off, toHi, toLo);
    int pseudo = Ip6Header.pseudo(r.buf, r.off, IpProtocol.ICMPV6, length);
    Icmp6Message.fillChecksum(r.buf, at, pseudo, length);
    stats.sent(Icmp6Message.type(r.buf, at));
  }

  private static boolean due(Mbuf m, int type, int code) {
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    if (Ip6Address.isMulticast(fromHi) || (fromHi | Ip6Header.sourceLo(m.buf, m.off)) == 0) {
      return false;
    }
    boolean many =
        (m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0
            || Ip6Address.isMulticast(Ip6Header.destinationHi(m.buf, m.off));
    boolean evenSo =
        type == Icmp6Message.PACKET_TOO_BIG
            || (type == Icmp6Message.PARAM_PROB && code == Icmp6Message.PARAMPROB_OPTION);
    return (!many || evenSo) && !aboutError(m);
  }

  private static boolean aboutError(Mbuf m) {
    int at = Icmp6.upper(m.buf, m.off, m.off + m.len);
    if (at < 0 || Icmp6.upperProtocol(m.buf, m.off, m.off + m.len) != IpProtocol.ICMPV6) {
      return false;
    }
    if (at >= m.off + m.len) {
      return true; // cannot be told: rather be silent
    }
    int type = Icmp6Message.type(m.buf, at);
    return Icmp6Message.isError(type) || type == Icmp6Message.REDIRECT;
  }

  private boolean allowed() {
    int limit = settings.errppslimit;
    long now = vnet.lane().now();
    if (limit < 0) {
      return true;
    }
    if (now - since >= SECOND) {
      since = now;
      count = 0;
    }
    return ++count <= limit;
  }

  private @Nullable In6Address source(Mbuf m, In6Ifinfo in, long toHi, long toLo) {
    long hi = Ip6Header.destinationHi(m.buf, m.off);
    long lo = Ip6Header.destinationLo(m.buf, m.off);
    In6Address own = ip.addresses.find(hi, lo, in.ifnet().index());
    if (own != null && own.ready() && !own.is(In6Address.ANYCAST)) {
      return own;
    }
    int scope = Ip6Address.isLinkLocal(toHi) ? in.ifnet().index() : 0;
    In6Ifinfo out = ip.sources.way(toHi, toLo, scope, m.fib, null);
    return out == null ? null : ip.sources.select(toHi, toLo, out);
  }
}
