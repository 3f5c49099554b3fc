package cellblock.inet.igmp;

import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4Output;
import cellblock.inet.ip.IpMoptions;
import cellblock.inet.mcast.ReportProtocol;
import cellblock.inet.mcast.SourceList;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.IgmpMessage;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip4Options;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Builds and sends IGMP messages: TTL 1, router alert, not looped back (ancestor:
 * igmp_v3_enqueue_group_ record, igmp_v3_encap_report, igmp_v1v2_queue_report). A version 3 report
 * gathers group records until the link's MTU is full. Threading: the vnet's lane.
 */
final class IgmpReport implements ReportProtocol<InIfinfo> {
  /** A first state change report waits this long (PR_FASTHZ). */
  private static final long FAST = 200_000_000L;

  private static final int HEADER = Ip4Header.LENGTH + 4;

  private final Vnet vnet;
  private final Ip4Output output;
  private final IgmpStats stats;
  private final IgmpSettings settings;
  private @Nullable Mbuf building;
  private int records;

  IgmpReport(Vnet vnet, Ip4Output output, IgmpStats stats, IgmpSettings settings) {
    this.vnet = vnet;
    this.output = output;
    this.stats = stats;
    this.settings = settings;
  }

  @Override
  public int newest() {
    return 3;
  }

  @Override
  public int defaultVersion() {
    return settings.defaultVersion;
  }

  @Override
  public int sourceQueryDelay() {
    return settings.gsrdelay;
  }

  @Override
  public long firstDelay() {
    return FAST;
  }

  @Override
  public boolean ready(InIfinfo in) {
    return true;
  }

  @Override
  public void report(InIfinfo in, int version, IpAddress group) {
    brief(in, version == 1 ? IgmpMessage.REPORT1 : IgmpMessage.REPORT2, group);
  }

  @Override
  public void leave(InIfinfo in, int version, IpAddress group) {
    if (version == 2) {
      brief(in, IgmpMessage.LEAVE, group);
    }
  }

  /** A version 1 or 2 message. */
  private void brief(InIfinfo in, int type, IpAddress to) {
    int group = (int) (to.hi() >>> 32);
    Mbuf m = begin(IgmpMessage.LENGTH);
    int at = m.off + HEADER;
    BigEndian.put16(m.buf, at, type << 8);
    BigEndian.put32(m.buf, at + 4, group);
    IgmpMessage.fillChecksum(m.buf, at, IgmpMessage.LENGTH);
    boolean leave = type == IgmpMessage.LEAVE;
    send(m, in, leave ? Ip4Address.ALL_ROUTERS.bits() : group);
  }

  @Override
  public void record(InIfinfo in, int type, IpAddress group, SourceList sources) {
    int room = in.ifnet().mtu() - HEADER - IgmpMessage.LENGTH;
    int most = Math.max(1, (room - IgmpMessage.RECORD_LENGTH) / 4);
    boolean exclude = type == IgmpMessage.MODE_IS_EXCLUDE || type == IgmpMessage.CHANGE_TO_EXCLUDE;
    int from = 0;
    do {
      int count = Math.min(most, sources.size() - from);
      append(in, type, group, sources, from, count);
      from += count;
    } while (from < sources.size() && !exclude);
  }

  private void append(
      InIfinfo in, int type, IpAddress group, SourceList sources, int from, int count) {
    int length = IgmpMessage.RECORD_LENGTH + 4 * count;
    Mbuf m = building;
    if (m != null && m.len + length > in.ifnet().mtu()) {
      flush(in);
      m = null;
    }
    if (m == null) {
      m = begin(Math.max(in.ifnet().mtu() - HEADER, IgmpMessage.LENGTH + length));
      m.len = HEADER + IgmpMessage.LENGTH;
      building = m;
      records = 0;
    }
    int at = m.off + m.len;
    BigEndian.put16(m.buf, at, type << 8);
    BigEndian.put16(m.buf, at + 2, count);
    group.emit(m.buf, at + 4);
    for (int i = 0; i < count; i++) {
      sources.get(from + i).emit(m.buf, at + 8 + 4 * i);
    }
    m.len += length;
    records++;
  }

  @Override
  public void flush(InIfinfo in) {
    Mbuf m = building;
    if (m == null) {
      return;
    }
    building = null;
    int at = m.off + HEADER;
    BigEndian.put32(m.buf, at, IgmpMessage.REPORT3 << 24);
    BigEndian.put32(m.buf, at + 4, records);
    IgmpMessage.fillChecksum(m.buf, at, m.len - HEADER);
    send(m, in, Ip4Address.ALL_IGMP3.bits());
  }

  private Mbuf begin(int length) {
    return vnet.mbufs().alloc(HEADER + length);
  }

  private void send(Mbuf m, InIfinfo in, int destination) {
    Ip4Header.put(
        m.buf,
        m.off,
        Ip4Header.TOS_INTERNET_CONTROL,
        m.len,
        0,
        0,
        1,
        IpProtocol.IGMP,
        0,
        destination);
    int option = m.off + Ip4Header.LENGTH;
    if (settings.sendra != 0) {
      BigEndian.put32(m.buf, option, Ip4Options.RA << 24 | 4 << 16);
    } else {
      BigEndian.put32(m.buf, option, 0x01010101 * Ip4Options.NOP);
    }
    Ip4Header.putHeaderLength(m.buf, m.off, HEADER);
    stats.sentReports++;
    output.output(m, 0, IpMoptions.only(in, 1, false));
  }
}
