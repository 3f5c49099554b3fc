package example.mymod;

import cellblock.kern.Machine;
import cellblock.kern.MachineVariable;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleEvent;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.sysctl.SysctlDeclaration.Type;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetStages;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.Netisr;
import java.util.List;

/** In every vnet: counts the frames of an experimental protocol, keeps the first, ticks once a second. */
public final class MyMod implements KernelModule {
  /** Set aside by the IEEE for local experiments. */
  static final int ETHER_TYPE = 0x88b5;

  private static final long SECOND = 1_000_000_000L;

  // Steps 2 and 3: what is virtualised, and what all vnets share.

  /** VNET_DEFINE: everything that this module keeps for one vnet. */
  static final VnetVariable<Instance> V_MYMOD = VnetVariable.define("mymod", Instance::new);

  /** Not virtualised: one switch for all instances. */
  static final MachineVariable<IntCell> DEBUG =
      MachineVariable.define("mymod_debug", machine -> new IntCell(0));

  // The execution order, from Subsystem (SI_SUB_*) and Order (SI_ORDER_*).

  private static final int MAJOR = Subsystem.PROTO_BEGIN; // for example
  private static final int MODULE_ORDER = Order.MIDDLE; // not fussy
  private static final int SYSINIT_ORDER = MODULE_ORDER + 1; // a bit later
  private static final int VNET_ORDER = MODULE_ORDER + 2; // later still

  /** ServiceLoader makes the module: it needs a public constructor without arguments. */
  public MyMod() {}

  /** DECLARE_MODULE, MODULE_VERSION, MODULE_DEPEND. */
  @Override
  public ModuleInfo info() {
    return new ModuleInfo(
        "mymod", 1, List.of(new ModuleInfo.Dependency("net", 1, 1, 1)), MAJOR, MODULE_ORDER);
  }

  /** The modevent handler. To throw is to veto. */
  @Override
  public void event(ModuleEvent event, Machine machine) throws ErrnoException {
    say(machine, event.toString());
    switch (event) {
      case LOAD -> {} // check that loading is all right; nothing exists yet
      case QUIESCE -> {
        if (DEBUG.of(machine).get() != 0) {
          throw new ErrnoException(Errno.EBUSY); // somebody is watching; kldunload -f overrides it
        }
      }
      case UNLOAD -> {} // check that unloading is all right; every instance is still in use
      case SHUTDOWN -> {
        for (Vnet vnet : machine.vnets().list()) { // VNET_FOREACH; a snapshot, so no lock
          vnet.lane().post(Event.of(() -> V_MYMOD.of(vnet).stop()));
        }
      }
    }
  }

  /** Called once for each load, before any event. It declares, and does nothing else. */
  @Override
  public void declare(Declarations declare) {
    declare.variable(V_MYMOD);
    declare.variable(DEBUG);
    declare.sysinit(MAJOR, SYSINIT_ORDER, "mymod", MyMod::init);
    declare.sysuninit(MAJOR, SYSINIT_ORDER, "mymod", MyMod::uninit);
    declare.vnetSysinit(MAJOR, VNET_ORDER, "mymod", MyMod::vnetInit);
    declare.vnetShutdown(MAJOR, VNET_ORDER, "mymod", MyMod::vnetShutdown);
    declare.vnetSysuninit(MAJOR, VNET_ORDER, "mymod", MyMod::vnetUninit);
    declare.sysctl(
        SysctlDeclaration.vnetInt("net.mymod.mode", v -> V_MYMOD.of(v).mode, 0, 7, "Mode"));
    declare.sysctl(
        SysctlDeclaration.readOnly(
            "net.mymod.frames",
            Type.LONG,
            true,
            "Frames received",
            (machine, vnet) -> Long.toString(V_MYMOD.of(vnet).frames)));
    declare.sysctl(
        SysctlDeclaration.readOnly(
            "net.mymod.ticks",
            Type.LONG,
            true,
            "Seconds since the instance was made",
            (machine, vnet) -> Long.toString(V_MYMOD.of(vnet).ticks)));
    declare.sysctl(
        SysctlDeclaration.machineInt("net.mymod.debug", DEBUG::of, 0, 1, "Debug all instances"));
  }

  /** Once, on boot or load. A turn of the kernel lane. */
  private static void init(Machine machine) {
    say(machine, "init");
  }

  /** Once, on unload, after the last instance is gone. A turn of the kernel lane. */
  private static void uninit(Machine machine) {
    say(machine, "uninit");
  }

  /** For every vnet, existing or new. A turn of the vnet's lane: curvnet is set. */
  private static void vnetInit(Vnet vnet) {
    say(vnet.machine(), "vnet_init " + vnet);
    V_MYMOD.get().start();
  }

  /** For every vnet that dies or loses this module. Revokes, and says what is left for later. */
  private static VnetStages.Action vnetShutdown(Vnet vnet) {
    say(vnet.machine(), "vnet_shutdown " + vnet);
    V_MYMOD.get().stop();
    return MyMod::afterGrace;
  }

  /** The second phase: nobody can still be looking at what stop() unpublished. */
  private static void afterGrace(Vnet vnet) {
    say(vnet.machine(), "second phase " + vnet);
    V_MYMOD.get().release();
  }

  /** For every vnet in which vnetInit ran. Frees what vnetInit made, and nothing else. */
  private static void vnetUninit(Vnet vnet) {
    say(vnet.machine(), "vnet_uninit " + vnet);
    V_MYMOD.get().end();
  }

  private static void say(Machine machine, String what) {
    machine.messages().log("mymod: " + what);
  }

  /** The module in one vnet. Turns of its lane; {@link #mode} and {@link #first} are for any thread. */
  static final class Instance {
    final IntCell mode = new IntCell(3);
    volatile Mbuf first;
    private final Vnet vnet;
    private final Callout heartbeat;
    private IfRegistration protocol;
    private Ledger.Entry held;
    private Mbuf unpublished;
    private boolean stopped;
    private long frames;
    private long ticks;

    /** The initial value of V_MYMOD: made once for each vnet, so nothing is shared by accident. */
    Instance(Vnet vnet) {
      this.vnet = vnet;
      this.heartbeat = vnet.callout("mymod heartbeat", this::beat);
    }

    void start() {
      protocol = Netisr.of(vnet).register(ETHER_TYPE, this::input); // stands in the ledger
      heartbeat.reset(SECOND); // stands in the ledger while it is pending
    }

    /** Takes the mbuf over: keeps it, or drops it with a reason. */
    private void input(Ifnet rcvif, Mbuf m) {
      if (stopped) {
        vnet.drop(m, DropReason.VNET_DYING);
        return;
      }
      frames++;
      if (first == null) {
        first = m; // published: readers outside the lane look at it in an epoch section
        held = vnet.ledger().enter(LedgerKind.MBUF, this, "first frame of mymod");
      } else {
        vnet.drop(m, DropReason.CONSUMED);
      }
    }

    /** Timers have their vnet: the lane that runs them sets curvnet. */
    private void beat() {
      ticks++;
      heartbeat.reset(SECOND);
    }

    void stop() {
      if (stopped) {
        return;
      }
      stopped = true;
      heartbeat.stop();
      unpublished = first;
      first = null;
    }

    void release() {
      if (unpublished != null) {
        vnet.mbufs().free(unpublished);
        unpublished = null;
        held.leave();
      }
    }

    void end() {
      protocol.close();
    }
  }
}
