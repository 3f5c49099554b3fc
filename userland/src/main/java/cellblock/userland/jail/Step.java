package cellblock.userland.jail;

import static cellblock.userland.jail.CommandParam.COMMAND;
import static cellblock.userland.jail.CommandParam.EXEC_CREATED;
import static cellblock.userland.jail.CommandParam.EXEC_POSTSTART;
import static cellblock.userland.jail.CommandParam.EXEC_POSTSTOP;
import static cellblock.userland.jail.CommandParam.EXEC_PREPARE;
import static cellblock.userland.jail.CommandParam.EXEC_PRESTART;
import static cellblock.userland.jail.CommandParam.EXEC_PRESTOP;
import static cellblock.userland.jail.CommandParam.EXEC_RELEASE;
import static cellblock.userland.jail.CommandParam.EXEC_START;
import static cellblock.userland.jail.CommandParam.EXEC_STOP;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a jail. The order of the steps is FreeBSD's: startcommands[] and
 * stopcommands[] of usr.sbin/jail/jail.c.
 */
enum Step {
  PREPARE(Kind.OUTSIDE, EXEC_PREPARE),
  IP4(Kind.ALIAS, null),
  IP6(Kind.ALIAS, null),
  MOUNT(Kind.MOUNT, CommandParam.MOUNT),
  FSTAB(Kind.MOUNT, CommandParam.MOUNT_FSTAB),
  DEVFS(Kind.MOUNT, CommandParam.MOUNT_DEVFS),
  FDESCFS(Kind.MOUNT, CommandParam.MOUNT_FDESCFS),
  PROCFS(Kind.MOUNT, CommandParam.MOUNT_PROCFS),
  PRESTART(Kind.OUTSIDE, EXEC_PRESTART),
  CREATE_OR_REMOVE(Kind.OPERATION, null),
  CREATED(Kind.OUTSIDE, EXEC_CREATED),
  INTERFACES(Kind.INTERFACE, CommandParam.VNET_INTERFACE),
  BEGIN(Kind.INSIDE, EXEC_START),
  RUN(Kind.INSIDE, COMMAND),
  POSTSTART(Kind.OUTSIDE, EXEC_POSTSTART),
  PRESTOP(Kind.OUTSIDE, EXEC_PRESTOP),
  END(Kind.INSIDE, EXEC_STOP),
  TERMINATE(Kind.TERMINATE, CommandParam.STOP_TIMEOUT),
  POSTSTOP(Kind.OUTSIDE, EXEC_POSTSTOP),
  RELEASE(Kind.OUTSIDE, EXEC_RELEASE);

  /** How a step is carried out. */
  enum Kind {
    /** A command in the caller's jail. */
    OUTSIDE,
    /** A command in the jail itself. */
    INSIDE,
    /** An address of the jail on an interface of the caller. */
    ALIAS,
    /** An interface lent to the jail. */
    INTERFACE,
    /** Something to mount: checked, no effect. */
    MOUNT,
    /** jail_set(2) or jail_remove(2). */
    OPERATION,
    /** SIGTERM to the jail's processes. */
    TERMINATE
  }

  static final List<Step> START =
      List.of(
          PREPARE,
          IP4,
          IP6,
          MOUNT,
          FSTAB,
          DEVFS,
          FDESCFS,
          PROCFS,
          PRESTART,
          CREATE_OR_REMOVE,
          CREATED,
          INTERFACES,
          BEGIN,
          RUN,
          POSTSTART);

  static final List<Step> STOP =
      List.of(
          PRESTOP,
          END,
          TERMINATE,
          CREATE_OR_REMOVE,
          POSTSTOP,
          PROCFS,
          FDESCFS,
          DEVFS,
          FSTAB,
          MOUNT,
          IP6,
          IP4,
          RELEASE);

  /** What is left to do for a jail that went away by itself (-C). */
  static final List<Step> CLEANUP = STOP.subList(STOP.indexOf(POSTSTOP), STOP.size());

  private final Kind kind;
  private final @Nullable CommandParam param;

  Step(Kind kind, @Nullable CommandParam param) {
    this.kind = kind;
    this.param = param;
  }

  Kind kind() {
    return kind;
  }

  /** The parameter whose values are the step's commands; null where there is none. */
  @Nullable CommandParam param() {
    return param;
  }

  /** Whether a failed start undoes it: commands of the user are never run a second time. */
  boolean undone() {
    return kind != Kind.OUTSIDE && kind != Kind.INSIDE;
  }
}
