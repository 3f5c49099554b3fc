package cellblock.it.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.module.LinkerFile;
import cellblock.kern.saga.Saga;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.net.NetModule;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.netisr.Netisr;
import cellblock.sim.Residue;
import cellblock.sim.Sim;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The skeleton of docs/writing-a-module.md does what the guide says, on live vnets in virtual time.
 */
class SkeletonModuleTest {
  private static final int ETHER_TYPE = 0x88b5;
  private static final long SECOND = 1_000_000_000L;

  @TempDir static Path dir;
  private static Path jar;

  private final Sim sim = new Sim(5);
  private final Machine machine = sim.machine();
  private final TreeMap<String, SysctlDeclaration> sysctls = new TreeMap<>();
  private final Linker linker =
      new Linker(
          machine,
          added -> added.forEach(d -> sysctls.put(d.name(), d)),
          removed -> removed.forEach(d -> sysctls.remove(d.name())));

  @BeforeAll
  static void build() throws IOException {
    jar =
        ModuleJar.build(
            dir,
            "mymod.jar",
            ModuleJar.source("MyMod.java"),
            "example.mymod.MyMod",
            "example.mymod.MyMod");
  }

  @BeforeEach
  void boot() throws ErrnoException {
    run(linker.boot(List.of(new NetModule())));
  }

  private <T> T run(Saga<T> saga) throws ErrnoException {
    return sim.stepper().run(saga);
  }

  private Vnet create(String name) throws ErrnoException {
    return run(new VnetCreate(machine, name));
  }

  private LinkerFile load() throws Exception {
    URL[] urls = {jar.toUri().toURL()};
    URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader());
    List<KernelModule> modules = new ArrayList<>();
    ServiceLoader.load(KernelModule.class, loader).forEach(modules::add);
    return run(linker.load("mymod.jar", jar.toString(), modules, loader));
  }

  private List<String> said() {
    return machine.messages().lines().stream().filter(l -> l.startsWith("mymod: ")).toList();
  }

  private String read(String name, Vnet vnet) throws ErrnoException {
    return vnet.call(() -> sysctls.get(name).reader().read(machine, vnet));
  }

  private void receive(Vnet vnet) throws ErrnoException {
    vnet.call(() -> {
      Mbuf m = vnet.mbufs().alloc(100);
      Netisr.of(vnet).dispatch(Interfaces.of(vnet).loopback(), m, ETHER_TYPE);
      return true;
    });
  }

  @Test
  void a_load_tells_the_event_then_the_global_constructor_then_one_in_every_vnet()
      throws Exception {
    create("a");
    load();
    assertThat(said())
        .containsExactly(
            "mymod: LOAD", "mymod: init", "mymod: vnet_init vnet0", "mymod: vnet_init a");
  }

  @Test
  void an_unload_tells_its_events_before_any_destructor() throws Exception {
    create("a");
    LinkerFile file = load();
    machine.messages().clear();
    run(linker.unload(file, false));
    assertThat(said())
        .containsExactly(
            "mymod: QUIESCE",
            "mymod: UNLOAD",
            "mymod: vnet_shutdown vnet0",
            "mymod: second phase vnet0",
            "mymod: vnet_shutdown a",
            "mymod: second phase a",
            "mymod: vnet_uninit vnet0",
            "mymod: vnet_uninit a",
            "mymod: uninit");
  }

  @Test
  void a_vnet_made_later_gets_the_module_and_takes_it_along_when_it_dies() throws Exception {
    load();
    machine.messages().clear();
    Vnet b = create("b");
    receive(b);
    receive(b);
    assertThat(read("net.mymod.frames", b)).isEqualTo("2");
    assertThat(b.ledger().count(LedgerKind.MBUF)).isEqualTo(1);
    run(new VnetShutdown(b));
    assertThat(b.call(() -> b.ledger().strays())).isEmpty();
    assertThat(run(new VnetDestroy(b))).isEmpty();
    assertThat(said())
        .containsExactly(
            "mymod: vnet_init b",
            "mymod: vnet_shutdown b",
            "mymod: second phase b",
            "mymod: vnet_uninit b");
    assertThat(Residue.of(machine)).isEmpty();
  }

  @Test
  void every_vnet_has_values_of_its_own_and_all_share_the_switch() throws Exception {
    Vnet a = create("a");
    load();
    SysctlDeclaration mode = sysctls.get("net.mymod.mode");
    a.call(() -> {
      mode.writer().write(machine, a, "5");
      return true;
    });
    receive(a);
    sim.stepper().advance(3 * SECOND);
    assertThat(read("net.mymod.mode", a)).isEqualTo("5");
    assertThat(read("net.mymod.mode", machine.vnet0())).isEqualTo("3");
    assertThat(read("net.mymod.frames", a)).isEqualTo("1");
    assertThat(read("net.mymod.frames", machine.vnet0())).isEqualTo("0");
    assertThat(read("net.mymod.ticks", a)).isEqualTo("3");
    assertThat(mode.vnet()).isTrue();
    assertThat(sysctls.get("net.mymod.debug").vnet()).isFalse();
  }

  @Test
  void a_watched_module_vetoes_its_unload_and_force_overrides_it() throws Exception {
    LinkerFile file = load();
    SysctlDeclaration debug = sysctls.get("net.mymod.debug");
    machine
        .kernelLane()
        .call(() -> {
          debug.writer().write(machine, machine.vnet0(), "1");
          return true;
        });
    assertThatThrownBy(() -> run(linker.unload(file, false))).hasMessage("Device busy");
    receive(machine.vnet0());
    assertThat(read("net.mymod.frames", machine.vnet0())).isEqualTo("1");
    run(linker.unload(file, true));
    assertThat(linker.files()).hasSize(1);
  }

  @Test
  void an_unload_under_traffic_leaves_nothing_in_any_vnet() throws Exception {
    Vnet a = create("a");
    int before = a.ledger().total();
    LinkerFile file = load();
    receive(a);
    receive(machine.vnet0());
    run(linker.unload(file, false));
    assertThat(a.ledger().total()).isEqualTo(before);
    assertThat(sysctls.keySet()).noneMatch(n -> n.contains("mymod"));
    assertThat(Residue.of(machine)).containsExactly("vnet a is still there: ALIVE");
    receive(a); // nobody wants the frame now: dropped and counted, no fault
    assertThat(a.lane().fault()).isNull();
  }

  @Test
  void kernel_stop_tells_the_shutdown_event_alone_and_the_module_stops_by_itself()
      throws Exception {
    Vnet a = create("a");
    load();
    machine.messages().clear();
    run(linker.shutdown());
    sim.stepper().advance(5 * SECOND);
    assertThat(said()).containsExactly("mymod: SHUTDOWN");
    assertThat(read("net.mymod.ticks", a)).isEqualTo("0");
  }

  @Test
  void an_unload_leaves_no_class_behind() throws Exception {
    Vnet a = create("a");
    WeakReference<ClassLoader> loader = loadUseUnload(a);
    for (int i = 0; i < 100 && loader.get() != null; i++) {
      System.gc();
      sim.stepper().advance(SECOND);
    }
    assertThat(loader.get()).as("class loader of the unloaded jar").isNull();
    assertThat(a.state()).isEqualTo(Vnet.State.ALIVE);
  }

  /** In a frame of its own, so that no local variable here keeps the loader. */
  private WeakReference<ClassLoader> loadUseUnload(Vnet a) throws Exception {
    LinkerFile file = load();
    receive(a);
    sim.stepper().advance(2 * SECOND);
    ClassLoader loader = sysctls.get("net.mymod.mode").reader().getClass().getClassLoader();
    ClassLoader ofModule = sysctls.get("net.mymod.frames").reader().getClass().getClassLoader();
    assertThat(loader).isNotSameAs(ofModule); // vnetInt's reader is the kernel's own
    assertThat(ofModule).isInstanceOf(URLClassLoader.class);
    run(linker.unload(file, false));
    return new WeakReference<>(ofModule);
  }
}
