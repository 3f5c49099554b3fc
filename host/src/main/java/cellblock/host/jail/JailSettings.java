package cellblock.host.jail;

import cellblock.control.JailRequest.Param;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one jail_set(2), checked by type and brought into canonical form: booleans
 * "true" or "false", jailsys "disable", "new" or "inherit". What only the kernel's state can tell
 * is checked later.
 */
record JailSettings(Map<String, String> values) {
  private static final List<String> JAILSYS = List.of("disable", "new", "inherit");

  /** NAME_MAX of host names: MAXHOSTNAMELEN - 1. */
  private static final int HOSTNAME_MAX = 255;

  static JailSettings of(List<Param> params) throws ErrnoException {
    Map<String, String> values = new LinkedHashMap<>();
    for (Param p : params) {
      put(values, p.name(), p.value());
    }
    return new JailSettings(values);
  }

  private static void put(Map<String, String> values, String name, @Nullable String value)
      throws ErrnoException {
    JailParameters.Parameter known = known(name);
    if (known != null) {
      values.put(name, canonical(known, value));
      return;
    }
    String positive = positive(name);
    JailParameters.Parameter twin = positive == null ? null : known(positive);
    if (twin != null && twin.type().equals("bool")) {
      values.put(twin.name(), value == null || truth(value) ? "false" : "true");
      return;
    }
    if (name.startsWith("meta.") || name.startsWith("env.")) {
      values.put(name, value == null ? "" : value);
      return;
    }
    throw new ErrnoException(Errno.EINVAL, "unknown parameter: " + name);
  }

  /** "allow.nomount" stands for the opposite of "allow.mount". */
  private static @Nullable String positive(String name) {
    int dot = name.lastIndexOf('.') + 1;
    return name.startsWith("no", dot) ? name.substring(0, dot) + name.substring(dot + 2) : null;
  }

  private static JailParameters.@Nullable Parameter known(String name) {
    for (JailParameters.Parameter p : JailParameters.all()) {
      if (p.name().equals(name)) {
        return p;
      }
    }
    return null;
  }

  private static String canonical(JailParameters.Parameter p, @Nullable String value)
      throws ErrnoException {
    String text = value == null ? "" : value;
    return switch (p.type()) {
      case "bool" -> Boolean.toString(value == null || truth(text));
      case "jailsys" -> {
        String word = text.isEmpty() ? "new" : text.toLowerCase(Locale.ROOT);
        if (word.length() == 1 && word.charAt(0) >= '0' && word.charAt(0) <= '2') {
          word = JAILSYS.get(word.charAt(0) - '0');
        }
        if (!JAILSYS.contains(word) || (p.name().equals("vnet") && word.equals("disable"))) {
          throw new ErrnoException(Errno.EINVAL);
        }
        yield word;
      }
      case "int", "ulong" -> integer(text);
      case "iplist" -> addresses(p.name().startsWith("ip6"), text);
      default -> {
        if (p.name().startsWith("host.") && text.length() > HOSTNAME_MAX) {
          throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        yield text;
      }
    };
  }

  private static boolean truth(String text) throws ErrnoException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "" -> true;
      case "false", "0", "no" -> false;
      default -> throw new ErrnoException(Errno.EINVAL);
    };
  }

  private static String integer(String text) throws ErrnoException {
    try {
      return Long.toString(Long.decode(text.strip()));
    } catch (NumberFormatException e) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  private static String addresses(boolean six, String text) throws ErrnoException {
    if (text.isEmpty()) {
      return "";
    }
    StringBuilder all = new StringBuilder();
    for (String one : text.split(",")) {
      boolean good = six ? Ip6Address.tryParse(one) != null : Ip4Address.tryParse(one) != null;
      if (!good) {
        throw new ErrnoException(Errno.EINVAL);
      }
      all.append(all.isEmpty() ? "" : ",").append(one);
    }
    return all.toString();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  @Nullable String get(String name) {
    return values.get(name);
  }

  boolean is(String name) {
    return "true".equals(values.get(name));
  }

  /** The number, or {@code otherwise} when it was not given. */
  int number(String name, int otherwise) throws ErrnoException {
    String text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    long n = Long.parseLong(text);
    if (n != (int) n) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return (int) n;
  }
}
