package cellblock.host.jail;

import cellblock.control.JailRequest.ParamInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters that a jail can have, in the order in which FreeBSD lists them (ancestor:
 * SYSCTL_JAIL_PARAM of sys/kern/kern_jail.c). A parameter without effect here is accepted, kept and
 * shown.
 */
final class JailParameters {
  /**
   * One parameter.
   *
   * @param type "int", "string", "bool", "jailsys", "iplist", "ulong"
   * @param initial its value in a new jail ("true"/"false" for bool)
   * @param settable whether jail_set takes it
   * @param fixed whether it is fixed at creation
   */
  record Parameter(
      String name, String type, String initial, boolean settable, boolean fixed, String text) {}

  private static final List<String> RIGHTS =
      List.of(
          "set_hostname",
          "sysvipc",
          "raw_sockets",
          "chflags",
          "mount",
          "quotas",
          "socket_af",
          "mlock",
          "reserved_ports",
          "read_msgbuf",
          "unprivileged_proc_debug",
          "suser",
          "nfsd",
          "extattr",
          "adjtime",
          "settime",
          "routing",
          "setaudit",
          "unprivileged_parent_tampering",
          "mount.devfs",
          "mount.fdescfs",
          "mount.fusefs",
          "mount.linprocfs",
          "mount.linsysfs",
          "mount.nullfs",
          "mount.procfs",
          "mount.tmpfs",
          "mount.zfs",
          "vmm");

  private static final List<String> RIGHTS_ON =
      List.of("set_hostname", "reserved_ports", "unprivileged_proc_debug", "suser");

  private static final List<Parameter> ALL = build();
  private static final Map<String, String> DEFAULTS = initials(List.of());
  private static final Map<String, String> WITH_VNET = initials(List.of("vnet", "ip4", "ip6"));

  private JailParameters() {}

  static List<Parameter> all() {
    return ALL;
  }

  /** The initial values by name, in order, of a jail with or without a vnet of its own. */
  static Map<String, String> defaults(boolean vnet) {
    return vnet ? WITH_VNET : DEFAULTS;
  }

  private static Map<String, String> initials(List<String> fresh) {
    Map<String, String> values = new LinkedHashMap<>();
    ALL.forEach(p -> values.put(p.name, fresh.contains(p.name) ? "new" : p.initial));
    return Collections.unmodifiableMap(values);
  }

  static List<ParamInfo> infos() {
    return ALL.stream().map(p -> new ParamInfo(p.name, p.type, p.settable, p.text)).toList();
  }

  private static List<Parameter> build() {
    List<Parameter> all = new ArrayList<>();
    all.add(set("devfs_ruleset", "int", "0", "Ruleset for in-jail devfs mounts"));
    all.add(read("dying", "bool", "false", "Jail is in the process of shutting down"));
    all.add(set("enforce_statfs", "int", "2", "Jail cannot see all mounted file systems"));
    all.add(fixed("host", "jailsys", "new", "Jail host info"));
    all.add(fixed("ip4", "jailsys", "inherit", "Jail IPv4 address virtualization"));
    all.add(fixed("ip6", "jailsys", "inherit", "Jail IPv6 address virtualization"));
    all.add(fixed("jid", "int", "0", "Jail ID"));
    all.add(set("name", "string", "", "Jail name"));
    all.add(
        fixed(
            "osreldate",
            "int",
            KernelVersion.OSRELDATE,
            "Jail value for kern.osreldate and uname -K"));
    all.add(
        fixed(
            "osrelease",
            "string",
            KernelVersion.OSRELEASE,
            "Jail value for kern.osrelease and uname -r"));
    all.add(read("parent", "int", "0", "Jail parent ID"));
    all.add(fixed("path", "string", "/", "Jail root path"));
    all.add(set("persist", "bool", "false", "Jail persistence"));
    all.add(set("securelevel", "int", "-1", "Jail secure level"));
    all.add(set("sysvmsg", "jailsys", "disable", "SYSV message queues"));
    all.add(set("sysvsem", "jailsys", "disable", "SYSV semaphores"));
    all.add(set("sysvshm", "jailsys", "disable", "SYSV shared memory"));
    all.add(fixed("vnet", "jailsys", "inherit", "Virtual network stack"));
    for (String right : RIGHTS) {
      boolean on = RIGHTS_ON.contains(right);
      all.add(set("allow." + right, "bool", Boolean.toString(on), "Jail may " + right));
    }
    all.add(read("children.cur", "int", "0", "Current number of child jails"));
    all.add(set("children.max", "int", "0", "Maximum number of child jails"));
    all.add(read("cpuset.id", "int", "0", "Jail cpuset ID"));
    all.add(set("env", "string", "", "Jail environment information"));
    all.add(set("host.domainname", "string", "", "Jail NIS domainname"));
    all.add(set("host.hostid", "ulong", "0", "Jail host ID"));
    all.add(set("host.hostname", "string", "", "Jail hostname"));
    all.add(
        set("host.hostuuid", "string", "00000000-0000-0000-0000-000000000000", "Jail host UUID"));
    all.add(set("ip4.addr", "iplist", "", "Jail IPv4 addresses"));
    all.add(set("ip4.saddrsel", "bool", "true", "Do (not) use IPv4 source address selection"));
    all.add(set("ip6.addr", "iplist", "", "Jail IPv6 addresses"));
    all.add(set("ip6.saddrsel", "bool", "true", "Do (not) use IPv6 source address selection"));
    all.add(set("meta", "string", "", "Jail meta information"));
    return List.copyOf(all);
  }

  private static Parameter set(String name, String type, String initial, String text) {
    return new Parameter(name, type, initial, true, false, text);
  }

  private static Parameter fixed(String name, String type, String initial, String text) {
    return new Parameter(name, type, initial, true, true, text);
  }

  private static Parameter read(String name, String type, String initial, String text) {
    return new Parameter(name, type, initial, false, false, text);
  }
}
