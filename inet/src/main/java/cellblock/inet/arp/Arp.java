package cellblock.inet.arp;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ether.Resolver;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.route.Nexthop;
import cellblock.wire.ArpPacket;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ARP of one vnet: finds link addresses for EtherOutput, keeps them fresh while they are used, lets
 * them expire (ancestor: arpresolve, arptimer, arp_ifinit of netinet/if_ether.c). Threading: turns
 * of the vnet's lane.
 */
public final class Arp implements Resolver, IfListener {
  static final long SECOND = 1_000_000_000L;

  /** Seconds between requests that verify an entry (arpt_rexmit). */
  private static final long RETRANSMIT = SECOND;

  final Vnet vnet;
  final Ip4 ip;
  final ArpStats stats;
  final ArpSettings settings;
  final Ethernet ethernet;
  final ArpTable table;
  private final ArpInput input;

  public Arp(Ip4 ip, ArpStats stats, ArpSettings settings) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = stats;
    this.settings = settings;
    this.ethernet = Ethernet.of(vnet);
    this.table = new ArpTable(vnet, stats, this::expire);
    this.input = new ArpInput(this);
  }

  /** Where frames of ARP's Ethernet type go. */
  public ArpInput input() {
    return input;
  }

  @Override
  public Family family() {
    return Family.INET;
  }

  private long now() {
    return vnet.lane().now();
  }

  // ---- resolve ----

  @Override
  public long resolve(Ifnet ifp, Mbuf m, long hi, long lo) {
    int address = (int) (hi >>> 32);
    ArpEntry e = table.find(ifp, address);
    if (e != null && e.valid && (e.permanent || fresh(e))) {
      if (e.blackhole || e.reject) {
        vnet.drop(m, e.reject ? DropReason.IP_REJECT : DropReason.IP_BLACKHOLE);
        return e.reject ? REFUSED : PARKED;
      }
      e.used = true;
      return e.mac;
    }
    if (e == null) {
      if ((ifp.flags() & (IfFlags.NOARP | IfFlags.STATICARP)) != 0) {
        vnet.drop(m, DropReason.ARP_UNRESOLVED);
        return REFUSED;
      }
      e = table.create(ifp, address);
    }
    return ask(e, m);
  }

  private long ask(ArpEntry e, Mbuf m) {
    e.hold(m);
    while (e.held() > Math.max(1, settings.maxhold)) {
      Mbuf oldest = e.takeHeld();
      if (oldest != null) {
        stats.dropped++;
        vnet.drop(oldest, DropReason.ARP_HELD_OVERFLOW);
      }
    }
    boolean patient = e.asked < settings.maxtries;
    long second = now() / SECOND;
    if (e.asked == 0 || e.askedAt != second) {
      e.askedAt = second;
      e.asked++;
      e.expireIn(settings.wait * SECOND);
      request(e.ifp, e.address);
    }
    return patient ? PARKED : REFUSED;
  }

  /** Asks who has {@code target}: arprequest. */
  void request(Ifnet ifp, int target) {
    InIfinfo in = Ip4.of(ifp);
    InAddress from = in == null ? null : in.sourceFor(target);
    if (from == null) {
      return;
    }
    request(ifp, from.address(), target);
  }

  private void request(Ifnet ifp, int sender, int target) {
    Mbuf m = vnet.mbufs().alloc(ArpPacket.LENGTH);
    ArpPacket.put(m.buf, m.off, ArpPacket.REQUEST, ifp.lladdr(), sender, 0, target);
    stats.txrequests++;
    if (ethernet.send(ifp, m, MacAddress.BROADCAST_BITS, EtherHeader.TYPE_ARP) != null) {
      stats.txerrors++;
    }
  }

  // ---- state ----

  /** An answer came: arp_mark_lle_reachable, and what waited is sent. */
  void reachable(ArpEntry e, long mac) {
    e.mac = mac;
    e.valid = true;
    e.state = ArpEntry.State.REACHABLE;
    e.asked = 0;
    if (!e.permanent) {
      long keep = settings.maxAge;
      e.expires = now() + keep * SECOND;
      long watch = keep - settings.maxtries;
      e.expireIn((watch < 0 ? keep : watch) * SECOND);
      e.refreshes = settings.maxtries;
    }
    for (Mbuf m = e.takeHeld(); m != null; m = e.takeHeld()) {
      ethernet.send(e.ifp, m, mac, EtherHeader.TYPE_IP);
    }
  }

  /** Until it is to be verified its timer is certain to come first: no look at the clock. */
  private boolean fresh(ArpEntry e) {
    return e.state == ArpEntry.State.REACHABLE || e.expires > now();
  }

  private void expire(ArpEntry e) {
    if (e.own) {
      repeat(e);
      return;
    }
    if (e.permanent) {
      return;
    }
    switch (e.state) {
      case REACHABLE -> {
        e.used = false;
        e.state = ArpEntry.State.VERIFY;
        e.expireIn(RETRANSMIT);
      }
      case VERIFY -> verify(e);
      case INCOMPLETE -> timedOut(e);
    }
  }

  private void verify(ArpEntry e) {
    if (e.used && e.refreshes > 0) {
      e.refreshes--;
      e.expireIn(RETRANSMIT);
      request(e.ifp, e.address);
    } else if (e.expires > now()) {
      e.expireIn(RETRANSMIT);
    } else {
      timedOut(e);
    }
  }

  private void timedOut(ArpEntry e) {
    stats.timeouts++;
    table.remove(e);
  }

  // ---- our own addresses ----

  @Override
  public void address(Ifnet ifp, IfAddress address, boolean added) {
    if (!(address instanceof InAddress a) || !ifp.isEther()) {
      return;
    }
    if (added) {
      announce(ifp, a);
    } else {
      // The neighbours of its network go with it: in_scrubprefixlle.
      table.removeIf(
          ifp, e -> (e.own ? e.address == a.address() : a.near(e.address) && !e.permanent));
    }
  }

  /** arp_ifinit: tells the link, and enters the address itself. */
  private void announce(Ifnet ifp, InAddress a) {
    if (a.address() == 0 || (ifp.flags() & IfFlags.NOARP) != 0) {
      return;
    }
    ArpEntry e = table.find(ifp, a.address());
    if (e == null) {
      e = table.create(ifp, a.address());
    }
    e.permanent = true;
    e.own = true;
    e.stopTimer();
    reachable(e, ifp.lladdr());
    if ((ifp.flags() & IfFlags.UP) != 0) {
      request(ifp, a.address(), a.address());
    }
    if (settings.garpRexmitCount > 0) {
      e.expireIn(SECOND);
    }
  }

  /** Tells the link of our own address once more, each time after twice the wait: garp_rexmit. */
  private void repeat(ArpEntry e) {
    if ((e.ifp.flags() & IfFlags.UP) != 0) {
      request(e.ifp, e.address, e.address);
    }
    e.asked++;
    if (e.asked < settings.garpRexmitCount) {
      e.expireIn(SECOND << e.asked);
    }
  }

  @Override
  public void event(Ifnet ifp, IfEvent event) {
    if (event != IfEvent.LLADDR || !ifp.isEther()) {
      return;
    }
    InIfinfo in = Ip4.of(ifp);
    if (in != null) {
      for (InAddress a : in.addresses()) {
        announce(ifp, a);
      }
    }
  }

  // ---- arp(8) ----

  /** The table, by interface and address. */
  public List<Neighbor> list() {
    List<Neighbor> all = new ArrayList<>();
    for (ArpEntry e : table.list()) {
      all.add(describe(e));
    }
    return all;
  }

  private Neighbor describe(ArpEntry e) {
    long left = e.valid ? e.expires - now() : e.deadline() - now();
    return new Neighbor(
        new Ip4Address(e.address),
        e.valid ? new MacAddress(e.mac) : null,
        e.ifp.name(),
        e.permanent,
        e.published,
        e.permanent ? -1 : Math.max(0, (left + SECOND - 1) / SECOND));
  }

  /**
   * Adds an entry by hand, or replaces one: RTM_ADD of RTF_LLDATA.
   *
   * @param temporary lets it expire as if it had been learnt
   * @throws ErrnoException ENETUNREACH where no attached network holds the address; EPERM for our
   *     own
   */
  public void set(
      Ip4Address address,
      MacAddress mac,
      boolean temporary,
      boolean published,
      boolean blackhole,
      boolean reject)
      throws ErrnoException {
    vnet.gate();
    Ifnet ifp = interfaceFor(address.bits(), published);
    ArpEntry e = table.find(ifp, address.bits());
    if (e != null && e.own) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (e == null) {
      e = table.create(ifp, address.bits());
    }
    e.permanent = !temporary;
    e.published = published;
    e.blackhole = blackhole;
    e.reject = reject;
    e.stopTimer();
    reachable(e, mac.bits());
  }

  private Ifnet interfaceFor(int address, boolean published) throws ErrnoException {
    Nexthop nh = ip.routes.lookup4(0, address, 0);
    Ifnet ifp = nh == null || nh.viaGateway() ? null : nh.ifnet();
    InAddress near = ip.addresses.withNet(address);
    if ((ifp == null || !ifp.isEther()) && published && near != null) {
      ifp = near.in().ifnet();
    }
    if (ifp == null || !ifp.isEther()) {
      throw new ErrnoException(Errno.ENETUNREACH);
    }
    return ifp;
  }

  /**
   * Deletes an entry.
   *
   * @param ifname or null for the first interface that has it
   * @throws ErrnoException ENOENT when there is none, EPERM for our own
   */
  public Neighbor delete(Ip4Address address, @Nullable String ifname) throws ErrnoException {
    for (ArpEntry e : table.list()) {
      if (e.address == address.bits() && (ifname == null || e.ifp.name().equals(ifname))) {
        if (e.own) {
          throw new ErrnoException(Errno.EPERM);
        }
        Neighbor was = describe(e);
        table.remove(e);
        return was;
      }
    }
    throw new ErrnoException(Errno.ENOENT);
  }

  /** Forgets the neighbours on an interface that leaves. */
  public void purge(Ifnet gone) {
    table.removeIf(gone, e -> true);
  }

  /** Forgets everything: the shutdown stage. */
  public void stop() {
    table.clear();
  }
}
