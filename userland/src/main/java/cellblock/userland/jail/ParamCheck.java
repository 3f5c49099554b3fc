package cellblock.userland.jail;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.userland.misc.Err;
import cellblock.userland.misc.HostTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the parameters that jail(8) acts on and works out what follows from others: addresses from
 * a host name, aliases from addresses with an interface. Descends from check_intparams() of
 * usr.sbin/jail/config.c.
 */
final class ParamCheck {
  private final Session session;
  private final JailRecord jail;
  private final List<String> ip4 = new ArrayList<>();
  private final List<String> ip6 = new ArrayList<>();
  private final List<String> fstab = new ArrayList<>();
  private boolean good = true;

  private ParamCheck(Session session, JailRecord jail) {
    this.session = session;
    this.jail = jail;
  }

  /** What follows from a jail's parameters. */
  record Derived(boolean good, List<String> ip4, List<String> ip6, List<String> fstab) {}

  /** Checks a jail; messages have been printed when the result is not good. */
  static Derived of(Session session, JailRecord jail, boolean stopOnly) {
    ParamCheck check = new ParamCheck(session, jail);
    check.forms();
    if (jail.isTrue(CommandParam.IP_HOSTNAME)
        && (!stopOnly || jail.isSet(CommandParam.INTERFACE))) {
      check.hostname();
    }
    check.aliases("ip4.addr", check.ip4);
    check.aliases("ip6.addr", check.ip6);
    check.fstab();
    return new Derived(check.good, check.ip4, check.ip6, check.fstab);
  }

  private void forms() {
    for (JailParam param : jail.params()) {
      CommandParam command = param.command();
      String value = param.last();
      if (command == null || value == null) {
        continue;
      }
      if (command.kind() == CommandParam.Kind.BOOLEAN && !Names.isBoolean(value)) {
        refuse("%s: unknown boolean value \"%s\"".formatted(param.name(), value));
      } else if (command.kind() == CommandParam.Kind.INTEGER && !value.matches("[-+]?[0-9]{1,9}")) {
        refuse("%s: non-integer value \"%s\"".formatted(param.name(), value));
      }
    }
  }

  private void hostname() {
    String hostname = jail.string("host.hostname");
    if (hostname == null) {
      return;
    }
    boolean six = feature("inet6");
    List<String> found = HostTable.of(session.context()).addresses(hostname);
    if (found.isEmpty()) {
      refuse("host.hostname " + hostname + ": Name does not resolve");
    }
    for (String address : found) {
      boolean inet6 = address.indexOf(':') >= 0;
      if (!inet6 || six) {
        String name = inet6 ? "ip6.addr" : "ip4.addr";
        JailParam param = jail.find(name);
        if (param == null) {
          param = new JailParam(name, false);
          jail.params().add(param);
        }
        param.values().add(address);
      }
    }
  }

  private boolean feature(String name) {
    try {
      var node = session.context().kernel().ask(new SysctlRequest.Get("kern.features." + name));
      return node.value().equals("1");
    } catch (KernelError absent) {
      return false;
    }
  }

  /** Takes interface, netmask and options off the addresses that the kernel is to see. */
  private void aliases(String name, List<String> aliases) {
    JailParam param = jail.find(name);
    if (param == null) {
      return;
    }
    boolean everywhere = jail.string(CommandParam.INTERFACE) != null;
    List<String> bare = new ArrayList<>();
    for (String value : param.values()) {
      int bar = value.indexOf('|');
      if (bar >= 0 || everywhere) {
        aliases.add(value);
      }
      bare.add(value.substring(bar + 1).replaceFirst("[/ ].*", ""));
    }
    param.resolved(bare);
  }

  private void fstab() {
    for (String file : jail.list("mount.fstab")) {
      if (file.isEmpty()) {
        continue;
      }
      try {
        for (String line : session.context().readText(file).lines().toList()) {
          String text = line.replaceFirst("#.*", "").strip();
          if (!text.isEmpty()) {
            fstab.add(text);
          }
        }
      } catch (IOException e) {
        refuse("mount.fstab: " + file + ": " + Err.strerror(e));
      }
    }
  }

  private void refuse(String message) {
    jail.warnx(message);
    good = false;
  }
}
