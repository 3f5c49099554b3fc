package cellblock.userland.jls;

import cellblock.control.JailRequest.JailInfo;
import cellblock.control.JailRequest.ParamInfo;
import java.util.List;
import java.util.Locale;

/** A parameter that jls prints, with what the kernel tells of its type. */
record Column(String name, ParamInfo info) {
  /** The parameters, those without a dot first, then by name. */
  static List<Column> sorted(List<Column> columns) {
    return columns.stream()
        .sorted((one, two) -> {
          boolean below = one.name.indexOf('.') >= 0;
          boolean otherBelow = two.name.indexOf('.') >= 0;
          return below == otherBelow
              ? one.name.compareTo(two.name)
              : Boolean.compare(below, otherBelow);
        })
        .toList();
  }

  boolean isBoolean() {
    return info.type().equals("bool");
  }

  boolean isList() {
    return info.type().equals("iplist");
  }

  /** The value as jailparam_export() gives it. */
  String value(JailInfo jail) {
    String value = valueOf(jail, info.name());
    if (!isBoolean()) {
      return value;
    }
    return Boolean.toString(isTrue(jail));
  }

  /** The truth of a boolean; asked by its negative name it is turned about. */
  boolean isTrue(JailInfo jail) {
    String value = valueOf(jail, info.name()).toLowerCase(Locale.ROOT);
    boolean truth = value.equals("true") || value.matches("[1-9][0-9]*");
    return truth == name.equals(info.name());
  }

  /** The name, or its "no" twin when the boolean is false. */
  String flag(JailInfo jail) {
    if (isTrue(jail)) {
      return name;
    }
    int at = name.lastIndexOf('.') + 1;
    return name.equals(info.name())
        ? name.substring(0, at) + "no" + name.substring(at)
        : info.name();
  }

  static String valueOf(JailInfo jail, String name) {
    String value = jail.params().get(name);
    return value == null ? fallback(jail, name) : value;
  }

  private static String fallback(JailInfo jail, String name) {
    return switch (name) {
      case "jid" -> Integer.toString(jail.jid());
      case "name" -> jail.name();
      case "dying" -> Boolean.toString(jail.state().equalsIgnoreCase("DYING"));
      default -> keyed(jail, name);
    };
  }

  /** {@code meta.KEY} and {@code env.KEY} are lines of a buffer. */
  private static String keyed(JailInfo jail, String name) {
    int dot = name.indexOf('.');
    String buffer = dot < 0 ? "" : jail.params().getOrDefault(name.substring(0, dot), "");
    String key = name.substring(dot + 1) + "=";
    return buffer
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst()
        .orElse("");
  }

  /** The addresses of a list. */
  static List<String> addresses(JailInfo jail, String name) {
    String value = valueOf(jail, name);
    return value.isEmpty() || value.equals("-") ? List.of() : List.of(value.split(","));
  }
}
