package cellblock.inet.icmp;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Errors;
import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Makes ICMP errors (ancestor: icmp_error and icmp_reflect of netinet/ip_icmp.c): never about an
 * ICMP error, a broadcast or multicast, a fragment but the first, or for an impossible sender;
 * quoting header and as many bytes as net.inet.icmp.quotelen says, 8 at least.
 *
 * <p>Threading: turns of the vnet's lane.
 */
public final class IcmpError implements Ip4Errors {
  private static final int MINIMUM_QUOTE = 8;

  private final Vnet vnet;
  private final Ip4 ip;
  private final IcmpStats stats;
  private final IcmpSettings settings;

  public IcmpError(Ip4 ip, IcmpStats stats, IcmpSettings settings) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
  }

  @Override
  public void error(Mbuf m, int type, int code, int word, DropReason reason) {
    if (type != Icmp4Message.REDIRECT) {
      stats.error++;
    }
    Mbuf reply = make(m, type, code, word);
    if (reason == DropReason.CONSUMED) {
      vnet.mbufs().free(m);
    } else {
      vnet.drop(m, reason);
    }
    if (reply != null) {
      ip.output.output(reply, 0, null);
    }
  }

  private @Nullable Mbuf make(Mbuf m, int type, int code, int word) {
    if (m.len < Ip4Header.LENGTH
        || Ip4Header.fragmentOffset(m.buf, m.off) != 0
        || (m.flags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0) {
      return null;
    }
    int header = Ip4Header.headerLength(m.buf, m.off);
    if (aboutError(m, header, type)) {
      stats.oldicmp++;
      return null;
    }
    int to = Ip4Header.source(m.buf, m.off);
    if (impossible(to)) {
      stats.badaddr++;
      return null;
    }
    InAddress from = source(m, to);
    if (from == null) {
      stats.noroute++;
      return null;
    }
    stats.sent(type);
    stats.reflect++;
    return build(m, header, type, code, word, from.address(), to);
  }

  private static boolean aboutError(Mbuf m, int header, int type) {
    return Ip4Header.protocol(m.buf, m.off) == IpProtocol.ICMP
        && type != Icmp4Message.REDIRECT
        && m.len >= header + Icmp4Message.LENGTH
        && !Icmp4Message.isQuery(Icmp4Message.type(m.buf, m.off + header));
  }

  /** Addresses that nobody sends from. */
  static boolean impossible(int address) {
    return Ip4Address.isMulticast(address)
        || Ip4Address.isExperimental(address)
        || Ip4Address.isZeroNet(address);
  }

  /** Our address in an answer: the one that was spoken to, else the one that routing prefers. */
  private @Nullable InAddress source(Mbuf m, int to) {
    InAddress own = ip.addresses.find(Ip4Header.destination(m.buf, m.off));
    return own != null ? own : ip.output.sourceFor(m.fib, to);
  }

  private Mbuf build(Mbuf m, int header, int type, int code, int word, int from, int to) {
    int total = Ip4Header.totalLength(m.buf, m.off);
    int data = Math.max(MINIMUM_QUOTE, Math.min(settings.quotelen, total - header));
    int quote = Math.min(header + data, m.len);
    int length = Ip4Header.LENGTH + Icmp4Message.LENGTH + quote;
    Mbuf r = vnet.mbufs().alloc(length);
    int at = r.off + Ip4Header.LENGTH;
    Icmp4Message.putType(r.buf, at, type);
    Icmp4Message.putCode(r.buf, at, code);
    Icmp4Message.putWord(r.buf, at, word);
    System.arraycopy(m.buf, m.off, r.buf, at + Icmp4Message.LENGTH, quote);
    Icmp4Message.fillChecksum(r.buf, at, length - Ip4Header.LENGTH);
    Ip4Header.put(r.buf, r.off, 0, length, 0, 0, ip.settings.ttl, IpProtocol.ICMP, from, to);
    r.fib = m.fib;
    r.flags |= Mbuf.M_SKIP_FIREWALL;
    return r;
  }

  /**
   * Sends a query's answer back: {@code m} holds the request, changed into the answer but for
   * addresses and checksums (icmp_reflect).
   */
  void reflect(Mbuf m, int headerLength, InIfinfo in) {
    int to = Ip4Header.source(m.buf, m.off);
    if (impossible(to)) {
      stats.badaddr++;
      vnet.drop(m, DropReason.ICMP_SUPPRESSED);
      return;
    }
    InAddress from = ip.addresses.find(Ip4Header.destination(m.buf, m.off));
    if (from == null) {
      from = in.sourceFor(to);
    }
    if (from == null) {
      from = ip.output.sourceFor(m.fib, to);
    }
    if (from == null) {
      stats.noroute++;
      vnet.drop(m, DropReason.IP_NO_ROUTE);
      return;
    }
    int header = ReplyOptions.keep(m, headerLength);
    int at = m.off + header;
    Icmp4Message.fillChecksum(m.buf, at, m.len - header);
    stats.reflect++;
    stats.sent(Icmp4Message.type(m.buf, at));
    Ip4Header.putSource(m.buf, m.off, from.address());
    Ip4Header.putDestination(m.buf, m.off, to);
    Ip4Header.putTtl(m.buf, m.off, ip.settings.ttl);
    Ip4Header.putOffsetField(m.buf, m.off, 0);
    m.flags &= ~(Mbuf.M_BCAST | Mbuf.M_MCAST | Mbuf.M_LOOP);
    m.csumFlags = 0;
    ip.output.output(m, 0, null);
  }
}
