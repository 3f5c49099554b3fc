package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.ModuleStages;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetStages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Boots a machine: LOAD events, SYSINITs and VNET_SYSINITs of all modules compiled in, merged into
 * one sequence by (subsystem, order). vnet0 is allocated at SI_SUB_VNET; everything per vnet stands
 * after it.
 */
public final class Boot extends Saga<Vnet> {
  private record Init(String name, int subsystem, int order, Runnable step) {}

  private final Linker linker;
  private final Machine machine;
  private final List<Init> inits = new ArrayList<>();
  private @Nullable Vnet vnet0;

  Boot(Linker linker, List<KernelModule> compiledIn) {
    super("boot");
    this.linker = linker;
    this.machine = linker.machine();
    turn("open kernel", machine.kernelLane(), () -> open(compiledIn));
  }

  private void open(List<KernelModule> compiledIn) throws ErrnoException {
    LinkerFile file = linker.open("kernel", "/boot/kernel/kernel", compiledIn, null);
    for (LinkerFile.Loaded m : file.modules) {
      ModuleInfo info = m.module().info();
      Declarations d = m.declarations();
      machine.link(d.machineVariables);
      new ModuleStages(machine, m.name()).link(d.variables, d.shutdowns, d.destructors);
      linker.addSysctls(m);
      add(
          "MOD_LOAD " + m.name(),
          info.subsystem(),
          info.order(),
          () ->
              turn(
                  "MOD_LOAD " + m.name(),
                  machine.kernelLane(),
                  () -> m.module().event(ModuleEvent.LOAD, machine)));
      for (Declarations.Global g : d.sysinits) {
        add(
            m.name() + "." + g.name(),
            g.subsystem(),
            g.order(),
            () -> turn("SYSINIT " + g.name(), machine.kernelLane(), () -> g.action().run(machine)));
      }
      for (VnetStages.Stage s : d.constructors) {
        add(s.toString(), s.subsystem(), s.order(), () -> construct(m.name(), s));
      }
    }
    inits.add(new Init("vnet0", Subsystem.VNET, 0, this::allocateVnet0));
    inits.sort(Comparator.comparingInt(Init::subsystem).thenComparingInt(Init::order));
    inits.forEach(i -> local(i.name, i.step::run));
  }

  private void add(String name, int subsystem, int order, Runnable step) {
    inits.add(new Init(name, subsystem, order, step));
  }

  private void allocateVnet0() {
    VnetCreate create = new VnetCreate(machine, "vnet0");
    inner("vnet0", () -> create);
    local("vnet0 is there", () -> vnet0 = create.result());
  }

  private void construct(String module, VnetStages.Stage s) {
    inner("VNET_SYSINIT " + s, () -> new ModuleStages(machine, module).construct(s));
  }

  @Override
  @SuppressWarnings("NullAway") // the boot fails before there is a result without vnet0
  protected Vnet value() {
    return vnet0;
  }
}
