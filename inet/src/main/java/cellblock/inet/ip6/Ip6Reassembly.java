package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Header;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments together (ancestor: frag6_input of netinet6/frag6.c; RFC 8200 section 4.5). A
 * fragment that overlaps another takes the whole packet with it (RFC 5722); an exact repetition is
 * dropped alone. Bounded by packets, fragments, and fragments a packet. Threading: the vnet's lane.
 */
public final class Ip6Reassembly {
  private record Key(long sourceHi, long sourceLo, long hi, long lo, int id, int zone) {}

  /** One fragment; {@code data} is where its part of the packet begins, from the header. */
  private record Part(Mbuf m, int offset, int data, int length) {}

  /** The fragments of one packet. */
  private static final class Packet {
    final List<Part> parts = new ArrayList<>(2);
    final In6Ifinfo in;
    final long deadline;
    int total = -1;
    int ecn;

    /** Of the first fragment: where its fragment header is, and the field that names it. */
    int headerAt = -1;

    int fieldAt;
    int next;

    Packet(In6Ifinfo in, long deadline, int ecn) {
      this.in = in;
      this.deadline = deadline;
      this.ecn = ecn;
    }
  }

  private final Vnet vnet;
  private final Ip6Stats stats;
  private final Ip6Settings settings;
  private @Nullable Callout timer; // from the first fragment on
  private Map<Key, Packet> packets = Map.of();
  private int fragments;
  private @Nullable Ip6Errors errors;

  Ip6Reassembly(Vnet vnet, Ip6Stats stats, Ip6Settings settings) {
    this.vnet = vnet;
    this.stats = stats;
    this.settings = settings;
  }

  /** Who is told of packets that did not become whole; once, when the protocols are wired. */
  void errors(Ip6Errors to) {
    errors = to;
  }

  /** Packets of which some fragments are here: net.inet6.ip6.frag6_nfragpackets. */
  public int packets() {
    return packets.size();
  }

  /** Fragments that are here: net.inet6.ip6.frag6_nfrags. */
  public int fragments() {
    return fragments;
  }

  /**
   * Takes a fragment. Returns the whole packet without fragment header when this was the missing
   * piece, else null.
   *
   * @param at where the fragment header stands, from the IPv6 header
   * @param field where the next-header field stands that names it
   */
  @Nullable Mbuf input(Mbuf m, int at, int field, In6Ifinfo in) {
    stats.fragments++;
    in.stat().reassReqd++;
    if (m.len < at + Ip6Header.FRAGMENT_LENGTH) {
      return drop(m, in, DropReason.TRUNCATED);
    }
    int word = BigEndian.get16(m.buf, m.off + at + 2);
    int offset = word & 0xfff8;
    boolean more = (word & 1) != 0;
    int data = at + Ip6Header.FRAGMENT_LENGTH;
    int length = m.len - data;
    if (offset == 0 && !more) {
      stats.atomicfrags++;
      return strip(m, at, field);
    }
    if (more && (length == 0 || (length & 7) != 0)) {
      parameter(m, in, 4);
      return null;
    }
    if (offset + length + at - Ip6Header.LENGTH > 0xffff) {
      parameter(m, in, at + 2);
      return null;
    }
    if (length == 0) {
      return drop(m, in, DropReason.IP_FRAGMENT_BAD);
    }
    return collect(m, in, at, field, offset, more, new Part(m, offset, data, length));
  }

  private void parameter(Mbuf m, In6Ifinfo in, int pointer) {
    stats.fragdropped++;
    in.stat().reassFail++;
    if (errors != null) {
      errors.error(
          m,
          in,
          Icmp6Message.PARAM_PROB,
          Icmp6Message.PARAMPROB_HEADER,
          pointer,
          DropReason.IP_FRAGMENT_BAD);
    } else {
      vnet.drop(m, DropReason.IP_FRAGMENT_BAD);
    }
  }

  private @Nullable Mbuf drop(Mbuf m, In6Ifinfo in, DropReason reason) {
    stats.fragdropped++;
    in.stat().reassFail++;
    vnet.drop(m, reason);
    return null;
  }

  /** An atomic fragment: the header goes, the packet stays. */
  private static Mbuf strip(Mbuf m, int at, int field) {
    m.buf[m.off + field] = m.buf[m.off + at];
    System.arraycopy(m.buf, m.off, m.buf, m.off + Ip6Header.FRAGMENT_LENGTH, at);
    m.adjust(Ip6Header.FRAGMENT_LENGTH);
    Ip6Header.putPayloadLength(m.buf, m.off, m.len - Ip6Header.LENGTH);
    return m;
  }

  private @Nullable Mbuf collect(
      Mbuf m, In6Ifinfo in, int at, int field, int offset, boolean more, Part part) {
    int most = settings.maxfrags;
    if ((most >= 0 && fragments >= most) || settings.maxfragpackets == 0) {
      stats.fragoverflow++;
      return drop(m, in, DropReason.IP_FRAGMENT_LIMIT);
    }
    Key key =
        new Key(
            Ip6Header.sourceHi(m.buf, m.off),
            Ip6Header.sourceLo(m.buf, m.off),
            Ip6Header.destinationHi(m.buf, m.off),
            Ip6Header.destinationLo(m.buf, m.off),
            BigEndian.get32(m.buf, m.off + at + 4),
            in.ifnet().index());
    int ecn = Ip6Header.trafficClass(m.buf, m.off) & 3;
    Packet p = packets.get(key);
    if (p == null) {
      if (settings.maxfragpackets > 0 && packets.size() >= settings.maxfragpackets) {
        stats.fragoverflow++;
        return drop(m, in, DropReason.IP_FRAGMENT_LIMIT);
      }
      p = new Packet(in, now() + settings.fraglifetime * 1_000_000L, ecn);
      if (packets.isEmpty()) {
        packets = new LinkedHashMap<>();
      }
      packets.put(key, p);
      arm();
    } else if (!mergeEcn(p, ecn)) {
      return drop(m, in, DropReason.IP_FRAGMENT_BAD);
    }
    if (repeated(p, part)) {
      return drop(m, in, DropReason.IP_FRAGMENT_OVERLAP);
    }
    if (overlaps(p, part) || contradicts(p, part, more)) {
      p.parts.add(part);
      fragments++;
      discard(key, p, DropReason.IP_FRAGMENT_OVERLAP);
      return null;
    }
    if (p.parts.size() >= settings.maxfragsperpacket) {
      p.parts.add(part);
      fragments++;
      stats.fragoverflow++;
      discard(key, p, DropReason.IP_FRAGMENT_LIMIT);
      return null;
    }
    p.parts.add(part);
    fragments++;
    if (!more) {
      p.total = offset + part.length;
    }
    if (offset == 0) {
      p.headerAt = at;
      p.fieldAt = field;
      p.next = m.buf[m.off + at] & 0xff;
    }
    return whole(key, p);
  }

  private static boolean mergeEcn(Packet p, int ecn) {
    if (ecn == 3) {
      if (p.ecn == 0) {
        return false;
      }
      p.ecn = 3;
    }
    return ecn != 0 || p.ecn == 0;
  }

  private static boolean repeated(Packet p, Part n) {
    for (Part o : p.parts) {
      if (o.offset == n.offset && o.length == n.length) {
        return java.util.Arrays.equals(
            o.m.buf,
            o.m.off + o.data,
            o.m.off + o.data + o.length,
            n.m.buf,
            n.m.off + n.data,
            n.m.off + n.data + n.length);
      }
    }
    return false;
  }

  private static boolean overlaps(Packet p, Part n) {
    for (Part o : p.parts) {
      if (n.offset < o.offset + o.length && o.offset < n.offset + n.length) {
        return true;
      }
    }
    return false;
  }

  /** Whether it lies behind the end, or is another end. */
  private static boolean contradicts(Packet p, Part n, boolean more) {
    int end = n.offset + n.length;
    if (p.total >= 0) {
      return end > p.total || !more;
    }
    return !more && p.parts.stream().anyMatch(o -> o.offset + o.length > end);
  }

  private @Nullable Mbuf whole(Key key, Packet p) {
    int have = 0;
    for (Part part : p.parts) {
      have += part.length;
    }
    if (p.total < 0 || p.headerAt < 0 || have != p.total) {
      return null;
    }
    p.parts.sort(Comparator.comparingInt(Part::offset));
    Mbuf first = p.parts.getFirst().m;
    int header = p.headerAt;
    if (header - Ip6Header.LENGTH + p.total > 0xffff) {
      discard(key, p, DropReason.IP_FRAGMENT_BAD);
      return null;
    }
    Mbuf m = vnet.mbufs().alloc(header + p.total);
    System.arraycopy(first.buf, first.off, m.buf, m.off, header);
    m.buf[m.off + p.fieldAt] = (byte) p.next;
    int flow = Ip6Header.flowLabel(m.buf, m.off);
    int kind = Ip6Header.trafficClass(m.buf, m.off) & ~3 | p.ecn;
    Ip6Header.putFlow(m.buf, m.off, kind, flow);
    Ip6Header.putPayloadLength(m.buf, m.off, header - Ip6Header.LENGTH + p.total);
    m.flags = first.flags;
    m.fib = first.fib;
    m.flowId = first.flowId;
    for (Part part : p.parts) {
      System.arraycopy(
          part.m.buf, part.m.off + part.data, m.buf, m.off + header + part.offset, part.length);
      vnet.mbufs().free(part.m);
    }
    fragments -= p.parts.size();
    packets.remove(key);
    stats.reassembled++;
    p.in.stat().reassOk++;
    return m;
  }

  private void discard(Key key, Packet p, DropReason reason) {
    packets.remove(key);
    release(p, reason);
  }

  private void release(Packet p, DropReason reason) {
    fragments -= p.parts.size();
    stats.fragdropped += p.parts.size();
    for (Part part : p.parts) {
      vnet.drop(part.m, reason);
    }
    p.parts.clear();
  }

  // ---- time ----

  private long now() {
    return vnet.lane().now();
  }

  private void arm() {
    if (timer == null) {
      timer = vnet.callout("frag6", this::expire);
    }
    if (!timer.pending() && !packets.isEmpty()) {
      long first = packets.values().iterator().next().deadline;
      timer.reset(Math.max(1, first - now()));
    }
  }

  private void expire() {
    long now = now();
    for (Iterator<Packet> i = packets.values().iterator(); i.hasNext(); ) {
      Packet p = i.next();
      if (p.deadline > now) {
        continue;
      }
      i.remove();
      stats.fragtimeout += p.parts.size();
      timeExceeded(p);
      release(p, DropReason.IP_FRAGMENT_TIMEOUT);
    }
    arm();
  }

  /** The sender hears of it, if its first fragment came: RFC 8200 section 4.5. */
  private void timeExceeded(Packet p) {
    for (Part part : p.parts) {
      if (part.offset == 0 && errors != null && p.in.ifnet().usableIn(vnet)) {
        errors.error(
            vnet.mbufs().copy(part.m),
            p.in,
            Icmp6Message.TIME_EXCEEDED,
            Icmp6Message.TIME_EXCEED_REASSEMBLY,
            0,
            DropReason.CONSUMED);
        return;
      }
    }
  }

  /** Drops what came by an interface that leaves. */
  public void interfaceLeft(In6Ifinfo gone) {
    for (Iterator<Packet> i = packets.values().iterator(); i.hasNext(); ) {
      Packet p = i.next();
      if (p.in == gone) {
        i.remove();
        release(p, DropReason.STALE_INTERFACE);
      }
    }
  }

  /** Drops everything: the shutdown stage. */
  public void drain() {
    for (Packet p : packets.values()) {
      release(p, DropReason.VNET_DYING);
    }
    packets = Map.of();
    if (timer != null) {
      timer.stop();
    }
  }
}
