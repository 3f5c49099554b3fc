package cellblock.host;

import cellblock.host.jail.JailService;
import cellblock.host.jail.KernelVersion;
import cellblock.kern.Machine;
import cellblock.kern.MachineVariable;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.sysctl.SysctlDeclaration;
import cellblock.kern.sysctl.SysctlDeclaration.Type;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The kernel's own sysctls: kern.*, security.jail.*, kern.features.*. The nodes of a prison
 * (kern.hostname and its like) read and write the caller's.
 */
final class KernModule implements KernelModule {
  /** Bytes that kern.arandom gives at once. */
  private static final int CHANCE = 256;

  private static final MachineVariable<RandomGenerator> ARC4RANDOM =
      MachineVariable.define("arc4random", Machine::secrets);

  private final Kernel kernel;

  KernModule(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("kern", 1);
  }

  @Override
  public void declare(Declarations d) {
    d.variable(ARC4RANDOM);
    d.sysctl(
        SysctlDeclaration.readOnly(
            "kern.arandom", Type.OPAQUE, false, "arc4rand", (m, v) -> chance(m)));
    identity(d);
    messages(d);
    jails(d);
  }

  private static String chance(Machine machine) {
    byte[] bytes = new byte[CHANCE];
    ARC4RANDOM.of(machine).nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void identity(Declarations d) {
    constant(d, "kern.ostype", Type.STRING, "Operating system type", "FreeBSD");
    ofPrison(d, "kern.osrelease", "Operating system release", "osrelease");
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "kern.osreldate",
            Type.INT,
            "Kernel release date",
            p -> JailService.parameter(p, "osreldate", KernelVersion.OSRELDATE),
            null));
    constant(d, "kern.features.inet", Type.INT, "Internet Protocol version 4", "1");
    d.sysctl(
        SysctlDeclaration.readOnly(
            "kern.features.vimage",
            Type.INT,
            false,
            "VIMAGE kernel virtualization",
            (m, v) -> m.vimage() ? "1" : "0"));
    hostParameter(d, "kern.hostname", "Hostname", "host.hostname");
    hostParameter(d, "kern.domainname", "Name of the current YP/NIS domain", "host.domainname");
    hostParameter(d, "kern.hostuuid", "Host UUID", "host.hostuuid");
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "kern.hostid",
            Type.ULONG,
            "Host ID",
            p -> JailService.parameter(p, "host.hostid", "0"),
            (p, value) -> p.parameter("host.hostid", value)));
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "kern.securelevel",
            Type.INT,
            "Current secure level",
            p -> Integer.toString(p.secureLevel()),
            (p, value) -> raise(p, Integer.parseInt(value))));
    d.sysctl(
        SysctlDeclaration.readOnly(
            "kern.boottime",
            Type.OPAQUE,
            false,
            "System boottime (estimated)",
            (m, v) -> boottime(m)));
  }

  private static String boottime(Machine m) {
    long micros = (m.clock().wallNanos() - m.clock().nanos()) / 1000;
    return "{ sec = " + micros / 1_000_000 + ", usec = " + micros % 1_000_000 + " }";
  }

  private static void raise(Prison p, int level) throws ErrnoException {
    if (level < p.secureLevel()) {
      throw new ErrnoException(Errno.EPERM);
    }
    p.secureLevel(level);
  }

  private static void messages(Declarations d) {
    d.sysctl(
        SysctlDeclaration.readOnly(
            "kern.msgbuf",
            Type.STRING,
            false,
            "Contents of kernel message buffer",
            (m, v) -> String.join("\n", m.messages().lines())));
    d.sysctl(
        SysctlDeclaration.procedure(
            "kern.msgbuf_clear",
            Type.INT,
            false,
            "Clear kernel message buffer",
            (m, v) -> "0",
            (m, v, value) -> {
              if (!value.equals("0")) {
                m.messages().clear();
              }
            }));
  }

  private void jails(Declarations d) {
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "security.jail.jailed",
            Type.INT,
            "Process in jail?",
            p -> p.parent() == null ? "0" : "1",
            null));
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "security.jail.vnet",
            Type.INT,
            "Jail owns vnet?",
            p -> p.parent() != null && p.ownsVnet() ? "1" : "0",
            null));
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "security.jail.children.cur",
            Type.INT,
            "Current number of child jails",
            p -> Integer.toString(p.childrenCur()),
            null));
    d.sysctl(
        SysctlDeclaration.ofPrison(
            "security.jail.children.max",
            Type.INT,
            "Maximum number of child jails",
            p -> Integer.toString(p.childrenMax()),
            null));
    d.sysctl(
        SysctlDeclaration.machineInt(
                "security.jail.remove_timeout",
                m -> kernel.jails().removeTimeout(),
                0,
                86_400,
                "How long jail_remove waits until the jail is gone")
            .in("seconds"));
    d.sysctl(
        SysctlDeclaration.machineInt(
            "security.jail.remove_async",
            m -> kernel.jails().removeAsync(),
            0,
            1,
            "jail_remove returns at once, as FreeBSD's may"));
    d.sysctl(
        SysctlDeclaration.readOnly(
            "security.jail.plan",
            Type.STRING,
            false,
            "In which order jails and interfaces die",
            (m, v) -> m.plan().name()));
  }

  private static void constant(Declarations d, String name, Type type, String text, String value) {
    d.sysctl(SysctlDeclaration.readOnly(name, type, false, text, (m, v) -> value));
  }

  private static void ofPrison(Declarations d, String name, String text, String parameter) {
    d.sysctl(
        SysctlDeclaration.ofPrison(
            name,
            Type.STRING,
            text,
            p -> JailService.parameter(p, parameter, KernelVersion.OSRELEASE),
            null));
  }

  /** A parameter of the host group: a jail with host=inherit shares its parent's. */
  private static void hostParameter(Declarations d, String name, String text, String parameter) {
    d.sysctl(
        SysctlDeclaration.ofPrison(
            name,
            Type.STRING,
            text,
            p -> JailService.parameter(holder(p), parameter, ""),
            (p, value) -> {
              if (p.parent() != null && "false".equals(p.parameter("allow.set_hostname"))) {
                throw new ErrnoException(Errno.EPERM);
              }
              holder(p).parameter(parameter, value);
            }));
  }

  private static Prison holder(Prison p) {
    Prison at = p;
    for (Prison up = at.parent();
        up != null && "inherit".equals(at.parameter("host"));
        up = at.parent()) {
      at = up;
    }
    return at;
  }
}
