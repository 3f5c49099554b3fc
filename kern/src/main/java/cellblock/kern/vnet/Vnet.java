package cellblock.kern.vnet;

import cellblock.kern.Machine;
import cellblock.kern.drop.DropReason;
import cellblock.kern.drop.Drops;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.mbuf.MbufPool;
import cellblock.kern.memguard.Grave;
import cellblock.kern.plan.Guard;
import cellblock.kern.time.Callout;
import cellblock.kern.time.CalloutQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One network stack: a lane that alone changes it, the values of the virtualised variables, a
 * ledger of what it owns (ancestor: struct vnet, net/vnet.h).
 *
 * <p>Threading: the state word may be read from anywhere; all else is the lane's.
 */
public final class Vnet {
  /** Where a vnet stands in its life. */
  public enum State {
    /** Constructors are running. */
    BUILDING,
    /** In use. */
    ALIVE,
    /** Its gate is shut: nothing new attaches. Shutdown handlers run in this state. */
    DYING,
    /** Destructors are running. */
    DESTROYING,
    /** Gone: its slots are poisoned. */
    DEAD
  }

  /**
   * On whose credentials a device is that is made here (ancestor: sc_ucred of a softc): the prison
   * whose vnet this is. Threading: any.
   */
  public interface Owner {
    /** A device has them from now on. */
    void hold(String device);

    /** It lets go. */
    void release(String device);
  }

  /** Packets' buffers that a vnet does not keep, so that an idle one has none. */
  private static final int SPARSE = 16;

  private static final Object POISON = "0xdeadbeef";

  private final int id;
  private final String name;
  private final Machine machine;
  private final Lane lane;
  private final Ledger ledger = new Ledger();
  private final Drops drops = new Drops();
  private final MbufPool mbufs = new MbufPool(SPARSE);
  private final CalloutQueue callouts;
  private volatile State state = State.BUILDING;
  private volatile @Nullable Object[] data = new Object[16];
  private volatile @Nullable Grave grave;
  private @Nullable PacketTrace trace;
  private volatile @Nullable Owner owner;

  // Which modules are linked, and which of their constructors and shutdown handlers ran; the
  // lane's. A few each, none twice.
  private final List<String> modules = new ArrayList<>(6);
  private final List<VnetStages.Stage> ran = new ArrayList<>(6);
  private final List<VnetStages.Stage> shut = new ArrayList<>(0);

  Vnet(Machine machine, int id, String name) {
    this.machine = machine;
    this.id = id;
    this.name = name;
    this.lane = new Lane(name, machine.lanes(), c -> c.where(CurVnet.VALUE, this), Lane.LIMIT);
    this.lane.atEndOfTurn(mbufs::flush);
    this.callouts = new CalloutQueue(lane, machine.alarms());
  }

  /** 0 is the host's own. Ids are never used again. */
  public int id() {
    return id;
  }

  /** For people: "vnet0", "jail-name(3)". */
  public String name() {
    return name;
  }

  public Machine machine() {
    return machine;
  }

  public Lane lane() {
    return lane;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Drops drops() {
    return drops;
  }

  public MbufPool mbufs() {
    return mbufs;
  }

  public CalloutQueue callouts() {
    return callouts;
  }

  public State state() {
    return state;
  }

  public boolean isDefault() {
    return id == 0;
  }

  /** Whose credentials devices have that are made here; null while the vnet is being made. */
  public @Nullable Owner owner() {
    return owner;
  }

  /** Sets that; once. */
  public void owner(Owner whose) {
    owner = whose;
  }

  void state(State now) {
    state = now;
  }

  /** A timer of this vnet. */
  public Callout callout(Object what, Runnable action) {
    return new Callout(callouts, ledger, what, action);
  }

  /**
   * The gate: refuses what would attach something new to a vnet that is going away. In a turn of
   * the lane, so that nothing slips in behind a shutdown handler that has run.
   */
  public void gate() throws ErrnoException {
    State s = state;
    if (s != State.ALIVE && s != State.BUILDING && machine.plan().has(Guard.GATE)) {
      throw new ErrnoException(Errno.EBUSY);
    }
  }

  /** Shuts the gate: the vnet is going away. In a turn of the lane; again does nothing. */
  public void shutGate() {
    if (state == State.ALIVE || state == State.BUILDING) {
      state = State.DYING;
    }
  }

  /** The one door for dropped packets: counts, tells the trace, gives the mbuf back. */
  public void drop(Mbuf m, DropReason reason) {
    drops.count(reason);
    PacketTrace t = trace;
    if (t != null) {
      t.dropped(m, reason);
    }
    mbufs.free(m);
  }

  /** A packet enters a room: tells the trace, if somebody follows packets. */
  public void room(Mbuf m, String name) {
    PacketTrace t = trace;
    if (t != null) {
      t.room(m, name);
    }
  }

  /** Sets who follows packets; in a turn. */
  public void trace(@Nullable PacketTrace t) {
    trace = t;
  }

  /**
   * Runs {@code work} as a turn with curvnet set to this vnet, from outside: CURVNET_SET … RESTORE.
   */
  public <T extends @Nullable Object> T call(Callable<T> work) throws ErrnoException {
    return lane.call(work);
  }

  /**
   * Binds curvnet for code that only reads. In checked mode a different vnet that is already
   * current is reported once per place, as VNET_DEBUG does.
   */
  public void run(Runnable work) {
    if (machine.invariants() && CurVnet.VALUE.isBound() && CurVnet.VALUE.get() != this) {
      machine.vnets().recursion(CurVnet.site(), CurVnet.VALUE.get(), this);
    }
    ScopedValue.where(CurVnet.VALUE, this).run(work);
  }

  /** In checked mode: that this vnet is the current one, else an error that names both. */
  public void assertCurrent() {
    if (machine.invariants() && CurVnet.get() != this) {
      throw new IllegalStateException(
          "wrong vnet: "
              + this
              + " used while "
              + CurVnet.get()
              + " is current at "
              + CurVnet.site());
    }
  }

  /** Whether the module that defines this variable is linked into this vnet. */
  public boolean has(VnetVariable<?> key) {
    int slot = machine.vnets().slots().find(key);
    return slot >= 0 && hasValue(slot) && state != State.DEAD;
  }

  Object value(VnetVariable<?> key) {
    int slot = machine.vnets().slots().find(key);
    @Nullable Object[] d = data;
    Object v = slot < 0 || slot >= d.length ? null : d[slot];
    Grave dead = grave;
    if (v == POISON && dead != null) {
      throw machine
          .memguard()
          .touched(
              new Grave(key + " of " + this, dead.freed()),
              CurVnet.site() + ", used after vnet_destroy");
    }
    if (v == null || v == POISON) {
      throw new IllegalStateException(
          key + " is not linked into " + this + " (module not loaded?) at " + CurVnet.site());
    }
    return v;
  }

  /** What is left of a vnet that is DEAD, else null. */
  public @Nullable Grave grave() {
    return grave;
  }

  void setValue(VnetVariable<?> key, Object value) {
    int slot = machine.vnets().slots().find(key);
    if (slot < 0 || data[0] == POISON) {
      throw new IllegalStateException(key + " cannot be set in " + this);
    }
    put(slot, value);
  }

  void put(int slot, @Nullable Object value) {
    @Nullable Object[] d = data;
    if (slot >= d.length) {
      d = Arrays.copyOf(d, Math.max(slot + 1, d.length * 2));
    }
    d[slot] = value;
    data = d;
  }

  void poison() {
    grave = machine.memguard().free("vnet " + name);
    Arrays.fill(data, POISON);
  }

  boolean hasValue(int slot) {
    @Nullable Object[] d = data;
    return slot < d.length && d[slot] != null;
  }

  /** Whether a module is linked. In a turn. */
  boolean linked(String module) {
    return modules.contains(module);
  }

  /** A module is linked; false = it was. In a turn. */
  boolean link(String module) {
    return once(modules, module);
  }

  private static <T> boolean once(List<T> few, T one) {
    return !few.contains(one) && few.add(one);
  }

  /** Runs a constructor, unless it ran already or the vnet is on its way out. In a turn. */
  void construct(VnetStages.Stage constructor) throws ErrnoException {
    if ((state != State.BUILDING && state != State.ALIVE)
        || !modules.contains(constructor.module())
        || !once(ran, constructor)) {
      return;
    }
    ledger.constructing(constructor.toString());
    try {
      constructor.run(this);
    } catch (ErrnoException e) {
      ran.remove(constructor);
      throw e;
    } catch (RuntimeException | Error e) {
      // A bug of its module, on which nothing depends yet: the module is refused, the vnet none the
      // worse.
      ran.remove(constructor);
      machine.messages().log(constructor + ": constructor in " + this + ": " + e);
      throw new ErrnoException(Errno.ENOEXEC);
    } finally {
      ledger.constructing(null);
    }
  }

  /** Runs a shutdown handler once; returns its second phase. In a turn. */
  VnetStages.@Nullable Action shutDown(VnetStages.Stage handler) throws ErrnoException {
    return claimShutdown(handler) ? handler.shutdown(this) : null;
  }

  /** Whether the shutdown handler is still to be run here, and is now. */
  boolean claimShutdown(VnetStages.Stage handler) {
    return modules.contains(handler.module()) && once(shut, handler);
  }

  /** Runs a destructor where its constructor ran. In a turn. */
  void destruct(VnetStages.Stage destructor) throws ErrnoException {
    if (!modules.contains(destructor.module())) {
      return;
    }
    VnetStages.Stage constructor = machine.vnets().stages().constructorOf(destructor);
    if (constructor == null ? once(ran, destructor) : ran.remove(constructor)) {
      destructor.run(this);
    }
  }

  /** Forgets a module whose destructors have run. In a turn. */
  void detach(String module) {
    modules.remove(module);
    ran.removeIf(s -> s.module().equals(module));
    shut.removeIf(s -> s.module().equals(module));
  }

  @Override
  public String toString() {
    return name;
  }
}
