package cellblock.userland.jail;

import java.util.Locale;

/** Names of parameters and jails: the "no" prefix of booleans, numbers, wildcards. */
final class Names {
  private Names() {}

  /** Whether two names mean one parameter: "mount.nodevfs" and "mount.devfs" do. */
  static boolean same(String one, String two) {
    if (one.equals(two)) {
      return true;
    }
    for (int from = 0; from >= 0; ) {
      String a = one.substring(from);
      String b = two.substring(from);
      if (a.equals("no" + b) || b.equals("no" + a)) {
        return true;
      }
      int dot = one.indexOf('.', from);
      from = dot >= 0 && two.startsWith(one.substring(0, dot + 1)) ? dot + 1 : -1;
    }
    return false;
  }

  /** Whether the last component begins with "no". */
  static boolean negated(String name) {
    return name.startsWith("no", name.lastIndexOf('.') + 1);
  }

  /** The name with "no" before its last component. */
  static String negate(String name) {
    int at = name.lastIndexOf('.') + 1;
    return name.substring(0, at) + "no" + name.substring(at);
  }

  /** The name without the "no" of its last component. */
  static String positive(String name) {
    int at = name.lastIndexOf('.') + 1;
    return name.substring(0, at) + name.substring(at + 2);
  }

  /** Whether a jail's name is a number, and so a jid. */
  static boolean numeric(String name) {
    return name.matches("-?[0-9]{1,9}") && Integer.parseInt(name) != 0;
  }

  /** Whether a name has a component that is a star. */
  static boolean wild(String name) {
    for (String component : name.split("\\.", -1)) {
      if (component.equals("*")) {
        return true;
      }
    }
    return false;
  }

  /** A star inside stands for one component, one at the end for one or more. */
  static boolean matches(String name, String pattern) {
    String[] have = name.split("\\.", -1);
    String[] want = pattern.split("\\.", -1);
    for (int i = 0; i < want.length; i++) {
      boolean last = i == want.length - 1;
      if (i >= have.length || !want[i].equals("*") && !want[i].equals(have[i])) {
        return false;
      }
      if (last) {
        return want[i].equals("*") || i == have.length - 1;
      }
    }
    return false;
  }

  /** The value of a boolean as text, or null when it is none: "true", "false" or a number. */
  static boolean isBoolean(String text) {
    String low = text.toLowerCase(Locale.ROOT);
    return low.equals("true") || low.equals("false") || isInteger(text);
  }

  /** Whether a valid boolean text means true. */
  static boolean truth(String text) {
    return text.equalsIgnoreCase("true") || isInteger(text) && !text.matches("[-+]?0+");
  }

  static boolean isInteger(String text) {
    return text.matches("[-+]?[0-9]{1,18}");
  }
}
