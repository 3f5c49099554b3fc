package cellblock.net.tuntap;

import cellblock.kern.Machine;
import cellblock.kern.MachineVariable;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfUnits;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** if_tuntap: the module of {@link TunDevice} (ancestor: tuntapmodevent, vnet_tun_init). */
public final class TunTapModule implements KernelModule {
  private static final MachineVariable<IfUnits> TUN_UNITS = unitsOf(TunKind.TUN);
  private static final MachineVariable<IfUnits> TAP_UNITS = unitsOf(TunKind.TAP);
  private static final MachineVariable<IfUnits> VMNET_UNITS = unitsOf(TunKind.VMNET);

  /** The devices of all vnets, by name. Any thread. */
  static final MachineVariable<ConcurrentSkipListMap<String, TunDevice>> DEVICES =
      MachineVariable.define("tun_devices", m -> new ConcurrentSkipListMap<>());

  /** net.link.tap.up_on_open. */
  static final MachineVariable<IntCell> UP_ON_OPEN =
      MachineVariable.define("tap_up_on_open", m -> new IntCell(0));

  /** net.link.tun.devfs_cloning and net.link.tap.devfs_cloning. */
  private static final MachineVariable<IntCell> TUN_CLONING =
      MachineVariable.define("tun_devfs_cloning", m -> new IntCell(1));

  private static final MachineVariable<IntCell> TAP_CLONING =
      MachineVariable.define("tap_devfs_cloning", m -> new IntCell(1));

  private static MachineVariable<IfUnits> unitsOf(TunKind kind) {
    return MachineVariable.define(kind.type() + "_units", m -> new IfUnits());
  }

  static MachineVariable<IfUnits> units(TunKind kind) {
    return switch (kind) {
      case TUN -> TUN_UNITS;
      case TAP -> TAP_UNITS;
      case VMNET -> VMNET_UNITS;
    };
  }

  /** Whether the module is there. */
  public static boolean loaded(Vnet vnet) {
    return vnet.has(TunLink.V_TUN);
  }

  /** The device of that name, in whatever vnet its interface is; or null. Any thread. */
  public static @Nullable TunDevice device(Machine machine, String name) {
    return DEVICES.of(machine).get(name);
  }

  /** Whether opening a device that is not there makes it. */
  public static boolean clones(Machine machine, TunKind kind) {
    return (kind.ether() ? TAP_CLONING : TUN_CLONING).of(machine).get() != 0;
  }

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("if_tuntap", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
  }

  @Override
  public void declare(Declarations d) {
    d.variable(DEVICES);
    d.variable(UP_ON_OPEN);
    d.variable(TUN_CLONING);
    d.variable(TAP_CLONING);
    d.variable(TunLink.V_TUN);
    for (TunKind kind : TunKind.values()) {
      d.variable(units(kind));
      IfCloners.declare(d, kind.type(), new TunClone(kind));
    }
    String cloning = "Enable legacy devfs interface creation";
    d.sysctl(
        SysctlDeclaration.machineInt("net.link.tun.devfs_cloning", TUN_CLONING::of, 0, 1, cloning));
    d.sysctl(
        SysctlDeclaration.machineInt("net.link.tap.devfs_cloning", TAP_CLONING::of, 0, 1, cloning));
    d.sysctl(
        SysctlDeclaration.machineInt(
            "net.link.tap.up_on_open",
            UP_ON_OPEN::of,
            0,
            1,
            "Bring interface up when /dev/tap is opened"));
  }
}
