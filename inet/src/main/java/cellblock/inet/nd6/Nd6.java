package cellblock.inet.nd6;

import cellblock.inet.icmp6.Icmp6Settings;
import cellblock.inet.icmp6.Icmp6Stats;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Errors;
import cellblock.inet.ip6.Ip6Forward;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ether.Resolver;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.route.Nexthop;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Neighbours of one vnet: finds link addresses for EtherOutput and watches that they still answer
 * (ancestor: nd6_resolve, nd6_llinfo_timer of netinet6/nd6.c; RFC 4861 section 7). Threading: turns
 * of the vnet's lane.
 */
public final class Nd6 implements Resolver, IfListener, Ip6Forward.Redirects {
  static final long SECOND = 1_000_000_000L;

  final Vnet vnet;
  final Ip6 ip;
  final Icmp6Stats stats;
  final Icmp6Settings settings;
  final Ethernet ethernet;
  final Nd6Table table;
  final Nd6Output output;
  final Nd6Dad dad;
  final Nd6Router routers;
  private final Nd6Grand grand;
  private final Ip6Errors errors;
  private final Nd6Input input;

  public Nd6(
      Ip6 ip, In6Control control, Icmp6Stats stats, Icmp6Settings settings, Ip6Errors errors) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
    this.errors = errors;
    this.ethernet = Ethernet.of(vnet);
    this.table = new Nd6Table(ip, this::expire);
    this.output = new Nd6Output(ip, stats);
    this.dad = new Nd6Dad(ip, output);
    this.routers = new Nd6Router(this, control);
    this.grand = new Nd6Grand(ip, output);
    this.input = new Nd6Input(this);
    control.duplicates(dad);
  }

  /** Where discovery's messages go. */
  public Nd6Input input() {
    return input;
  }

  @Override
  public Family family() {
    return Family.INET6;
  }

  // ---- resolve ----

  @Override
  public long resolve(Ifnet ifp, Mbuf m, long hi, long lo) {
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null || in.disabled()) {
      vnet.drop(m, DropReason.IP6_DISABLED);
      return REFUSED;
    }
    Nd6Entry e = table.find(in, hi, lo);
    if (e != null && e.resolved()) {
      if (e.state == Nd6Entry.State.STALE && !e.permanent) {
        e.state = Nd6Entry.State.DELAY;
        e.asked = 0;
        e.timer.reset(settings.nd6Delay * SECOND);
      }
      return e.mac;
    }
    if (e == null) {
      e = table.create(in, hi, lo);
    }
    e.hold(m);
    while (e.held() > Math.max(1, settings.nd6Maxqueuelen)) {
      Mbuf oldest = e.takeHeld();
      if (oldest != null) {
        vnet.drop(oldest, DropReason.ND6_HELD_OVERFLOW);
      }
    }
    if (!e.timer.pending()) {
      ask(e);
    }
    return PARKED;
  }

  private void ask(Nd6Entry e) {
    e.asked++;
    e.timer.reset(e.in.retransTimer);
    boolean probe = e.state == Nd6Entry.State.PROBE;
    In6Address from = asker(e);
    if (from != null) {
      output.solicit(e.in, e.hi, e.lo, from, probe, 0);
    }
  }

  /** Our address in a question: the first waiting packet's, if it is of this link. */
  private @Nullable In6Address asker(Nd6Entry e) {
    Mbuf m = e.firstHeld();
    if (m != null && m.len >= Ip6Header.LENGTH) {
      In6Address own =
          e.in.address(Ip6Header.sourceHi(m.buf, m.off), Ip6Header.sourceLo(m.buf, m.off));
      if (own != null && own.ready() && !own.is(In6Address.ANYCAST)) {
        return own;
      }
    }
    In6Address best = ip.sources.select(e.hi, e.lo, e.in);
    return best != null && best.in() == e.in ? best : e.in.linkLocal(false);
  }

  // ---- time ----

  private void expire(Nd6Entry e) {
    if (e.permanent) {
      return;
    }
    switch (e.state) {
      case INCOMPLETE -> {
        if (e.asked < settings.nd6Mmaxtries) {
          ask(e);
        } else {
          unreachable(e);
        }
      }
      case REACHABLE -> {
        e.state = Nd6Entry.State.STALE;
        e.timer.reset(settings.nd6Gctimer * SECOND);
      }
      case STALE -> table.remove(e);
      case DELAY -> {
        e.state = Nd6Entry.State.PROBE;
        e.asked = 0;
        ask(e);
      }
      case PROBE -> {
        if (e.asked < settings.nd6Umaxtries) {
          ask(e);
        } else {
          table.remove(e);
          routers.reachability(e);
        }
      }
    }
  }

  /** Nobody answered: what waited is told so. */
  private void unreachable(Nd6Entry e) {
    Mbuf m = e.takeHeld();
    while (m != null) {
      boolean local =
          ip.addresses.find(
                  Ip6Header.sourceHi(m.buf, m.off),
                  Ip6Header.sourceLo(m.buf, m.off),
                  e.in.ifnet().index())
              != null;
      if (local && Ip6Address.isLinkLocal(Ip6Header.sourceHi(m.buf, m.off))) {
        vnet.drop(m, DropReason.ND6_UNRESOLVED);
      } else {
        errors.error(
            m, e.in, Icmp6Message.UNREACH, Icmp6Message.UNREACH_ADDR, 0, DropReason.ND6_UNRESOLVED);
      }
      m = e.takeHeld();
    }
    table.remove(e);
  }

  // ---- what is learnt ----

  /** A solicited answer came: nd6_llinfo_setstate REACHABLE. */
  void reachable(Nd6Entry e) {
    if (e.permanent) {
      return;
    }
    e.state = Nd6Entry.State.REACHABLE;
    e.asked = 0;
    long base = e.in.reachableTime;
    long half = Math.max(1, base / 2);
    e.timer.reset(half + (ip.random.nextLong() >>> 1) % Math.max(1, base));
  }

  /** The link address is known, but not that it answers. */
  void stale(Nd6Entry e) {
    if (e.permanent) {
      return;
    }
    e.state = Nd6Entry.State.STALE;
    e.asked = 0;
    e.timer.reset(settings.nd6Gctimer * SECOND);
  }

  /** Sends what waited. */
  void release(Nd6Entry e) {
    if (e.firstHeld() != null && e.state == Nd6Entry.State.STALE) {
      e.state = Nd6Entry.State.DELAY;
      e.timer.reset(settings.nd6Delay * SECOND);
    }
    for (Mbuf m = e.takeHeld(); m != null; m = e.takeHeld()) {
      ethernet.send(e.in.ifnet(), m, e.mac, EtherHeader.TYPE_IPV6);
    }
  }

  /** A neighbour told its link address in passing: nd6_cache_lladdr. */
  void learn(In6Ifinfo in, long hi, long lo, long mac, boolean router) {
    if ((hi | lo) == 0 || !in.isEther()) {
      return;
    }
    Nd6Entry e = table.find(in, hi, lo);
    if (e == null) {
      if (mac < 0) {
        return;
      }
      e = table.create(in, hi, lo);
    }
    if (router) {
      e.router = true;
    }
    if (mac < 0 || e.own || e.permanent || e.mac == mac) {
      return;
    }
    e.mac = mac;
    stale(e);
    release(e);
  }

  // ---- router's redirects ----

  @Override
  public void redirect(Mbuf m, In6Ifinfo in, long hi, long lo) {
    long fromHi = Ip6Header.sourceHi(m.buf, m.off);
    long fromLo = Ip6Header.sourceLo(m.buf, m.off);
    In6Address own = in.linkLocal(false);
    if (own == null || !neighbor(in, fromHi, fromLo)) {
      return;
    }
    Nd6Entry e = table.find(in, hi, lo);
    ip.stats.redirectsent++;
    output.redirect(m, in, own, hi, lo, e == null ? -1 : e.mac);
  }

  /** Whether an address is on the link. */
  boolean neighbor(In6Ifinfo in, long hi, long lo) {
    if (Ip6Address.isLinkLocal(hi)) {
      return true;
    }
    for (In6Address a : in.addresses()) {
      if (!a.isLinkLocal() && a.prefixLength() < 128 && a.covers(hi, lo)) {
        return true;
      }
    }
    return table.find(in, hi, lo) != null;
  }

  // ---- our own addresses ----

  @Override
  public void address(Ifnet ifp, IfAddress address, boolean added) {
    In6Ifinfo in = Ip6.of(ifp);
    if (!(address instanceof In6Address a) || in == null || !in.isEther()) {
      return;
    }
    Nd6Entry e = table.find(in, a.hi(), a.lo());
    if (added) {
      if (e == null) {
        e = table.create(in, a.hi(), a.lo());
      }
      e.permanent = true;
      e.own = true;
      e.timer.stop();
      e.mac = ifp.lladdr();
      e.state = Nd6Entry.State.REACHABLE;
    } else if (e != null && e.own) {
      table.remove(e);
    }
  }

  @Override
  public void event(Ifnet ifp, IfEvent event) {
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null) {
      return;
    }
    if (event == IfEvent.LLADDR && in.isEther()) {
      for (Nd6Entry e : table.list()) {
        if (e.in == in && e.own) {
          e.mac = ifp.lladdr();
        }
      }
      grand.start(in);
    } else if (event == IfEvent.DOWN) {
      table.removeIf(e -> e.in == in && !e.permanent);
    }
  }

  // ---- ndp(8) ----

  /** The table, by interface and address. */
  public List<Nd6Neighbor> list() {
    List<Nd6Neighbor> all = new ArrayList<>();
    for (Nd6Entry e : table.list()) {
      all.add(describe(e));
    }
    return all;
  }

  private Nd6Neighbor describe(Nd6Entry e) {
    int zone = Ip6Address.isLinkLocal(e.hi) ? e.in.ifnet().index() : 0;
    long left = e.timer.pending() ? (e.timer.deadline() - vnet.lane().now()) / SECOND : 0;
    return new Nd6Neighbor(
        new Ip6Address(e.hi, e.lo, zone),
        e.resolved() ? new MacAddress(e.mac) : null,
        e.in.ifnet().name(),
        e.permanent,
        e.published,
        e.router,
        e.permanent ? -1 : Math.max(0, left),
        e.state.name().toLowerCase(java.util.Locale.ROOT));
  }

  /**
   * Adds an entry by hand, or replaces one.
   *
   * @throws ErrnoException ENETUNREACH where no link holds the address; EPERM for our own
   */
  public void set(Ip6Address address, MacAddress mac, boolean temporary, boolean published)
      throws ErrnoException {
    vnet.gate();
    In6Ifinfo in = linkOf(address);
    Nd6Entry e = table.find(in, address.hi(), address.lo());
    if (e != null && e.own) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (e == null) {
      e = table.create(in, address.hi(), address.lo());
    }
    e.mac = mac.bits();
    e.published = published;
    e.permanent = !temporary;
    e.timer.stop();
    e.state = Nd6Entry.State.REACHABLE;
    if (temporary) {
      reachable(e);
    }
    if (published) {
      proxy(e);
    }
    release(e);
  }

  /** A proxy hears the questions for the address. */
  private void proxy(Nd6Entry e) throws ErrnoException {
    Ip6Address group = new Ip6Address(e.hi, e.lo, 0).solicitedNode();
    if (e.group == null) {
      e.group = ip.multicast.join(e.in, group.hi(), group.lo());
    }
  }

  private In6Ifinfo linkOf(Ip6Address a) throws ErrnoException {
    In6Ifinfo in = a.isLinkLocal() ? ip.zone(a.scopeId()) : null;
    if (in == null && !a.isLinkLocal()) {
      Nexthop nh = ip.routes.lookup(0, Family.INET6, a.hi(), a.lo(), 0);
      in = nh == null || nh.viaGateway() ? null : Ip6.of(nh.ifnet());
    }
    if (in == null || !in.isEther()) {
      throw new ErrnoException(Errno.ENETUNREACH);
    }
    return in;
  }

  /**
   * Deletes an entry.
   *
   * @throws ErrnoException ENOENT when there is none, EPERM for our own
   */
  public Nd6Neighbor delete(Ip6Address address, @Nullable String ifname) throws ErrnoException {
    for (Nd6Entry e : table.list()) {
      boolean zone = address.scopeId() == 0 || address.scopeId() == e.in.ifnet().index();
      if (e.hi == address.hi()
          && e.lo == address.lo()
          && zone
          && (ifname == null || e.in.ifnet().name().equals(ifname))) {
        if (e.own) {
          throw new ErrnoException(Errno.EPERM);
        }
        Nd6Neighbor was = describe(e);
        table.remove(e);
        return was;
      }
    }
    throw new ErrnoException(Errno.ENOENT);
  }

  /** Forgets the neighbours and routers on an interface that leaves. */
  public void purge(In6Ifinfo gone) {
    routers.purge(gone);
    table.removeIf(e -> e.in == gone);
    grand.stop(gone);
  }

  /** Forgets everything: the shutdown stage. */
  public void stop() {
    dad.stopAll();
    grand.stopAll();
    routers.stop();
    table.removeIf(e -> true);
  }

  /** The routers that advertise themselves: ndp -r. */
  public List<Nd6Router.Known> routers() {
    return routers.list();
  }

  /** The prefixes of the links: ndp -p. */
  public List<Nd6Prefix.Shown> prefixes() {
    return routers.prefixes.list();
  }

  /** Forgets the routers: ndp -R. */
  public void flushRouters() {
    routers.flush();
  }

  /** Forgets the prefixes and what was made of them: ndp -P. */
  public void flushPrefixes() {
    routers.prefixes.flush();
  }
}
