package cellblock.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.module.LinkerFile;
import cellblock.kern.module.ModuleEvent;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.kern.vnet.VnetVariable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The orders that seed 5 tells: boot, load, create, shutdown, destroy, unload, veto, kernel stop.
 */
class ModuleOrderTest {
  private final List<String> log = new ArrayList<>();
  private Sim sim = new Sim(1);
  private Machine machine = sim.machine();
  private Linker linker = new Linker(machine, added -> {}, removed -> {});

  /** Says in {@link #log} whatever is done to it. */
  private class Told implements KernelModule {
    final VnetVariable<int[]> variable;
    private final String name;
    private final int subsystem;
    private final ModuleInfo.Dependency[] needs;
    @Nullable ModuleEvent veto;
    @Nullable String failIn;

    Told(String name, int subsystem, ModuleInfo.Dependency... needs) {
      this.name = name;
      this.subsystem = subsystem;
      this.needs = needs;
      this.variable = VnetVariable.define(name, v -> new int[] {3});
    }

    @Override
    public ModuleInfo info() {
      return new ModuleInfo(name, 2, List.of(needs), subsystem, Order.ANY - 4);
    }

    @Override
    public void event(ModuleEvent event, Machine m) throws ErrnoException {
      log.add(name + " " + event);
      if (event == veto) {
        throw new ErrnoException(Errno.EBUSY);
      }
    }

    @Override
    public void declare(Declarations d) {
      d.variable(variable);
      d.sysinit(subsystem, Order.ANY - 3, "init", m -> log.add(name + " init"));
      d.sysuninit(subsystem, Order.ANY - 3, "init", m -> log.add(name + " uninit"));
      d.vnetSysinit(
          subsystem,
          Order.ANY - 2,
          "vnet",
          v -> {
            log.add(name + " vnet_init " + v + " " + variable.get()[0]++);
            if (v.name().equals(failIn)) {
              throw new ErrnoException(Errno.ENOMEM);
            }
          });
      d.vnetShutdown(
          subsystem,
          Order.ANY,
          "vnet",
          v -> {
            log.add(name + " shutdown " + v);
            return w -> log.add(name + " second " + w);
          });
      d.vnetSysuninit(subsystem, Order.ANY - 2, "vnet", v -> log.add(name + " vnet_uninit " + v));
    }
  }

  private void boot(KernelModule... modules) throws ErrnoException {
    sim.stepper().run(linker.boot(List.of(modules)));
  }

  private Vnet create(String name) throws ErrnoException {
    return sim.stepper().run(new VnetCreate(machine, name));
  }

  private LinkerFile load(KernelModule m) throws ErrnoException {
    return sim.stepper()
        .run(linker.load(m.info().name() + ".ko", "/boot/kernel", List.of(m), null));
  }

  @Test
  void at_boot_events_sysinits_and_vnet_sysinits_run_merged_by_subsystem_and_order()
      throws ErrnoException {
    boot(new Told("late", Subsystem.PROTO_DOMAIN), new Told("early", Subsystem.PSEUDO));
    assertThat(log)
        .containsExactly(
            "early LOAD",
            "early init",
            "early vnet_init vnet0 3",
            "late LOAD",
            "late init",
            "late vnet_init vnet0 3");
    assertThat(machine.vnet0().state()).isEqualTo(Vnet.State.ALIVE);
  }

  @Test
  void a_new_vnet_gets_fresh_initial_values_and_every_constructor() throws ErrnoException {
    Told m = new Told("m", Subsystem.PSEUDO);
    boot(m);
    log.clear();
    Vnet a = create("a");
    assertThat(log).containsExactly("m vnet_init a 3");
    assertThat(m.variable.of(a)).isNotSameAs(m.variable.of(machine.vnet0()));
    assertThat(m.variable.of(a)[0]).isEqualTo(4);
  }

  @Test
  void a_module_loaded_later_reaches_every_vnet_and_is_unloaded_from_every_vnet()
      throws ErrnoException {
    boot();
    create("a");
    LinkerFile file = load(new Told("m", Subsystem.PSEUDO));
    assertThat(log).containsExactly("m LOAD", "m init", "m vnet_init vnet0 3", "m vnet_init a 3");
    log.clear();
    sim.stepper().run(linker.unload(file, false));
    assertThat(log)
        .containsExactly(
            "m QUIESCE",
            "m UNLOAD",
            "m shutdown vnet0",
            "m second vnet0",
            "m shutdown a",
            "m second a",
            "m vnet_uninit vnet0",
            "m vnet_uninit a",
            "m uninit");
    assertThat(linker.files()).hasSize(1);
  }

  @Test
  void a_veto_of_load_leaves_nothing_behind() throws ErrnoException {
    boot();
    Told m = new Told("m", Subsystem.PSEUDO);
    m.veto = ModuleEvent.LOAD;
    assertThatThrownBy(() -> load(m)).isInstanceOf(ErrnoException.class);
    assertThat(log).containsExactly("m LOAD");
    assertThat(linker.files()).hasSize(1);
    m.veto = null;
    load(m);
    assertThat(linker.files()).hasSize(2);
  }

  @Test
  void a_quiesce_veto_yields_to_force_and_an_unload_veto_does_not() throws ErrnoException {
    boot();
    Told m = new Told("m", Subsystem.PSEUDO);
    LinkerFile file = load(m);
    m.veto = ModuleEvent.QUIESCE;
    assertThatThrownBy(() -> sim.stepper().run(linker.unload(file, false)))
        .hasMessage("Device busy");
    m.veto = ModuleEvent.UNLOAD;
    log.clear();
    assertThatThrownBy(() -> sim.stepper().run(linker.unload(file, true)))
        .hasMessage("Device busy");
    assertThat(log).containsExactly("m QUIESCE", "m UNLOAD");
    m.veto = ModuleEvent.QUIESCE;
    sim.stepper().run(linker.unload(file, true));
    assertThat(linker.files()).hasSize(1);
  }

  @Test
  void destroy_mirrors_create_and_shutdown_comes_before_it() throws ErrnoException {
    boot(new Told("low", Subsystem.PSEUDO), new Told("high", Subsystem.PROTO_DOMAIN));
    Vnet a = create("a");
    log.clear();
    sim.stepper().run(new VnetShutdown(a));
    assertThat(log)
        .containsExactly("high shutdown a", "low shutdown a", "high second a", "low second a");
    log.clear();
    assertThat(sim.stepper().run(new VnetDestroy(a))).isEmpty();
    assertThat(log).containsExactly("high vnet_uninit a", "low vnet_uninit a");
    assertThat(Residue.of(machine)).isEmpty();
  }

  @Test
  void equal_keys_are_destroyed_last_registered_first() throws ErrnoException {
    boot(new Told("one", Subsystem.PSEUDO), new Told("two", Subsystem.PSEUDO));
    Vnet a = create("a");
    log.clear();
    sim.stepper().run(new VnetDestroy(a));
    assertThat(log).containsExactly("two vnet_uninit a", "one vnet_uninit a");
  }

  @Test
  void a_constructor_that_fails_undoes_exactly_those_that_ran() throws ErrnoException {
    Told low = new Told("low", Subsystem.PSEUDO);
    Told high = new Told("high", Subsystem.PROTO_DOMAIN);
    Told never = new Told("never", Subsystem.PROTO_END);
    boot(low, high, never);
    high.failIn = "a";
    log.clear();
    assertThatThrownBy(() -> create("a")).hasMessage("Cannot allocate memory");
    assertThat(log).containsExactly("low vnet_init a 3", "high vnet_init a 3", "low vnet_uninit a");
    assertThat(Residue.of(machine)).isEmpty();
  }

  @Test
  void a_module_that_fails_in_one_vnet_is_undone_in_all() throws ErrnoException {
    boot();
    create("a");
    Told m = new Told("m", Subsystem.PSEUDO);
    m.failIn = "a";
    assertThatThrownBy(() -> load(m)).hasMessage("Cannot allocate memory");
    assertThat(log)
        .containsExactly(
            "m LOAD",
            "m init",
            "m vnet_init vnet0 3",
            "m vnet_init a 3",
            "m vnet_uninit vnet0",
            "m uninit");
    assertThat(linker.files()).hasSize(1);
  }

  @Test
  void a_dependency_must_be_there_in_a_version_that_fits_and_pins_its_file() throws ErrnoException {
    boot();
    assertThatThrownBy(
            () -> load(new Told("m", Subsystem.PSEUDO, new ModuleInfo.Dependency("base", 1, 2, 3))))
        .isInstanceOf(ErrnoException.class)
        .hasMessage(Errno.ENOEXEC.text());
    LinkerFile base = load(new Told("base", Subsystem.PSEUDO));
    assertThatThrownBy(
            () -> load(new Told("m", Subsystem.PSEUDO, new ModuleInfo.Dependency("base", 3, 3, 3))))
        .isInstanceOf(ErrnoException.class);
    LinkerFile m =
        load(new Told("m", Subsystem.PSEUDO, new ModuleInfo.Dependency("base", 1, 2, 3)));
    assertThat(base.references()).isEqualTo(2);
    assertThatThrownBy(() -> sim.stepper().run(linker.unload(base, true)))
        .hasMessage("Device busy");
    sim.stepper().run(linker.unload(m, false));
    sim.stepper().run(linker.unload(base, false));
    assertThat(linker.files()).hasSize(1);
  }

  @Test
  void a_module_loaded_while_a_vnet_is_being_built_reaches_it_exactly_once() throws ErrnoException {
    for (long seed = 0; seed < 200; seed++) {
      ModuleOrderTest t = seeded(seed);
      t.boot(t.new Told("low", Subsystem.PSEUDO), t.new Told("high", Subsystem.PROTO_END));
      t.log.clear();
      VnetCreate create = t.sim.stepper().spawn(new VnetCreate(t.machine, "a"));
      KernelModule m = t.new Told("m", Subsystem.PROTO_DOMAIN);
      var load = t.sim.stepper().spawn(t.linker.load("m.ko", "/m.ko", List.of(m), null));
      t.sim.stepper().until(() -> create.finished() && load.finished());
      create.result();
      load.result();
      assertThat(t.log.stream().filter(l -> l.startsWith("m vnet_init a")))
          .as("seed %d: %s", seed, t.log)
          .hasSize(1);
    }
  }

  @Test
  void a_vnet_destroyed_while_a_module_is_unloaded_is_destructed_exactly_once()
      throws ErrnoException {
    for (long seed = 0; seed < 200; seed++) {
      ModuleOrderTest t = seeded(seed);
      t.boot(t.new Told("base", Subsystem.PSEUDO));
      Vnet a = t.create("a");
      LinkerFile file = t.load(t.new Told("m", Subsystem.PROTO_DOMAIN));
      t.log.clear();
      VnetDestroy destroy = t.sim.stepper().spawn(new VnetDestroy(a));
      var unload = t.sim.stepper().spawn(t.linker.unload(file, false));
      t.sim.stepper().until(() -> destroy.finished() && unload.finished());
      unload.result();
      assertThat(destroy.result()).isEmpty();
      assertThat(t.log.stream().filter(l -> l.equals("m vnet_uninit a")))
          .as("seed %d: %s", seed, t.log)
          .hasSize(1);
      assertThat(Residue.of(t.machine)).as("seed %d", seed).isEmpty();
    }
  }

  @Test
  void kernel_stop_calls_mod_shutdown_and_nothing_else() throws ErrnoException {
    boot(new Told("one", Subsystem.PSEUDO), new Told("two", Subsystem.PSEUDO));
    log.clear();
    sim.stepper().run(linker.shutdown());
    assertThat(log).containsExactly("two SHUTDOWN", "one SHUTDOWN");
  }

  @Test
  void a_kernel_without_vimage_has_one_vnet() throws ErrnoException {
    ModuleOrderTest t = new ModuleOrderTest();
    t.use(new Sim(1, false));
    Told m = t.new Told("m", Subsystem.PSEUDO);
    t.boot(m);
    assertThatThrownBy(() -> t.create("a")).hasMessage("Operation not supported");
    assertThat(m.variable.of(t.machine.vnet0())[0]).isEqualTo(4);
  }

  @Test
  void a_variable_without_a_current_vnet_is_an_error_that_names_both() throws ErrnoException {
    Told m = new Told("m", Subsystem.PSEUDO);
    boot(m);
    assertThatThrownBy(() -> m.variable.get()) // a lambda, so that this class is the place
        .hasMessageContaining("V_m")
        .hasMessageContaining("ModuleOrderTest");
    machine.vnet0().run(() -> assertThat(m.variable.get()[0]).isEqualTo(4));
  }

  @Test
  void a_destroyed_vnet_is_poisoned() throws ErrnoException {
    Told m = new Told("m", Subsystem.PSEUDO);
    boot(m);
    Vnet a = create("a");
    sim.stepper().run(new VnetDestroy(a));
    assertThatThrownBy(() -> m.variable.of(a)).hasMessageContaining("after vnet_destroy");
  }

  /** A test of its own for each seed. */
  private static ModuleOrderTest seeded(long seed) {
    ModuleOrderTest t = new ModuleOrderTest();
    t.use(new Sim(seed));
    return t;
  }

  private void use(Sim of) {
    sim = of;
    machine = of.machine();
    linker = new Linker(machine, added -> {}, removed -> {});
  }
}
