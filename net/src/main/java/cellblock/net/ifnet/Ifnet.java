package cellblock.net.ifnet;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufInput;
import cellblock.kern.memguard.Grave;
import cellblock.kern.memguard.MemGuard;
import cellblock.kern.plan.Guard;
import cellblock.kern.vnet.CurVnet;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A network interface (ancestor: struct ifnet of net/if_var.h, net/if.c).
 *
 * <p>Its attach state and its generation are one word. The generation changes when it is detached
 * and again when it is attached, hence on every move; none is used twice in a machine. There are
 * three ways to refer to one: the plain pointer, good inside a turn or section; {@link IfRef},
 * counted; {@link IfHandle}, weak. A mbuf in an inbox holds the weak kind.
 *
 * <p>Threading: changed in turns of the lane of the vnet that it is in; getters of facts are for
 * anyone, counters for the lane. Only {@link IfMove} changes its vnet.
 */
public final class Ifnet implements MbufInput {
  /** IFNAMSIZ without the terminating zero. */
  public static final int NAME_MAX = 15;

  private static final VarHandle REFS;
  private static final VarHandle CLAIM;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REFS = lookup.findVarHandle(Ifnet.class, "refs", int.class);
      CLAIM = lookup.findVarHandle(Ifnet.class, "claim", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final boolean checked;
  private final IfIndexTable table;
  private final int index;
  private final int type;
  private final Vnet home;
  private final IfDriver driver;
  private final Function<Vnet, ? extends LinkLayer> linkLayers;
  private final IfCounters counters = new IfCounters();
  final IfFacts facts;
  final IfMulticasts multicasts = new IfMulticasts(this);
  private final IfFamilies families = new IfFamilies(this);
  private final IfHooks hooks = new IfHooks(this);

  private volatile long word;
  private volatile Vnet vnet;
  private volatile String name;
  private final String bornName;
  private volatile int refs = 1;
  private volatile @Nullable Object claim;
  private int nexthops;
  private volatile @Nullable Grave grave;
  private @Nullable IfCloner homeCloner;

  // Set while attached, by Interfaces, in the lane.
  private @Nullable LinkLayer linkLayer;
  Ledger.@Nullable Entry entry;

  /** Its place in the list of its vnet. */
  long arrival;

  private Ifnet(
      Vnet home,
      int type,
      String name,
      IfDriver driver,
      Function<Vnet, ? extends LinkLayer> linkLayers) {
    this.checked = home.machine().invariants();
    this.table = IfIndexTable.IFINDEX.of(home.machine());
    this.home = home;
    this.vnet = home;
    this.type = type;
    this.name = name;
    this.bornName = name;
    this.driver = driver;
    this.linkLayers = linkLayers;
    this.facts = new IfFacts(this);
    this.word = word(table.nextGeneration(), IfState.ALLOCATED);
    this.index = table.claim(this);
  }

  /**
   * A new interface, in no list yet (if_alloc). Its home is {@code vnet}, for ever.
   *
   * @param type an IFT_* of {@link IfType}
   * @param linkLayers the link layer of a vnet, asked for at each attach
   */
  public static Ifnet allocate(
      Vnet vnet,
      int type,
      String name,
      IfDriver driver,
      Function<Vnet, ? extends LinkLayer> linkLayers) {
    return new Ifnet(vnet, type, name, driver, linkLayers);
  }

  // ---- state word ----

  private static long word(int generation, IfState state) {
    return (long) generation << 3 | state.ordinal();
  }

  public IfState state() {
    return IfState.of(word);
  }

  @Override
  public int generation() {
    return (int) (word >>> 3);
  }

  /** Whether output may use it: one volatile read. */
  public boolean attached() {
    return (word & 7) == IfState.ATTACHED.ordinal();
  }

  boolean attachedAs(int generation) {
    return word == ((long) generation << 3 | IfState.ATTACHED.ordinal());
  }

  /** Whether it is ATTACHED and in {@code v}: what an output path asks that keeps a pointer. */
  public boolean usableIn(Vnet v) {
    return attached() && vnet == v;
  }

  /** Changes the state and keeps the generation. */
  void state(IfState now) {
    word = word & ~7L | now.ordinal();
  }

  /** Changes the state under a new generation, and publishes it. */
  void newGeneration(IfState now) {
    word = word(table.nextGeneration(), now);
    table.publish(this);
  }

  // ---- identity ----

  public int index() {
    return index;
  }

  public int type() {
    return type;
  }

  /** Whether Ethernet frames pass it: an Ethernet, or a type that stands on one. */
  public boolean isEther() {
    return type == IfType.ETHER || type == IfType.BRIDGE;
  }

  public String name() {
    return name;
  }

  /** The name it was made with: if_dname and if_dunit. */
  public String bornName() {
    return bornName;
  }

  void name(String now) {
    name = now;
  }

  /** The vnet that it is in, or was last in. */
  public Vnet vnet() {
    return vnet;
  }

  /** For {@link IfMove} alone; it is DETACHED. */
  void vnet(Vnet now) {
    vnet = now;
  }

  /** The vnet that it was made in (if_home_vnet). */
  public Vnet home() {
    return home;
  }

  /** The cloner that made it and destroys it, wherever it is; null for what no cloner made. */
  public @Nullable IfCloner homeCloner() {
    return homeCloner;
  }

  void homeCloner(IfCloner cloner) {
    homeCloner = cloner;
  }

  public IfDriver driver() {
    return driver;
  }

  // ---- references ----

  /** The weak reference, as of now. */
  public IfHandle handle() {
    long w = word;
    return new IfHandle(index, (int) (w >>> 3), vnet.id());
  }

  /** A counted reference, or null: the last one went (if_try_ref). In a section. */
  public @Nullable IfRef tryRef() {
    while (true) {
      int r = refs;
      if (r == 0) {
        return null;
      }
      if (REFS.compareAndSet(this, r, r + 1)) {
        return new IfRef(this);
      }
    }
  }

  /** if_rele: the last one frees the index. */
  void release() {
    int left = (int) REFS.getAndAdd(this, -1) - 1;
    if (left == 0) {
      table.free(this);
    } else if (left < 0) {
      throw new IllegalStateException(this + ": more references closed than taken");
    }
  }

  // ---- one saga at a time ----

  /** Claims it for a saga; again by the same saga is fine. */
  boolean claim(Object saga) {
    return claim == saga || CLAIM.compareAndSet(this, null, saga);
  }

  void unclaim(Object saga) {
    CLAIM.compareAndSet(this, saga, null);
  }

  /** The saga that moves or destroys it, or null. */
  public @Nullable Object claimant() {
    return claim;
  }

  // ---- facts ----

  public int flags() {
    return facts.flags;
  }

  public int mtu() {
    return facts.mtu;
  }

  public int metric() {
    return facts.metric;
  }

  public int fib() {
    return facts.fib;
  }

  /** if_pcp: the priority code point of every frame sent; -1 = frames are not tagged. */
  public int pcp() {
    return facts.pcp;
  }

  public int capabilities() {
    return facts.capabilities;
  }

  public int capEnabled() {
    return facts.capEnabled;
  }

  public @Nullable String description() {
    return facts.description;
  }

  /** Groups in order of joining; the first is "all". */
  public List<String> groups() {
    return facts.groups;
  }

  /** Link address, 48 bits; 0 where the type has none. */
  public long lladdr() {
    return facts.lladdr;
  }

  /** The link address that it was made with. */
  public long hwaddr() {
    return facts.hwaddr;
  }

  /** Bytes of a link address: 6 or 0. */
  public int hwAddrLen() {
    return facts.addrLen;
  }

  /** Bytes of a link header. */
  public int headerLen() {
    return facts.headerLen;
  }

  public LinkState linkState() {
    return facts.linkState;
  }

  /** Bits a second. */
  public long baudrate() {
    return facts.baudrate;
  }

  /** What the link does for its senders (if_hwassist): bits ASSIST_* of {@link IfFacts}. */
  public int hwassist() {
    return facts.hwassist;
  }

  public @Nullable String mediaText() {
    return driver.media(this);
  }

  public @Nullable String statusText() {
    return driver.status(this);
  }

  /** Sets what a driver knows before it attaches the interface. */
  public IfFacts facts() {
    return facts;
  }

  /** SIOCSIFFLAGS: bits that only the kernel sets are ignored. */
  public void setFlags(int set, int clear) throws ErrnoException {
    facts.setFlags(set, clear);
  }

  /** SIOCSIFMTU: EINVAL outside 72 to 65535. */
  public void setMtu(int mtu) throws ErrnoException {
    facts.setMtu(mtu);
  }

  /** SIOCSIFMETRIC. */
  public void setMetric(int metric) throws ErrnoException {
    facts.setMetric(metric);
  }

  /** How many nexthops name it: nobody need look for them when there is none. In the lane. */
  public int nexthops() {
    return nexthops;
  }

  /**
   * A nexthop that names it came (1) or went (-1); the route tables say so, in turns of the lane.
   */
  public void countNexthop(int more) {
    nexthops += more;
  }

  /** SIOCSIFFIB; the caller knows how many there are. */
  public void setFib(int fib, int fibs) throws ErrnoException {
    facts.setFib(fib, fibs);
  }

  /** SIOCSLANPCP: the priority code point of what it sends, 0 to 7; -1 = none. */
  public void setPcp(int pcp) throws ErrnoException {
    facts.setPcp(pcp);
  }

  /** SIOCSIFDESCR: null removes; ENAMETOOLONG above 1023 bytes. */
  public void setDescription(@Nullable String text) throws ErrnoException {
    facts.setDescription(text);
  }

  /** SIOCSIFCAP: EINVAL for what the driver does not have. */
  public void setCapabilities(int set, int clear) throws ErrnoException {
    facts.setCapabilities(set, clear);
  }

  /** SIOCSIFLLADDR: EINVAL where the type has none. */
  public void setLladdr(long bits) throws ErrnoException {
    facts.setLladdr(bits);
  }

  /** SIOCAIFGROUP: EINVAL for a name that ends in a digit, EEXIST when a member. */
  public void addGroup(String group) throws ErrnoException {
    facts.addGroup(group);
  }

  /** SIOCDIFGROUP: ENOENT when not a member. */
  public void removeGroup(String group) throws ErrnoException {
    facts.removeGroup(group);
  }

  /** if_up. */
  public void up() {
    facts.up();
  }

  /** if_down. */
  public void down() {
    facts.down();
  }

  /** IFF_DRV_RUNNING: for the driver. */
  public void running(boolean on) {
    facts.flag(IfFlags.RUNNING, on);
  }

  /** if_link_state_change: nothing happens unless it is ATTACHED (F8). */
  public void linkStateChange(LinkState now) {
    facts.linkStateChange(now);
  }

  /** ifpromisc, counted. */
  public void promisc(boolean on) {
    facts.promisc(on);
  }

  /** if_allmulti, counted. */
  public void allmulti(boolean on) {
    facts.allmulti(on);
  }

  // ---- addresses and families ----

  /** Its network addresses: a snapshot that must not be changed. */
  public IfAddress[] addresses() {
    return families.addresses;
  }

  /** The address that is {@code family}'s key, or null. */
  public @Nullable IfAddress address(Family family, long hi, long lo) {
    return families.address(family, hi, lo);
  }

  /**
   * Publishes an address. The first of a family brings most interfaces up. ENXIO unless ATTACHED,
   * EBUSY when the vnet is going away.
   */
  public void addAddress(IfAddress a) throws ErrnoException {
    families.add(a);
  }

  /** Takes an address out; one that is out already is left alone. */
  public void removeAddress(IfAddress a) {
    families.remove(a);
  }

  /** What a family keeps here (if_afdata): null before attach and after detach. */
  public @Nullable Object afData(Family family) {
    return families.data(family);
  }

  void afData(Family family, @Nullable Object data) {
    families.data(family, data);
  }

  /** Its revoke has ended, or null again: it is being attached anew. */
  void revoked(@Nullable Grave by) {
    families.revoked = by;
  }

  /** It is DEAD. */
  void grave(Grave of) {
    grave = of;
  }

  /**
   * In a turn that names it: that it has not been destroyed. {@code by} and {@code of} say who
   * named it; they are put into words only where it has.
   */
  void mustLive(String by, @Nullable Object of) {
    Grave dead = grave;
    if (dead != null) {
      throw memguard().touched(dead, of == null ? by : by + " " + of);
    }
  }

  MemGuard memguard() {
    return home.machine().memguard();
  }

  // ---- multicast ----

  /** Joins a group, counted; the link-level filter follows (if_addmulti). */
  public IfMulticast joinMulticast(Family family, long hi, long lo) {
    return multicasts.join(family, hi, lo);
  }

  /** Leaves it once; nothing happens when the interface has been detached meanwhile. */
  public void leaveMulticast(IfMulticast m) {
    multicasts.leave(m);
  }

  /** Memberships, link-level ones included, in order of joining. */
  public List<IfMulticast> multicasts() {
    return multicasts.list();
  }

  /** Whether the link-level filter lets a group address in. */
  public boolean acceptsMulticast(long mac) {
    return (facts.flags & (IfFlags.ALLMULTI | IfFlags.PROMISC)) != 0 || multicasts.filters(mac);
  }

  // ---- packets ----

  public IfCounters counters() {
    return counters;
  }

  /**
   * Sends a packet to its next hop (if_output). Takes {@code m}.
   *
   * @param from the caller's vnet: an interface that has left it is refused
   */
  public @Nullable Errno output(Vnet from, Mbuf m, Family family, long hi, long lo) {
    LinkLayer link = linkLayer;
    if (!usableIn(from) || link == null) {
      from.drop(m, DropReason.STALE_INTERFACE);
      return Errno.ENXIO;
    }
    return link.output(this, m, family, hi, lo);
  }

  /**
   * Gives a complete frame to taps, hooks and the driver, which counts it (if_transmit). What was
   * left to a link that does not do it is done before. Takes m.
   */
  public @Nullable Errno transmit(Mbuf m) {
    if (!attached()) {
      CurVnet.get().drop(m, DropReason.STALE_INTERFACE);
      return Errno.ENXIO;
    }
    return OffloadOutput.owes(m) ? OffloadOutput.transmit(this, m) : deliver(m);
  }

  /** The rest of {@link #transmit}. */
  @Nullable Errno deliver(Mbuf m) {
    if (type != IfType.LOOP) { // what loops back is seen once, as it comes in (if_simloop)
      hooks.tap(m, true);
    }
    return hooks.output(m) ? null : driver.transmit(this, m);
  }

  /** Shows the taps a frame: its own, or one that passes by. */
  public void tapped(Mbuf m, boolean out) {
    hooks.tap(m, out);
  }

  /** The driver counts a frame that it has sent; {@code mbufFlags} as they were. */
  public void sent(int bytes, int mbufFlags) {
    counters.opackets++;
    counters.obytes += bytes;
    if ((mbufFlags & (Mbuf.M_BCAST | Mbuf.M_MCAST)) != 0) {
      counters.omcasts++;
    }
  }

  /** A frame from the driver, counted and tapped (if_input). Takes {@code m}. */
  @Override
  public void input(Mbuf m) {
    LinkLayer link = linkLayer;
    if (checked && CurVnet.get() != vnet) {
      throw memguard().strayed(name + " of " + vnet, "a packet in an inbox of " + CurVnet.get());
    }
    if (link == null || (facts.flags & IfFlags.UP) == 0) {
      mustLive("a packet in an inbox", null);
      counters.iqdrops++;
      vnet.drop(m, DropReason.INTERFACE_DOWN);
      return;
    }
    counters.ipackets++;
    counters.ibytes += m.len;
    hooks.tap(m, false);
    if (!hooks.input(m)) {
      link.input(this, m);
    }
  }

  /** The interface left while {@code m} lay in an inbox: the lane that found it drops it. */
  @Override
  public void drop(Mbuf m, DropReason reason) {
    CurVnet.get().drop(m, reason);
  }

  /** Taps the interface; in the lane. It stands in the ledger until it is removed or cut off. */
  public void addTap(IfTap t) throws ErrnoException {
    vnet.gate();
    requireAttached();
    hooks.add(t);
  }

  public void removeTap(IfTap t) {
    hooks.remove(t);
  }

  /** Lets a bridge, vlan or the like see frames first; in the lane. */
  public void addHook(EtherHook h) throws ErrnoException {
    vnet.gate();
    requireAttached();
    hooks.add(h);
  }

  public void removeHook(EtherHook h) {
    hooks.remove(h);
  }

  public boolean hasHooks() {
    return hooks.any();
  }

  // ---- for Interfaces and IfDetach ----

  Interfaces interfaces() {
    return Interfaces.of(vnet);
  }

  void requireAttached() throws ErrnoException {
    if (!attached()) {
      throw new ErrnoException(Errno.ENXIO);
    }
  }

  void bindLink() {
    linkLayer = linkLayers.apply(vnet);
  }

  void unbindLink() {
    linkLayer = null;
    if (home.machine().plan().has(Guard.TAPS)) {
      hooks.cutTaps();
    }
    hooks.cutHooks();
  }

  @Override
  public String toString() {
    return name;
  }
}
