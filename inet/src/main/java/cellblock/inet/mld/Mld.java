package cellblock.inet.mld;

import cellblock.inet.icmp6.Icmp6;
import cellblock.inet.icmp6.Icmp6Stats;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.In6Multi;
import cellblock.inet.ip6.In6Multicast;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells routers which groups somebody here listens to (ancestor: netinet6/mld6.c; RFC 3810, and RFC
 * 2710 while a router of version 1 is about). A change is told twice; a question is answered after
 * a random part of the delay it allows. Threading: the vnet's lane.
 */
public final class Mld implements In6Multicast.Listener, Icmp6.Messages, IfListener {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;
  private static final long VERSION1_PRESENT = 260 * SECOND;
  private static final int QUERY1 = 24;
  private static final int QUERY2 = 28;
  private static final int MODE_IS_EXCLUDE = 2;
  private static final int CHANGE_TO_INCLUDE = 3;
  private static final int CHANGE_TO_EXCLUDE = 4;
  private static final int RECORD = 20;
  private static final int ROBUSTNESS = 2;

  /** A group whose members came or went. */
  private static final class Change {
    final boolean joined;
    int left = ROBUSTNESS;

    Change(boolean joined) {
      this.joined = joined;
    }
  }

  /** One interface's timers and what they will tell. */
  private static final class Link {
    final In6Ifinfo in;
    final Callout answers;
    final Callout changes;
    final Map<Ip6Address, Change> changed = new LinkedHashMap<>(2);
    final Map<Ip6Address, Boolean> asked = new LinkedHashMap<>(2);
    long version1Until;

    Link(Mld mld, In6Ifinfo in) {
      this.in = in;
      this.answers = mld.ip.vnet.callout("mld answers " + in, () -> mld.answer(this));
      this.changes = mld.ip.vnet.callout("mld changes " + in, () -> mld.tell(this));
    }
  }

  private final Ip6 ip;
  private final Icmp6Stats stats;
  private Map<In6Ifinfo, Link> links = Map.of(); // until there is something to tell

  public Mld(Ip6 ip, Icmp6Stats stats) {
    this.ip = ip;
    this.stats = stats;
  }

  private Link link(In6Ifinfo in) {
    if (links.isEmpty()) {
      links = new LinkedHashMap<>(2);
    }
    return links.computeIfAbsent(in, i -> new Link(this, i));
  }

  private long now() {
    return ip.vnet.lane().now();
  }

  /** The version spoken on an interface. */
  public int version(In6Ifinfo in) {
    Link l = links.get(in);
    return l != null && l.version1Until > now() ? 1 : 2;
  }

  private static boolean silent(In6Ifinfo in, long hi, long lo) {
    int scope = (int) (hi >>> 48) & 0xf;
    return in.isLoopback() || scope < 2 || (hi == Ip6Address.ALL_NODES.hi() && lo == 1);
  }

  private long within(long nanos) {
    return (ip.random.nextLong() >>> 1) % Math.max(1, nanos) + 1;
  }

  // ---- members ----

  @Override
  public void joined(In6Multi group) {
    changed(group.in(), group.group(), true);
  }

  @Override
  public void left(In6Multi group) {
    Link l = links.get(group.in());
    if (l != null) {
      l.asked.remove(group.group());
    }
    changed(group.in(), group.group(), false);
  }

  private void changed(In6Ifinfo in, Ip6Address group, boolean joined) {
    if (silent(in, group.hi(), group.lo()) || !in.ifnet().usableIn(ip.vnet)) {
      return;
    }
    Link l = link(in);
    l.changed.put(group, new Change(joined));
    tell(l);
  }

  /** Tells of what changed, as often as it still must be. */
  private void tell(Link l) {
    if (!l.in.up() || l.in.disabled() || !l.in.ifnet().usableIn(ip.vnet)) {
      l.changed.clear();
      return;
    }
    List<Ip6Address> groups = new ArrayList<>();
    List<Integer> kinds = new ArrayList<>();
    l.changed
        .entrySet()
        .removeIf(e -> {
          groups.add(e.getKey());
          kinds.add(e.getValue().joined ? CHANGE_TO_EXCLUDE : CHANGE_TO_INCLUDE);
          return --e.getValue().left <= 0;
        });
    if (version(l.in) == 1) {
      for (int i = 0; i < groups.size(); i++) {
        old(l.in, groups.get(i), kinds.get(i) == CHANGE_TO_EXCLUDE);
      }
    } else {
      report(l.in, groups, kinds);
    }
    if (!l.changed.isEmpty()) {
      l.changes.reset(within(SECOND));
    }
  }

  // ---- questions ----

  @Override
  public void message(Mbuf m, int at, int length, In6Ifinfo in) {
    boolean local =
        Ip6Address.isLinkLocal(Ip6Header.sourceHi(m.buf, m.off))
            && Ip6Header.hopLimit(m.buf, m.off) == 1;
    if (!local || length < QUERY1) {
      stats.badlen += length < QUERY1 ? 1 : 0;
      return;
    }
    long hi = BigEndian.get64(m.buf, at + 8);
    long lo = BigEndian.get64(m.buf, at + 16);
    switch (Icmp6Message.type(m.buf, at)) {
      case Icmp6Message.LISTENER_QUERY -> query(m, at, length, in, hi, lo);
      case Icmp6Message.LISTENER_REPORT -> {
        Link l = links.get(in);
        if (l != null && version(in) == 1) {
          l.asked.remove(new Ip6Address(hi, lo, 0)); // somebody else has answered
        }
      }
      default -> {
        // Done is for routers.
      }
    }
  }

  private void query(Mbuf m, int at, int length, In6Ifinfo in, long hi, long lo) {
    if (length > QUERY1 && length < QUERY2) {
      stats.badlen++;
      return;
    }
    Link l = link(in);
    int code = BigEndian.get16(m.buf, at + 4);
    long delay = code * MILLI;
    if (length == QUERY1) {
      l.version1Until = now() + VERSION1_PRESENT;
    } else if (code >= 0x8000) {
      delay = ((long) (code & 0xfff | 0x1000) << (code >> 12 & 7) + 3) * MILLI;
    }
    boolean general = (hi | lo) == 0;
    for (In6Multi g : in.groups()) {
      boolean meant = general || (g.hi() == hi && g.lo() == lo);
      if (meant && !silent(in, g.hi(), g.lo())) {
        l.asked.put(g.group(), true);
      }
    }
    if (!l.asked.isEmpty()) {
      long when = within(delay);
      if (!l.answers.pending() || l.answers.deadline() - now() > when) {
        l.answers.reset(when);
      }
    }
  }

  private void answer(Link l) {
    List<Ip6Address> groups = new ArrayList<>(l.asked.keySet());
    l.asked.clear();
    if (!l.in.up() || l.in.disabled() || !l.in.ifnet().usableIn(ip.vnet)) {
      return;
    }
    if (version(l.in) == 1) {
      groups.forEach(g -> old(l.in, g, true));
    } else {
      report(l.in, groups, groups.stream().map(g -> MODE_IS_EXCLUDE).toList());
    }
  }

  // ---- sending ----

  private void report(In6Ifinfo in, List<Ip6Address> groups, List<Integer> kinds) {
    int most = (in.mtu() - Ip6Header.LENGTH - 8 - Icmp6Message.LENGTH) / RECORD;
    for (int first = 0; first < groups.size(); first += most) {
      int count = Math.min(most, groups.size() - first);
      byte[] body = new byte[Icmp6Message.LENGTH + count * RECORD];
      Icmp6Message.putType(body, 0, Icmp6Message.LISTENER_REPORT2);
      Icmp6Message.putWord(body, 0, count);
      for (int i = 0; i < count; i++) {
        Ip6Address g = groups.get(first + i);
        int at = Icmp6Message.LENGTH + i * RECORD;
        body[at] = (byte) (int) kinds.get(first + i);
        Ip6Address.put(body, at + 4, g.hi(), g.lo());
      }
      send(in, body, 0xff02L << 48, 0x16);
    }
  }

  private void old(In6Ifinfo in, Ip6Address group, boolean member) {
    byte[] body = new byte[QUERY1];
    int type = member ? Icmp6Message.LISTENER_REPORT : Icmp6Message.LISTENER_DONE;
    Icmp6Message.putType(body, 0, type);
    Ip6Address.put(body, 8, group.hi(), group.lo());
    send(in, body, member ? group.hi() : 0xff02L << 48, member ? group.lo() : 2);
  }

  /** Hop limit 1 and a router alert: RFC 2710 section 3. */
  private void send(In6Ifinfo in, byte[] body, long toHi, long toLo) {
    Mbuf m = ip.vnet.mbufs().alloc(Ip6Header.LENGTH + 8 + body.length);
    In6Address from = in.linkLocal(false);
    Ip6Header.putFlow(m.buf, m.off, 0, 0);
    Ip6Header.putPayloadLength(m.buf, m.off, 8 + body.length);
    Ip6Header.putNextHeader(m.buf, m.off, IpProtocol.HOPOPTS);
    Ip6Header.putHopLimit(m.buf, m.off, 1);
    Ip6Header.putSource(m.buf, m.off, from == null ? 0 : from.hi(), from == null ? 0 : from.lo());
    Ip6Header.putDestination(m.buf, m.off, toHi, toLo);
    int options = m.off + Ip6Header.LENGTH;
    BigEndian.put64(m.buf, options, (long) IpProtocol.ICMPV6 << 56 | 0x0000_0502_0000_0100L);
    int at = options + 8;
    System.arraycopy(body, 0, m.buf, at, body.length);
    int pseudo = Ip6Header.pseudo(m.buf, m.off, IpProtocol.ICMPV6, body.length);
    Icmp6Message.fillChecksum(m.buf, at, pseudo, body.length);
    stats.sent(Icmp6Message.type(m.buf, at));
    m.fib = in.ifnet().fib();
    ip.output.onLink(m, in);
  }

  // ---- interfaces ----

  @Override
  public void event(Ifnet ifp, IfEvent event) {
    In6Ifinfo in = Ip6.of(ifp);
    if (event == IfEvent.UP && in != null) {
      for (In6Multi g : in.groups()) {
        changed(in, g.group(), true);
      }
    }
  }

  /** Forgets an interface that leaves. */
  public void interfaceLeft(In6Ifinfo gone) {
    Link l = links.isEmpty() ? null : links.remove(gone);
    if (l != null) {
      l.answers.stop();
      l.changes.stop();
    }
  }

  /** Stops every timer: the shutdown stage. */
  public void stop() {
    for (Link l : links.values()) {
      l.answers.stop();
      l.changes.stop();
      l.changed.clear();
      l.asked.clear();
    }
    links = Map.of();
  }
}
