package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.MachineVariable;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.saga.Saga;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetStages;
import cellblock.kern.vnet.VnetVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one module declares: VNET_DEFINE, SYSINIT, VNET_SYSINIT and the rest, gathered into lists.
 * Positions of constructors, shutdown handlers and destructors are independent of each other. A
 * destructor belongs to the constructor of the same name.
 */
public final class Declarations {
  /** A global constructor or destructor; a turn of the kernel lane. */
  @FunctionalInterface
  public interface MachineAction {
    void run(Machine machine) throws ErrnoException;
  }

  /** A global one at its place. */
  record Global(String name, int subsystem, int order, MachineAction action) {}

  private final String module;
  final List<VnetVariable<?>> variables = new ArrayList<>();
  final List<MachineVariable<?>> machineVariables = new ArrayList<>();
  final List<Global> sysinits = new ArrayList<>();
  final List<Global> sysuninits = new ArrayList<>();
  final List<VnetStages.Stage> constructors = new ArrayList<>();
  final List<VnetStages.Stage> shutdowns = new ArrayList<>();
  final List<VnetStages.Stage> destructors = new ArrayList<>();
  final List<SysctlDeclaration> sysctls = new ArrayList<>();

  Declarations(String module) {
    this.module = module;
  }

  /** VNET_DEFINE: gives the variable a slot. */
  public void variable(VnetVariable<?> variable) {
    variables.add(variable);
  }

  /** A variable that all vnets share. */
  public void variable(MachineVariable<?> variable) {
    machineVariables.add(variable);
  }

  /** SYSINIT. */
  public void sysinit(int subsystem, int order, String name, MachineAction action) {
    sysinits.add(new Global(name, subsystem, order, action));
  }

  /** SYSUNINIT. */
  public void sysuninit(int subsystem, int order, String name, MachineAction action) {
    sysuninits.add(new Global(name, subsystem, order, action));
  }

  /** VNET_SYSINIT. */
  public void vnetSysinit(int subsystem, int order, String name, VnetStages.Action action) {
    constructors.add(VnetStages.Stage.of(module, name, subsystem, order, action));
  }

  /** VNET_SYSUNINIT: frees what the constructor of that name made, and nothing else. */
  public void vnetSysuninit(int subsystem, int order, String name, VnetStages.Action action) {
    destructors.add(VnetStages.Stage.of(module, name, subsystem, order, action));
  }

  /** The shutdown stage: revokes, while everything that it names is alive. */
  public VnetStages.Stage vnetShutdown(
      int subsystem, int order, String name, VnetStages.ShutdownHandler handler) {
    return shutdown(VnetStages.Stage.shutdown(module, name, subsystem, order, handler));
  }

  private VnetStages.Stage shutdown(VnetStages.Stage stage) {
    shutdowns.add(stage);
    return stage;
  }

  /**
   * A shutdown handler whose work takes turns of several lanes; null = nothing to do in this vnet.
   */
  public VnetStages.Stage vnetShutdownSaga(
      int subsystem, int order, String name, Function<Vnet, @Nullable Saga<?>> saga) {
    return shutdown(VnetStages.Stage.shutdownSaga(module, name, subsystem, order, saga));
  }

  /** SYSCTL_*: a node that comes and goes with the module. */
  public void sysctl(SysctlDeclaration node) {
    sysctls.add(node);
  }
}
