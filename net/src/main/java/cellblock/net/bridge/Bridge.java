package cellblock.net.bridge;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfHandle;
import cellblock.net.ifnet.Ifnet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bridge interface (ancestor: struct bridge_softc; bridge_init, bridge_stop, bridge_reassign,
 * bridge_timer of net/if_bridge.c). Its members are in its vnet, or they are not its members: when
 * it moves it leaves all behind, when one moves that one is out. Differs: it lets its members go
 * while the families still have their data (D28860); a frame passes so many bridges and no more.
 *
 * <p>Threading: turns of the lane of the interface's vnet.
 */
final class Bridge implements IfDriver {
  /** bridge_rtable_prune_period. */
  private static final long PRUNE = 300_000_000_000L;

  private static final int UP = IfFlags.UP | IfFlags.RUNNING;

  private final int unit;

  /** The address that it was made with. */
  final long defaultAddress;

  final SpanningTree tree = new SpanningTree();
  final AddressTable table = new AddressTable();
  final BridgeMembers members = new BridgeMembers(this);
  final BridgeForward forward = new BridgeForward(this);
  private @Nullable BridgeNet net;
  private @Nullable Ifnet self;
  private @Nullable Callout ageing;

  Bridge(int unit, long defaultAddress) {
    this.unit = unit;
    this.defaultAddress = defaultAddress;
  }

  int unit() {
    return unit;
  }

  BridgeNet net() {
    BridgeNet here = net;
    if (here == null) {
      throw new IllegalStateException(this + " is in no vnet");
    }
    return here;
  }

  /** Its interface while it is part of a vnet. */
  @Nullable Ifnet self() {
    return self;
  }

  /** Its interface while it is up and running, else null. */
  @Nullable Ifnet running() {
    Ifnet ifp = self;
    return ifp != null && (ifp.flags() & UP) == UP ? ifp : null;
  }

  /** An interface of its vnet, or null. */
  @Nullable Ifnet resolve(IfHandle handle) {
    BridgeNet here = net;
    return here == null ? null : handle.resolve(here.vnet.machine());
  }

  void log(String what) {
    net().vnet.machine().messages().log(this + ": " + what);
  }

  // ---- its interface ----

  @Override
  public void attached(Ifnet ifp) {
    self = ifp;
    BridgeNet here = BridgeNet.of(ifp.vnet());
    net = here;
    here.add(this);
  }

  @Override
  public void reassign(Ifnet ifp, Vnet to) {
    members.clear();
  }

  @Override
  public void detached(Ifnet ifp) {
    members.clear();
    stop(ifp);
    table.remove(e -> true);
    net().remove(this);
    self = null;
    net = null;
  }

  @Override
  public void init(Ifnet ifp) {
    if (ageing != null) {
      return;
    }
    Callout timer = net().vnet.callout(this, this::age);
    timer.reset(PRUNE);
    ageing = timer;
    tree.init();
    ifp.running(true);
  }

  @Override
  public void stop(Ifnet ifp) {
    Callout timer = ageing;
    if (timer != null) {
      ageing = null;
      timer.stop();
      table.remove(e -> e.flags == AddressTable.DYNAMIC);
      ifp.running(false);
    }
  }

  private void age() {
    table.age(net().vnet.lane().now());
    Callout timer = ageing;
    if (timer != null) {
      timer.reset(PRUNE);
    }
  }

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    return forward.transmit(ifp, m);
  }

  /** All members get it, or none does. */
  @Override
  public void setMtu(Ifnet ifp, int mtu) throws ErrnoException {
    members.setMtu(mtu, ifp.mtu());
  }

  @Override
  public void configure(Ifnet ifp, String key, List<String> words) throws ErrnoException {
    if (!key.equals("bridge")) {
      throw new ErrnoException(Errno.EINVAL);
    }
    new BridgeWords(this).set(words);
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    return BridgeStatus.lines(this);
  }

  @Override
  public List<String> query(Ifnet ifp, String key, boolean privileged) throws ErrnoException {
    if (!key.equals("bridge.addresses")) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return BridgeStatus.addresses(this);
  }

  @Override
  public String toString() {
    Ifnet ifp = self;
    return ifp == null ? "bridge" : ifp.name();
  }
}
