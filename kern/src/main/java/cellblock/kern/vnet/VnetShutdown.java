package cellblock.kern.vnet;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.Guard;
import cellblock.kern.saga.Saga;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The shutdown stage: shuts the vnet's gate, runs the shutdown handlers in descending order, each
 * once, lets a grace period pass and runs the second phases; a handler that throws quarantines the
 * vnet and does not keep the others from theirs (ancestor: the vnet_shutdown that seed 1 proposes).
 * Nothing is freed here that another may still name.
 */
public final class VnetShutdown extends Saga<Vnet> {
  private final Machine machine;
  private final Vnet vnet;
  private final List<Second> seconds = new ArrayList<>();

  private record Second(VnetStages.Stage of, VnetStages.Action action) {}

  /** All handlers of a vnet that dies. */
  public VnetShutdown(Vnet vnet) {
    super("vnet_shutdown", vnet);
    this.machine = vnet.machine();
    this.vnet = vnet;
    if (machine.plan().has(Guard.GATE)) { // a jail's KILL has shut it already
      turn("shut the gate", vnet.lane(), vnet::shutGate);
    }
    turn("list handlers", machine.kernelLane(), () -> handlers(s -> true));
  }

  private VnetShutdown(String name, Vnet vnet, Predicate<VnetStages.Stage> which) {
    super(name);
    this.machine = vnet.machine();
    this.vnet = vnet;
    turn("list handlers", machine.kernelLane(), () -> handlers(which));
  }

  /** The handlers that FreeBSD has among the methods of a prison: PR_METHOD_REMOVE. */
  public static VnetShutdown methods(Vnet vnet) {
    return new VnetShutdown("methods of " + vnet, vnet, VnetStages.Stage::isMethod);
  }

  /** One handler at its place among the destructors, for a plan without a stage. */
  static VnetShutdown one(Vnet vnet, VnetStages.Stage handler) {
    return new VnetShutdown(vnet, handler);
  }

  private VnetShutdown(Vnet vnet, VnetStages.Stage handler) {
    super(handler + " of " + vnet);
    this.machine = vnet.machine();
    this.vnet = vnet;
    local("handler", () -> handlers(List.of(handler)));
  }

  /** One module's handlers in a vnet that lives on: the module is being unloaded. */
  VnetShutdown(Vnet vnet, String module) {
    super("vnet_shutdown " + vnet + " for " + module);
    this.machine = vnet.machine();
    this.vnet = vnet;
    turn("list handlers", machine.kernelLane(), () -> handlers(s -> s.module().equals(module)));
  }

  private void handlers(Predicate<VnetStages.Stage> which) {
    handlers(
        machine.vnets().stages().down(VnetStages.Which.SHUTDOWN).stream().filter(which).toList());
  }

  private void handlers(List<VnetStages.Stage> all) {
    for (VnetStages.Stage s : all) {
      teardownTurn("shutdown", s, vnet.lane(), () -> run(s));
    }
    local(
        "grace",
        () -> {
          if (!seconds.isEmpty() && machine.plan().has(Guard.SECOND_PHASE)) {
            grace("grace period", machine.epoch());
          }
        });
    local("second phases", this::secondPhases);
  }

  private void run(VnetStages.Stage s) throws ErrnoException {
    if (s.isSaga()) {
      if (vnet.claimShutdown(s)) {
        Saga<?> saga = s.saga(vnet);
        if (saga != null) {
          inner("shutdown", s, () -> saga);
        }
      }
      return;
    }
    VnetStages.Action second = vnet.shutDown(s);
    if (second != null) {
      seconds.add(new Second(s, second));
    }
  }

  private void secondPhases() {
    for (Second s : seconds) {
      teardownTurn("second phase", s.of, vnet.lane(), () -> s.action.run(vnet));
    }
  }

  @Override
  protected Vnet value() {
    return vnet;
  }
}
