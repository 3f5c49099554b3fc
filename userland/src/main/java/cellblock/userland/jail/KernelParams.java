package cellblock.userland.jail;

import cellblock.control.JailRequest.Param;
import cellblock.control.JailRequest.ParamInfo;
import cellblock.control.KernelError;
import cellblock.userland.misc.Addresses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the parameters of a jail into those of jail_set(2), checking each by the kernel's own list.
 * Descends from jailparam_init() and jailparam_import() of lib/libjail/jail.c.
 */
final class KernelParams {
  private static final List<String> JAILSYS = List.of("disable", "new", "inherit");

  /** Fixed when the jail is made: a different value later is refused. */
  static final List<String> CREATE_ONLY =
      List.of("path", "vnet", "ip4", "ip6", "osrelease", "osreldate");

  private final Map<String, ParamInfo> known;
  private final Path cwd;
  private final JailRecord jail;

  private KernelParams(Map<String, ParamInfo> known, Path cwd, JailRecord jail) {
    this.known = known;
    this.cwd = cwd;
    this.jail = jail;
  }

  /** The kernel's parameters of {@code jail}; null when one is wrong, which has been said. */
  static @Nullable List<Param> of(Session session, JailRecord jail) {
    try {
      return new KernelParams(session.known(), session.context().cwd(), jail).all();
    } catch (KernelError e) {
      jail.warnx(e.text());
      return null;
    }
  }

  private @Nullable List<Param> all() {
    List<Param> params = new ArrayList<>();
    boolean good = true;
    for (JailParam param : jail.params()) {
      if (param.command() == null) {
        Param one = one(param);
        good &= one != null;
        if (one != null) {
          params.add(one);
        }
      }
    }
    return good ? params : null;
  }

  private @Nullable Param one(JailParam param) {
    String name = param.name();
    ParamInfo info = known.get(name);
    boolean twin = info == null && Names.negated(name);
    if (twin) {
      info = known.get(Names.positive(name));
      twin = info != null && info.type().equals("bool");
    }
    if (info == null && keyed(name)) {
      return new Param(name, param.last());
    }
    if (info == null || twin != !info.name().equals(name)) {
      return refuse("unknown parameter: " + name);
    }
    return switch (info.type()) {
      case "bool" -> bool(name, twin, param.last());
      case "jailsys" -> jailsys(name, param.last());
      case "string" -> string(name, param.last());
      case "iplist" -> addresses(name, param.values());
      default -> integer(name, param.last());
    };
  }

  /** A relative path is the caller's: the kernel does not know where that is. */
  private Param string(String name, @Nullable String value) {
    String text = value == null ? "" : value;
    boolean relative = name.equals("path") && !text.isEmpty() && !text.startsWith("/");
    return new Param(name, relative ? cwd.resolve(text).normalize().toString() : text);
  }

  /** {@code meta.KEY} and {@code env.KEY}: one line of a buffer. */
  private boolean keyed(String name) {
    int dot = name.indexOf('.');
    String buffer = dot < 0 ? "" : name.substring(0, dot);
    return (buffer.equals("meta") || buffer.equals("env")) && known.containsKey(buffer);
  }

  private @Nullable Param bool(String name, boolean twin, @Nullable String value) {
    if (value == null) {
      return new Param(name, null);
    }
    if (!Names.isBoolean(value)) {
      return refuse("%s: unknown boolean value \"%s\"".formatted(name, value));
    }
    if (Names.truth(value)) {
      return new Param(name, null);
    }
    return new Param(twin ? Names.positive(name) : Names.negate(name), null);
  }

  private @Nullable Param jailsys(String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      return new Param(name, "new");
    }
    String low = value.toLowerCase(Locale.ROOT);
    if (low.matches("[012]")) {
      low = JAILSYS.get(Integer.parseInt(low));
    }
    return JAILSYS.contains(low)
        ? new Param(name, low)
        : refuse("%s: unknown jailsys value \"%s\"".formatted(name, value));
  }

  private @Nullable Param integer(String name, @Nullable String value) {
    String text = value == null ? "" : value;
    return Names.isInteger(text)
        ? new Param(name, text)
        : refuse("%s: non-integer value \"%s\"".formatted(name, text));
  }

  private @Nullable Param addresses(String name, List<String> values) {
    List<String> all = new ArrayList<>();
    for (String value : values) {
      for (String one : value.split(",", -1)) {
        if (!one.isEmpty() && !one.equals("-")) {
          all.add(one);
        }
      }
    }
    boolean six = name.startsWith("ip6");
    for (String one : all) {
      if (!(six ? Addresses.isInet6(one) : Addresses.isInet(one))) {
        return refuse("%s: not an %s address: %s".formatted(name, six ? "IPv6" : "IPv4", one));
      }
    }
    return new Param(name, String.join(",", all));
  }

  private @Nullable Param refuse(String message) {
    jail.warnx(message);
    return null;
  }
}
