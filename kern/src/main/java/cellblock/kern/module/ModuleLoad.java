package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.ModuleStages;
import cellblock.kern.vnet.VnetStages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * kldload(2) of a file: MOD_LOAD of its modules (a veto ends it), then SYSINITs and VNET_SYSINITs
 * in their order, the latter in every vnet (ancestor: linker_load_module, linker_file_sysinit).
 * When a step fails, everything done so far is undone.
 */
public final class ModuleLoad extends Saga<LinkerFile> {
  private record Init(int subsystem, int order, Runnable step) {}

  private final Linker linker;
  private final Machine machine;
  private final List<Declarations.Global> toRun = new ArrayList<>();
  private @Nullable LinkerFile file;

  ModuleLoad(
      Linker linker,
      String name,
      String path,
      List<KernelModule> modules,
      @Nullable AutoCloseable source) {
    super("kldload " + name);
    this.linker = linker;
    this.machine = linker.machine();
    turn(
        "open " + name,
        machine.kernelLane(),
        () -> {
          LinkerFile opened = linker.open(name, path, modules, source);
          file = opened;
          undo("close " + name, machine.kernelLane(), () -> linker.close(opened));
          opened.modules.forEach(this::event);
          opened.modules.forEach(this::link);
          local("sysinits", () -> sysinits(opened));
        });
  }

  private void event(LinkerFile.Loaded m) {
    turn(
        "MOD_LOAD " + m.name(),
        machine.kernelLane(),
        () ->
            ModuleCode.run(
                machine,
                m.name() + ": MOD_LOAD",
                () -> m.module().event(ModuleEvent.LOAD, machine)));
  }

  private void link(LinkerFile.Loaded m) {
    Declarations d = m.declarations();
    ModuleStages stages = new ModuleStages(machine, m.name());
    turn(
        "link " + m.name(),
        machine.kernelLane(),
        () -> {
          machine.link(d.machineVariables);
          stages.link(d.variables, d.shutdowns, d.destructors);
          linker.addSysctls(m);
          undo("unlink " + m.name(), null, () -> takeBack(m));
        });
    inner("attach " + m.name(), stages::attachAll);
  }

  private void sysinits(LinkerFile opened) {
    List<Init> inits = new ArrayList<>();
    for (LinkerFile.Loaded m : opened.modules) {
      for (Declarations.Global g : m.declarations().sysinits) {
        inits.add(new Init(g.subsystem(), g.order(), () -> sysinit(m, g)));
      }
      for (VnetStages.Stage s : m.declarations().constructors) {
        inits.add(
            new Init(
                s.subsystem(),
                s.order(),
                () ->
                    inner(
                        "VNET_SYSINIT " + s,
                        () -> new ModuleStages(machine, m.name()).construct(s))));
      }
    }
    inits.sort(Comparator.comparingInt(Init::subsystem).thenComparingInt(Init::order));
    inits.forEach(i -> i.step.run());
    local("loaded", this::commit);
  }

  private void sysinit(LinkerFile.Loaded m, Declarations.Global g) {
    turn(
        "SYSINIT " + m.name() + "." + g.name(),
        machine.kernelLane(),
        () -> {
          ModuleCode.run(
              machine, m.name() + "." + g.name() + ": SYSINIT", () -> g.action().run(machine));
          for (Declarations.Global back : m.declarations().sysuninits) {
            if (back.name().equals(g.name())) {
              toRun.add(back);
            }
          }
        });
  }

  /**
   * As {@link ModuleUnload} takes a module down: its destructors in every vnet, then the SYSUNINITs
   * of those SYSINITs that ran.
   */
  private void takeBack(LinkerFile.Loaded m) {
    ModuleUnload.unlink(this::inner, linker, m);
    for (Declarations.Global back : ModuleUnload.descending(m.declarations().sysuninits)) {
      if (toRun.contains(back)) {
        turn(
            "SYSUNINIT " + m.name() + "." + back.name(),
            machine.kernelLane(),
            () ->
                ModuleCode.runAnyway(
                    machine,
                    m.name() + "." + back.name() + ": SYSUNINIT",
                    () -> back.action().run(machine)));
      }
    }
    turn(
        "forget " + m.name(),
        machine.kernelLane(),
        () -> machine.unlink(m.declarations().machineVariables));
  }

  @Override
  @SuppressWarnings("NullAway") // set by the first step
  protected LinkerFile value() {
    return file;
  }
}
