package cellblock.kern.vnet;

import cellblock.kern.Machine;
import cellblock.kern.saga.Saga;
import java.util.List;

/**
 * A module's per-vnet part coming and going on a running machine: variables linked into every vnet,
 * constructors run in every vnet, and the way back. A vnet that is being built meanwhile gets each
 * constructor exactly once, from whichever saga is first.
 */
public final class ModuleStages {
  private final Machine machine;
  private final String module;

  public ModuleStages(Machine machine, String module) {
    this.machine = machine;
    this.module = module;
  }

  /** Links variables, shutdown handlers and destructors; in a turn of the kernel lane. */
  public void link(
      List<VnetVariable<?>> variables,
      List<VnetStages.Stage> shutdowns,
      List<VnetStages.Stage> destructors) {
    Vnets vnets = machine.vnets();
    vnets.link(module, variables);
    shutdowns.forEach(s -> vnets.stages().add(VnetStages.Which.SHUTDOWN, s));
    destructors.forEach(s -> vnets.stages().add(VnetStages.Which.DESTRUCTOR, s));
  }

  /** Gives every vnet the initial values. */
  public Saga<Boolean> attachAll() {
    return new EachVnet(machine, "attach " + module, v -> machine.vnets().attach(v, module));
  }

  /** VNET_SYSINIT after boot: registers a constructor and runs it in every vnet. */
  public Saga<Boolean> construct(VnetStages.Stage constructor) {
    return new EachVnet(machine, "construct " + constructor, v -> v.construct(constructor)) {
      @Override
      protected void before() {
        machine.vnets().stages().add(VnetStages.Which.CONSTRUCTOR, constructor);
      }
    };
  }

  /** Shuts the module down in one vnet that lives on. */
  public Saga<Vnet> shutDown(Vnet vnet) {
    return new VnetShutdown(vnet, module);
  }

  /** VNET_SYSUNINIT: runs a destructor in every vnet where its constructor ran. */
  public Saga<Boolean> destruct(VnetStages.Stage destructor) {
    return new EachVnet(machine, "destruct " + destructor, v -> v.destruct(destructor)) {
      @Override
      protected void visit(String step, Vnet v, VnetStages.Action action) {
        teardownTurn(step, null, v.lane(), () -> action.run(v));
      }
    };
  }

  /** Clears the variables in every vnet, and frees the slots. */
  public Saga<Boolean> detachAll() {
    return new EachVnet(machine, "detach " + module, v -> machine.vnets().detach(v, module)) {
      @Override
      protected void after() {
        machine.vnets().unlink(module);
      }
    };
  }

  /** A turn in every vnet. */
  private static class EachVnet extends Saga<Boolean> {
    EachVnet(Machine machine, String name, VnetStages.Action action) {
      super(name);
      turn(
          name,
          machine.kernelLane(),
          () -> {
            before();
            for (Vnet v : machine.vnets().list()) {
              visit(name + " in " + v, v, action);
            }
          });
      turn(name, machine.kernelLane(), this::after);
    }

    /** Adds the turn in one vnet. */
    protected void visit(String step, Vnet v, VnetStages.Action action) {
      turn(step, v.lane(), () -> action.run(v));
    }

    /** In a turn of the kernel lane, before the vnets are listed. */
    protected void before() {}

    /** In a turn of the kernel lane, when all is done. */
    protected void after() {}

    @Override
    protected Boolean value() {
      return true;
    }
  }
}
