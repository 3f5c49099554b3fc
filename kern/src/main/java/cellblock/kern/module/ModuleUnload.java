package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.ModuleStages;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetStages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * kldunload(2) of a file: QUIESCE of all modules (a veto, unless forced), UNLOAD of all (a veto),
 * then the module's shutdown handlers, VNET_SYSUNINIT in every vnet, and SYSUNINIT, each in
 * descending order (ancestor: linker_file_unload). The events come before any destructor, as seed 5
 * warns.
 */
public final class ModuleUnload extends Saga<Boolean> {
  private final Linker linker;
  private final Machine machine;
  private final LinkerFile file;

  ModuleUnload(Linker linker, LinkerFile file, boolean force) {
    super("kldunload " + file.name());
    this.linker = linker;
    this.machine = linker.machine();
    this.file = file;
    turn("claim", machine.kernelLane(), this::claim);
    for (LinkerFile.Loaded m : file.modules) {
      turn("MOD_QUIESCE " + m.name(), machine.kernelLane(), () -> quiesce(m, force));
    }
    for (LinkerFile.Loaded m : file.modules) {
      turn(
          "MOD_UNLOAD " + m.name(),
          machine.kernelLane(),
          () ->
              ModuleCode.run(
                  machine,
                  m.name() + ": MOD_UNLOAD",
                  () -> m.module().event(ModuleEvent.UNLOAD, machine)));
    }
    local("tear down", this::tearDown);
  }

  private void claim() throws ErrnoException {
    if (file.id() == 1 || file.unloading || !file.users.isEmpty()) {
      throw new ErrnoException(Errno.EBUSY);
    }
    file.unloading = true;
    undo("keep " + file.name(), machine.kernelLane(), () -> file.unloading = false);
  }

  private void quiesce(LinkerFile.Loaded m, boolean force) throws ErrnoException {
    try {
      ModuleCode.run(
          machine,
          m.name() + ": MOD_QUIESCE",
          () -> m.module().event(ModuleEvent.QUIESCE, machine));
    } catch (ErrnoException e) {
      if (!force) {
        throw e;
      }
    }
  }

  private void tearDown() {
    commit(); // from here there is no way back
    for (LinkerFile.Loaded m : file.modules.reversed()) {
      turn("sysctls of " + m.name(), machine.kernelLane(), () -> linker.removeSysctls(m));
      for (Vnet v : machine.vnets().list()) {
        inner("shutdown in " + v, () -> new ModuleStages(machine, m.name()).shutDown(v));
      }
      unlink(this::inner, linker, m);
      for (Declarations.Global g : descending(m.declarations().sysuninits)) {
        turn(
            "SYSUNINIT " + m.name() + "." + g.name(),
            machine.kernelLane(),
            () ->
                ModuleCode.runAnyway(
                    machine,
                    m.name() + "." + g.name() + ": SYSUNINIT",
                    () -> g.action().run(machine)));
      }
      turn(
          "forget " + m.name(),
          machine.kernelLane(),
          () -> machine.unlink(m.declarations().machineVariables));
    }
    turn("close " + file.name(), machine.kernelLane(), () -> linker.close(file));
    local("close source", this::closeSource);
  }

  /** Adds a part to a saga under way. */
  interface Parts {
    void inner(String step, Supplier<? extends Saga<?>> saga);
  }

  /** Runs the module's destructors in every vnet and unlinks it. */
  static void unlink(Parts saga, Linker linker, LinkerFile.Loaded m) {
    ModuleStages stages = new ModuleStages(linker.machine(), m.name());
    List<VnetStages.Stage> down = new ArrayList<>(m.declarations().destructors);
    down.sort(
        Comparator.comparingInt(VnetStages.Stage::subsystem)
            .thenComparingInt(VnetStages.Stage::order));
    for (VnetStages.Stage s : down.reversed()) {
      saga.inner("VNET_SYSUNINIT " + s, () -> stages.destruct(s));
    }
    saga.inner(
        "detach " + m.name(),
        () -> {
          linker.removeSysctls(m);
          return stages.detachAll();
        });
  }

  static List<Declarations.Global> descending(List<Declarations.Global> inits) {
    List<Declarations.Global> sorted = new ArrayList<>(inits);
    sorted.sort(
        Comparator.comparingInt(Declarations.Global::subsystem)
            .thenComparingInt(Declarations.Global::order));
    return sorted.reversed();
  }

  private void closeSource() {
    AutoCloseable source = file.source();
    if (source != null) {
      try {
        source.close();
      } catch (Exception e) {
        machine.messages().log("kldunload " + file.name() + ": " + e);
      }
    }
  }

  @Override
  protected Boolean value() {
    return true;
  }
}
