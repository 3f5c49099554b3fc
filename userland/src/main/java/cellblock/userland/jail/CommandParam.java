package cellblock.userland.jail;

import org.jspecify.annotations.Nullable;

/**
 * The parameters that jail(8) itself acts on and never shows the kernel (IP_* of jailp.h). Mount
 * parameters are taken and checked but mount nothing: there is no root to mount below.
 */
enum CommandParam {
  ALLOW_DYING("allow.dying", Kind.BOOLEAN),
  COMMAND("command", Kind.TEXT),
  DEPEND("depend", Kind.TEXT),
  EXEC_CLEAN("exec.clean", Kind.BOOLEAN),
  EXEC_CONSOLELOG("exec.consolelog", Kind.TEXT),
  EXEC_CREATED("exec.created", Kind.TEXT),
  EXEC_FIB("exec.fib", Kind.INTEGER),
  EXEC_JAIL_USER("exec.jail_user", Kind.TEXT),
  EXEC_POSTSTART("exec.poststart", Kind.TEXT),
  EXEC_POSTSTOP("exec.poststop", Kind.TEXT),
  EXEC_PREPARE("exec.prepare", Kind.TEXT),
  EXEC_PRESTART("exec.prestart", Kind.TEXT),
  EXEC_PRESTOP("exec.prestop", Kind.TEXT),
  EXEC_RELEASE("exec.release", Kind.TEXT),
  EXEC_START("exec.start", Kind.TEXT),
  EXEC_STOP("exec.stop", Kind.TEXT),
  EXEC_SYSTEM_JAIL_USER("exec.system_jail_user", Kind.BOOLEAN),
  EXEC_SYSTEM_USER("exec.system_user", Kind.TEXT),
  EXEC_TIMEOUT("exec.timeout", Kind.INTEGER),
  INTERFACE("interface", Kind.TEXT),
  IP_HOSTNAME("ip_hostname", Kind.BOOLEAN),
  MOUNT("mount", Kind.TEXT),
  MOUNT_DEVFS("mount.devfs", Kind.BOOLEAN),
  MOUNT_FDESCFS("mount.fdescfs", Kind.BOOLEAN),
  MOUNT_FSTAB("mount.fstab", Kind.TEXT),
  MOUNT_PROCFS("mount.procfs", Kind.BOOLEAN),
  STOP_TIMEOUT("stop.timeout", Kind.INTEGER),
  VNET_INTERFACE("vnet.interface", Kind.TEXT),
  ZFS_DATASET("zfs.dataset", Kind.TEXT);

  /** What its value must look like. */
  enum Kind {
    TEXT,
    BOOLEAN,
    INTEGER
  }

  private final String text;
  private final Kind kind;

  CommandParam(String text, Kind kind) {
    this.text = text;
    this.kind = kind;
  }

  /** The parameter's name. */
  String text() {
    return text;
  }

  Kind kind() {
    return kind;
  }

  /** The parameter of that name, with or without a "no", or null when it is the kernel's. */
  static @Nullable CommandParam named(String name) {
    for (CommandParam param : values()) {
      if (Names.same(name, param.text)) {
        return param;
      }
    }
    return null;
  }
}
