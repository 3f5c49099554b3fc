package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.Guard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of an interface and set on it (ancestor: the fields that ifhwioctl of net/if.c
 * sets, with its rules). The driver fills it in before it attaches the interface.
 *
 * <p>Threading: written in turns of the lane, read by anyone.
 */
public final class IfFacts {
  /** IF_MINMTU and IF_MAXMTU. */
  public static final int MTU_MIN = 72;

  public static final int MTU_MAX = 65535;

  /** net.ifdescr_maxlen, the terminating zero included. */
  public static final int DESCRIPTION_MAX = 1024;

  /**
   * Bit of hwassist: checksums of TCP and UDP over IPv4 may be left undone (CSUM_TCP, CSUM_UDP).
   */
  public static final int ASSIST_CSUM = 0x6;

  /** The same over IPv6 (CSUM_TCP_IPV6, CSUM_UDP_IPV6). */
  public static final int ASSIST_CSUM_IPV6 = 0x600;

  /** Bit of hwassist: a TCP segment of up to 64 KiB over IPv4 travels whole (CSUM_IP_TSO). */
  public static final int ASSIST_TSO4 = 0x10;

  /** The same over IPv6 (CSUM_IP6_TSO). */
  public static final int ASSIST_TSO6 = 0x1000;

  private final Ifnet ifp;
  volatile int flags;
  volatile int mtu = 1500;
  volatile int metric;
  volatile int fib;
  volatile int pcp = -1;
  volatile int capabilities;
  volatile int capEnabled;
  volatile @Nullable String description;
  volatile List<String> groups = List.of();
  volatile long lladdr;
  volatile long hwaddr;
  volatile int addrLen;
  volatile int headerLen;
  volatile LinkState linkState = LinkState.UNKNOWN;
  volatile long baudrate;
  volatile int hwassist;
  private int promiscCount;
  private int allmultiCount;

  IfFacts(Ifnet ifp) {
    this.ifp = ifp;
  }

  // ---- for the driver, before attach ----

  public IfFacts flags(int now) {
    flags = now;
    return this;
  }

  public IfFacts mtu(int now) {
    mtu = now;
    return this;
  }

  /** Link header and address lengths, bytes. */
  public IfFacts link(int header, int address) {
    headerLen = header;
    addrLen = address;
    return this;
  }

  /** What it can do, and what of that is on. */
  public IfFacts capabilities(int all, int enabled) {
    capabilities = all;
    capEnabled = enabled;
    return this;
  }

  public IfFacts lladdr(long bits) {
    lladdr = bits;
    hwaddr = bits;
    return this;
  }

  /** Bits a second. */
  public IfFacts baudrate(long bits) {
    baudrate = bits;
    return this;
  }

  /** What the link does for its senders. */
  public IfFacts hwassist(int bits) {
    hwassist = bits;
    return this;
  }

  public IfFacts linkState(LinkState now) {
    linkState = now;
    return this;
  }

  /** What a link does whose enabled capabilities are {@code enabled}: TSO needs checksums. */
  public static int assistOf(int enabled) {
    int bits = 0;
    if ((enabled & IfCap.TXCSUM) != 0) {
      bits |= ASSIST_CSUM | ((enabled & IfCap.TSO4) != 0 ? ASSIST_TSO4 : 0);
    }
    if ((enabled & IfCap.TXCSUM_IPV6) != 0) {
      bits |= ASSIST_CSUM_IPV6 | ((enabled & IfCap.TSO6) != 0 ? ASSIST_TSO6 : 0);
    }
    return bits;
  }

  // ---- flags ----

  void flag(int bit, boolean on) {
    flags = on ? flags | bit : flags & ~bit;
  }

  void setFlags(int set, int clear) throws ErrnoException {
    ifp.requireAttached();
    int now = (flags & ~(clear & ~IfFlags.CANTCHANGE)) | set & ~IfFlags.CANTCHANGE;
    if (((now ^ flags) & IfFlags.PPROMISC) != 0) {
      flag(IfFlags.PPROMISC, (now & IfFlags.PPROMISC) != 0);
      promisc((now & IfFlags.PPROMISC) != 0);
    }
    int other = IfFlags.CANTCHANGE | IfFlags.UP;
    flags = flags & other | now & ~other;
    if ((now & IfFlags.UP) != 0) {
      up();
    } else {
      down();
    }
    ifp.driver().flagsChanged(ifp);
    tell(IfEvent.FLAGS);
  }

  void up() {
    if ((flags & IfFlags.UP) == 0 && ifp.attached()) {
      flag(IfFlags.UP, true);
      ifp.driver().init(ifp);
      tell(IfEvent.UP);
    }
  }

  void down() {
    if ((flags & IfFlags.UP) != 0) {
      flag(IfFlags.UP, false);
      ifp.driver().stop(ifp);
      tell(IfEvent.DOWN);
    }
  }

  void linkStateChange(LinkState now) {
    if (!ifp.attached() && ifp.home().machine().plan().has(Guard.LINK_STATE)) {
      return;
    }
    ifp.mustLive("a link-state change that was posted before");
    if (linkState != now) {
      linkState = now;
      log("link state changed to " + now);
      tell(IfEvent.LINK_STATE);
    }
  }

  void promisc(boolean on) {
    boolean was = promiscCount > 0;
    promiscCount = Math.max(0, promiscCount + (on ? 1 : -1));
    boolean is = promiscCount > 0;
    if (was != is) {
      flag(IfFlags.PROMISC, is);
      log("promiscuous mode " + (is ? "enabled" : "disabled"));
    }
    ifp.driver().flagsChanged(ifp);
  }

  void allmulti(boolean on) {
    allmultiCount = Math.max(0, allmultiCount + (on ? 1 : -1));
    flag(IfFlags.ALLMULTI, allmultiCount > 0);
    ifp.driver().flagsChanged(ifp);
  }

  /** Those who asked for it have been cut off. */
  void forgetCounts() {
    promiscCount = 0;
    allmultiCount = 0;
    flags &= ~(IfFlags.PROMISC | IfFlags.PPROMISC | IfFlags.ALLMULTI);
  }

  // ---- the rest ----

  void setMtu(int now) throws ErrnoException {
    ifp.requireAttached();
    if (now < MTU_MIN || now > MTU_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (now != mtu) {
      ifp.driver().setMtu(ifp, now);
      mtu = now;
      tell(IfEvent.MTU);
    }
  }

  void setMetric(int now) throws ErrnoException {
    ifp.requireAttached();
    metric = now;
  }

  void setFib(int now, int fibs) throws ErrnoException {
    ifp.requireAttached();
    if (now < 0 || now >= fibs) {
      throw new ErrnoException(Errno.EINVAL);
    }
    fib = now;
  }

  /** SIOCSLANPCP: EINVAL but for -1 to 7, and where the link has no such thing. */
  void setPcp(int now) throws ErrnoException {
    ifp.requireAttached();
    if (now < -1 || now > 7 || !ifp.isEther()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    pcp = now;
  }

  void setDescription(@Nullable String text) throws ErrnoException {
    ifp.requireAttached();
    if (text != null && text.getBytes(StandardCharsets.UTF_8).length >= DESCRIPTION_MAX) {
      throw new ErrnoException(Errno.ENAMETOOLONG);
    }
    description = text == null || text.isEmpty() ? null : text;
  }

  void setCapabilities(int set, int clear) throws ErrnoException {
    ifp.requireAttached();
    int now = capEnabled & ~clear | set;
    if ((now & ~capabilities) != 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (now != capEnabled) {
      ifp.driver().setCapabilities(ifp, now);
      capEnabled = now;
      tell(IfEvent.CAPABILITIES);
    }
  }

  void setLladdr(long bits) throws ErrnoException {
    ifp.requireAttached();
    if (addrLen != 6 || bits >>> 48 != 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    lladdr = bits;
    if ((flags & IfFlags.UP) != 0) {
      ifp.driver().stop(ifp); // the driver learns of it as if_setlladdr tells: by a restart
      ifp.driver().init(ifp);
    }
    tell(IfEvent.LLADDR);
  }

  void addGroup(String group) throws ErrnoException {
    ifp.requireAttached();
    if (group.isEmpty()
        || group.length() > Ifnet.NAME_MAX
        || Character.isDigit(group.charAt(group.length() - 1))) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (groups.contains(group)) {
      throw new ErrnoException(Errno.EEXIST);
    }
    joinGroup(group);
    tell(IfEvent.GROUPS);
  }

  void removeGroup(String group) throws ErrnoException {
    ifp.requireAttached();
    if (!groups.contains(group)) {
      throw new ErrnoException(Errno.ENOENT);
    }
    List<String> now = new ArrayList<>(groups);
    now.remove(group);
    groups = List.copyOf(now);
    tell(IfEvent.GROUPS);
  }

  void joinGroup(String group) {
    List<String> now = new ArrayList<>(groups);
    now.add(group);
    groups = List.copyOf(now);
  }

  /** At attach: "all", and the group of its cloner. */
  void groupsAtAttach() {
    IfCloner cloner = ifp.homeCloner();
    groups = cloner == null ? List.of("all") : List.of("all", cloner.name());
  }

  /** if_printf: a line of the message buffer. */
  private void log(String what) {
    ifp.vnet().machine().messages().log(ifp + ": " + what);
  }

  private void tell(IfEvent event) {
    ifp.interfaces().tell(ifp, event);
  }
}
