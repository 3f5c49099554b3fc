package cellblock.it.law;

import java.util.regex.Pattern;

/** The naming rule: a type is called by what it is. */
final class Names {
  private static final Pattern BANNED =
      Pattern.compile("(?:Abstract|Base)(?:[A-Z].*)?|.*(?:Manager|Helper|Utils?|Impl)");

  /** Judges the simple name of a binary name, and of each type that it is nested in. */
  static boolean isBanned(String binaryName) {
    for (String part : binaryName.substring(binaryName.lastIndexOf('.') + 1).split("\\$")) {
      if (BANNED.matcher(part).matches()) {
        return true;
      }
    }
    return false;
  }

  private Names() {}
}
