package cellblock.net.tuntap;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfState;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tun or tap interface and its device (ancestor: struct tuntap_softc; tunopen, tundtor, tunwrite,
 * tunioctl). One program at a time has it open. Closing takes the interface down and its addresses
 * away; the interface stays unless it is transient. A move leaves it open: the program goes on with
 * the interface where it is. Differs: destroying it does not wait for the program (F10), it ends
 * the open side, and the program reads ENXIO.
 *
 * <p>Threading: turns of the lane of the interface's vnet, but for {@link #in}.
 */
public final class TunDevice implements IfDriver {
  /** TUNMRU and TAPMRU, bytes that a program may write at once. */
  private static final int TUN_MRU = 16384;

  private static final int TAP_MRU = 9000;

  /** Bytes of the family before a packet, with TUNSIFHEAD: AF_INET, AF_INET6. */
  private static final int HEAD = 4;

  private static final int INET = 2;
  private static final int INET6 = 28;

  private final TunKind kind;
  private final int unit;
  private final String name;
  private @Nullable Ifnet self;
  private @Nullable TunDescriptor opened;
  private Ledger.@Nullable Entry entry;
  private boolean head;
  private boolean once;

  // Of the kernel lane.
  private @Nullable Runnable unpin;
  private boolean gone;

  TunDevice(TunKind kind, int unit) {
    this.kind = kind;
    this.unit = unit;
    this.name = kind.type() + unit;
  }

  /** Once, before it is attached. */
  void join(Ifnet ifp) {
    self = ifp;
  }

  /** The name of the device, whatever the interface is called. */
  public String name() {
    return name;
  }

  int unit() {
    return unit;
  }

  /** Its interface: in whatever vnet, in whatever state. */
  public Ifnet ifnet() {
    Ifnet ifp = self;
    if (ifp == null) {
      throw new IllegalStateException(name + " has no interface");
    }
    return ifp;
  }

  boolean isOpen() {
    return opened != null;
  }

  /** Whether a packet's family stands before it (TUN_IFHEAD). */
  boolean tellsFamily() {
    return head;
  }

  // ---- the program's side ----

  /** What is done to the device in a turn. */
  public interface Work<T> {
    T on(Ifnet ifp) throws ErrnoException;
  }

  /**
   * Does something in a turn of the vnet that the interface is in, wherever it goes meanwhile. From
   * outside every lane. ENXIO: it is no more.
   */
  public <T> T in(Work<T> work) throws ErrnoException {
    Ifnet ifp = ifnet();
    while (true) {
      Vnet here = ifp.vnet();
      T value =
          here.call(() -> {
            if (ifp.state() == IfState.DEAD) {
              throw new ErrnoException(Errno.ENXIO);
            }
            return ifp.vnet() == here ? work.on(ifp) : null;
          });
      if (value != null) {
        return value;
      }
    }
  }

  /** tunopen: EBUSY when somebody has it open, ENXIO when it is leaving. In a turn. */
  public TunDescriptor open(Ifnet ifp, int pid) throws ErrnoException {
    if (!ifp.attached()) {
      throw new ErrnoException(Errno.ENXIO);
    }
    if (opened != null) {
      throw new ErrnoException(Errno.EBUSY);
    }
    TunDescriptor d = new TunDescriptor(pid);
    opened = d;
    enter(ifp, d);
    if (kind.ether()) {
      ifp.running(true);
      if (TunTapModule.UP_ON_OPEN.of(ifp.vnet().machine()).get() != 0) {
        ifp.up();
      }
    }
    ifp.linkStateChange(LinkState.UP);
    return d;
  }

  /** tundtor. In a turn; again does nothing. */
  public void close(Ifnet ifp, TunDescriptor d) {
    if (opened != d) {
      return;
    }
    opened = null;
    leave();
    d.end();
    head = false;
    boolean keeps = kind == TunKind.VMNET || kind.ether() && (ifp.flags() & IfFlags.LINK0) != 0;
    if (!keeps && ifp.attached()) {
      ifp.down();
      if ((ifp.flags() & IfFlags.RUNNING) != 0) {
        ifp.running(false);
        Interfaces here = Interfaces.of(ifp.vnet());
        here.purge(ifp, Family.INET);
        here.purge(ifp, Family.INET6);
      }
    }
    if (ifp.attached()) {
      ifp.linkStateChange(LinkState.DOWN);
    } else {
      ifp.facts().linkState(LinkState.DOWN);
    }
    if (once && ifp.attached()) {
      ifp.vnet().machine().spawn(new IfDestroy(ifp.vnet(), ifp.name()));
    }
  }

  /** The same, by whoever cannot wait; from any lane. */
  public void abandon(TunDescriptor d) {
    Ifnet ifp = ifnet();
    ifp.vnet()
        .lane()
        .post(
            Event.of(() -> {
              if (Lane.CURRENT.get() == ifp.vnet().lane()) {
                close(ifp, d);
              } else {
                abandon(d); // it has moved on meanwhile
              }
            }));
  }

  /**
   * tunwrite: a packet or frame from the program comes in. What comes while the interface is down
   * is ignored. In a turn. EIO (too long), EAFNOSUPPORT (a family that is none).
   */
  public void write(Ifnet ifp, byte[] data, int offset, int length) throws ErrnoException {
    if (!ifp.attached() || (ifp.flags() & IfFlags.UP) == 0 || length == 0) {
      return;
    }
    if (length > (kind.ether() ? TAP_MRU : head ? TUN_MRU + HEAD : TUN_MRU)) {
      throw new ErrnoException(Errno.EIO);
    }
    int skip = head ? HEAD : 0;
    if (kind.ether() ? !isFor(ifp, data, offset, length) : length <= skip) {
      return;
    }
    if (!kind.ether()) {
      int version = data[offset + skip] >> 4 & 0xf;
      int family = head && data[offset + HEAD - 1] == INET6 ? INET6 : INET;
      if (head && data[offset + HEAD - 1] != family || version != (family == INET ? 4 : 6)) {
        throw new ErrnoException(Errno.EAFNOSUPPORT);
      }
    }
    Mbuf m = ifp.vnet().mbufs().alloc(length - skip);
    System.arraycopy(data, offset + skip, m.buf, m.off, length - skip);
    ifp.input(m);
  }

  /** Whether hardware would have let a frame in. */
  private static boolean isFor(Ifnet ifp, byte[] data, int offset, int length) {
    if (length < EtherHeader.LENGTH) {
      return false;
    }
    long to = EtherHeader.destination(data, offset);
    return MacAddress.isMulticast(to) || to == ifp.lladdr() || (ifp.flags() & IfFlags.PROMISC) != 0;
  }

  /**
   * tunioctl, by the names of its requests: TUNSIFHEAD, TUNSIFMODE (an IFF_* mode), TUNSTRANSIENT.
   * In a turn. EBUSY (TUNSIFMODE while up), EINVAL, ENOTTY for what is none.
   */
  public void control(Ifnet ifp, String request, int value) throws ErrnoException {
    switch (request) {
      case "TUNSIFHEAD" -> {
        only(TunKind.TUN);
        head = value != 0;
      }
      case "TUNSIFMODE" -> {
        only(TunKind.TUN);
        mode(ifp, value);
      }
      case "TUNSTRANSIENT" -> once = value != 0;
      default -> throw new ErrnoException(Errno.ENOTTY);
    }
  }

  private void only(TunKind wanted) throws ErrnoException {
    if (kind != wanted) {
      throw new ErrnoException(Errno.ENOTTY);
    }
  }

  private static void mode(Ifnet ifp, int value) throws ErrnoException {
    if ((ifp.flags() & IfFlags.UP) != 0) {
      throw new ErrnoException(Errno.EBUSY);
    }
    int wanted = value & ~IfFlags.MULTICAST;
    if (wanted != IfFlags.POINTOPOINT && wanted != IfFlags.BROADCAST) {
      throw new ErrnoException(Errno.EINVAL);
    }
    int modes = IfFlags.BROADCAST | IfFlags.POINTOPOINT | IfFlags.MULTICAST;
    ifp.facts().flags(ifp.flags() & ~modes | value);
  }

  /**
   * Somebody is held by the interface until it is destroyed: the jail whose process made it by
   * opening the device. In a turn of the kernel lane.
   */
  public void pin(Runnable release) {
    if (gone) {
      release.run();
    } else {
      unpin = release;
    }
  }

  /** It is destroyed: the open side ends, and nobody is held any more. */
  void destroyed(Vnet home) {
    TunDescriptor d = opened;
    if (d != null) {
      opened = null;
      d.end();
    }
    home.machine()
        .kernelLane()
        .post(
            Event.of(() -> {
              gone = true;
              Runnable release = unpin;
              unpin = null;
              if (release != null) {
                release.run();
              }
            }));
  }

  // ---- the interface's side ----

  private void enter(Ifnet ifp, TunDescriptor d) {
    entry = ifp.vnet().ledger().enter(LedgerKind.HOOK, d, name + ", opened by PID " + d.pid());
  }

  private void leave() {
    Ledger.Entry held = entry;
    entry = null;
    if (held != null) {
      held.leave();
    }
  }

  @Override
  public void attached(Ifnet ifp) {
    TunDescriptor d = opened;
    if (d != null) {
      enter(ifp, d);
    }
    ifp.facts().linkState(d == null ? LinkState.DOWN : LinkState.UP);
  }

  @Override
  public void detached(Ifnet ifp) {
    leave();
    TunDescriptor d = opened;
    if (d != null) {
      d.drain(); // packets of the vnet that it leaves
    }
  }

  /** A tun is not started by being brought up, but by its first address. */
  @Override
  public void init(Ifnet ifp) {}

  @Override
  public void stop(Ifnet ifp) {}

  @Override
  public void firstAddress(Ifnet ifp) {
    ifp.running(true);
    ifp.up();
  }

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    TunDescriptor d = opened;
    Vnet vnet = ifp.vnet();
    if (d == null) {
      vnet.drop(m, DropReason.NO_CARRIER);
      return null;
    }
    int skip = head ? HEAD : 0;
    byte[] packet = new byte[skip + m.len];
    System.arraycopy(m.buf, m.off, packet, skip, m.len);
    if (head) {
      packet[HEAD - 1] = (byte) (m.buf[m.off] >> 4 == 4 ? INET : INET6);
    }
    if (!d.offer(packet)) {
      ifp.counters().oqdrops++;
      vnet.drop(m, DropReason.LINK_QUEUE_FULL);
      return Errno.ENOBUFS;
    }
    ifp.sent(m.len, m.flags);
    vnet.mbufs().free(m);
    return null;
  }

  @Override
  public @Nullable String media(Ifnet ifp) {
    return kind.ether() ? "Ethernet 1000baseT <full-duplex>" : null;
  }

  @Override
  public @Nullable String status(Ifnet ifp) {
    return kind.ether() ? opened == null ? "no carrier" : "active" : null;
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    TunDescriptor d = opened;
    return d == null ? List.of() : List.of("Opened by PID " + d.pid());
  }

  @Override
  public String toString() {
    return name;
  }
}
