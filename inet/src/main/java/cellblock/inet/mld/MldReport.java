package cellblock.inet.mld;

import cellblock.inet.icmp6.Icmp6Stats;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.mcast.ReportProtocol;
import cellblock.inet.mcast.SourceList;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.IgmpMessage;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Builds and sends MLD messages: hop limit 1, router alert (ancestor: mld_v2_enqueue_group_record,
 * mld_v2_encap_report, mld_v1_transmit_report). A version 2 report gathers records until the link's
 * MTU is full. Differs: the first report of a change waits for no others, as RFC 3810 has it, where
 * FreeBSD collects for a fifth of a second. Threading: the vnet's lane.
 */
final class MldReport implements ReportProtocol<In6Ifinfo> {
  /** Bytes of a group record without sources. */
  private static final int RECORD = 20;

  /** Bytes of a version 1 message. */
  private static final int BRIEF = 24;

  /** The IPv6 header and the router alert behind it. */
  private static final int HEADER = Ip6Header.LENGTH + 8;

  private static final long LINK_SCOPE = 0xff02L << 48;

  private final Ip6 ip;
  private final Icmp6Stats stats;
  private final MldSettings settings;
  private @Nullable Mbuf building;
  private int records;

  MldReport(Ip6 ip, Icmp6Stats stats, MldSettings settings) {
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
  }

  @Override
  public int newest() {
    return 2;
  }

  @Override
  public int defaultVersion() {
    return 2;
  }

  @Override
  public int sourceQueryDelay() {
    return settings.gsrdelay;
  }

  @Override
  public long firstDelay() {
    return 0;
  }

  @Override
  public boolean ready(In6Ifinfo in) {
    return in.up() && !in.disabled() && in.ifnet().usableIn(ip.vnet);
  }

  @Override
  public void record(In6Ifinfo in, int type, IpAddress group, SourceList sources) {
    int room = in.mtu() - HEADER - Icmp6Message.LENGTH;
    int most = Math.max(1, (room - RECORD) / Ip6Address.LENGTH);
    boolean exclude = type == IgmpMessage.MODE_IS_EXCLUDE || type == IgmpMessage.CHANGE_TO_EXCLUDE;
    int from = 0;
    do {
      int count = Math.min(most, sources.size() - from);
      append(in, type, group, sources, from, count);
      from += count;
    } while (from < sources.size() && !exclude);
  }

  private void append(
      In6Ifinfo in, int type, IpAddress group, SourceList sources, int from, int count) {
    int length = RECORD + Ip6Address.LENGTH * count;
    Mbuf m = building;
    if (m != null && m.len + length > in.mtu()) {
      flush(in);
      m = null;
    }
    if (m == null) {
      int room = Math.max(in.mtu() - HEADER, Icmp6Message.LENGTH + length);
      m = ip.vnet.mbufs().alloc(HEADER + room);
      m.len = HEADER + Icmp6Message.LENGTH;
      building = m;
      records = 0;
    }
    int at = m.off + m.len;
    BigEndian.put16(m.buf, at, type << 8);
    BigEndian.put16(m.buf, at + 2, count);
    group.emit(m.buf, at + 4);
    for (int i = 0; i < count; i++) {
      sources.get(from + i).emit(m.buf, at + RECORD + Ip6Address.LENGTH * i);
    }
    m.len += length;
    records++;
  }

  @Override
  public void flush(In6Ifinfo in) {
    Mbuf m = building;
    if (m == null) {
      return;
    }
    building = null;
    int at = m.off + HEADER;
    BigEndian.put64(m.buf, at, (long) Icmp6Message.LISTENER_REPORT2 << 56 | records);
    send(m, in, LINK_SCOPE, 0x16);
  }

  @Override
  public void report(In6Ifinfo in, int version, IpAddress group) {
    old(in, Icmp6Message.LISTENER_REPORT, group, group.hi(), group.lo());
  }

  @Override
  public void leave(In6Ifinfo in, int version, IpAddress group) {
    old(in, Icmp6Message.LISTENER_DONE, group, LINK_SCOPE, 2);
  }

  private void old(In6Ifinfo in, int type, IpAddress group, long toHi, long toLo) {
    Mbuf m = ip.vnet.mbufs().alloc(HEADER + BRIEF);
    int at = m.off + HEADER;
    BigEndian.put64(m.buf, at, (long) type << 56);
    group.emit(m.buf, at + 8);
    send(m, in, toHi, toLo);
  }

  /** Hop limit 1 and a router alert: RFC 2710 section 3. */
  private void send(Mbuf m, In6Ifinfo in, long toHi, long toLo) {
    int length = m.len - HEADER;
    In6Address from = in.linkLocal(false);
    Ip6Header.putFlow(m.buf, m.off, 0, 0);
    Ip6Header.putPayloadLength(m.buf, m.off, m.len - Ip6Header.LENGTH);
    Ip6Header.putNextHeader(m.buf, m.off, IpProtocol.HOPOPTS);
    Ip6Header.putHopLimit(m.buf, m.off, 1);
    Ip6Header.putSource(m.buf, m.off, from == null ? 0 : from.hi(), from == null ? 0 : from.lo());
    Ip6Header.putDestination(m.buf, m.off, toHi, toLo);
    int options = m.off + Ip6Header.LENGTH;
    BigEndian.put64(m.buf, options, (long) IpProtocol.ICMPV6 << 56 | 0x0000_0502_0000_0100L);
    int at = m.off + HEADER;
    int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.ICMPV6, length);
    Icmp6Message.fillChecksum(m.buf, at, pseudo, length);
    stats.sent(Icmp6Message.type(m.buf, at));
    m.fib = in.ifnet().fib();
    ip.output.onLink(m, in);
  }
}
