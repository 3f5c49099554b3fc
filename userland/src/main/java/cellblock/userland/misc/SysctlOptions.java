package cellblock.userland.misc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line of sysctl(8). */
final class SysctlOptions {
  static final String[] USAGE = {
    "usage: sysctl [-bdehilNnoqTtVWx] [ -B <bufsize> ] [-f filename] name[=value] ...",
    "       sysctl [-bdehlNnoqTtVWx] [ -B <bufsize> ] -a",
  };

  private final GetOpt options;
  private final List<String> files = new ArrayList<>();
  private boolean all;
  private boolean description;
  private boolean equals;
  private boolean hex;
  private boolean ignore;
  private boolean length;
  private boolean nameOnly;
  private boolean opaque;
  private boolean quiet;
  private boolean raw;
  private boolean tunable;
  private boolean type;
  private boolean valueOnly;
  private boolean vnet;
  private boolean writable;
  private @Nullable String complaint;
  private boolean bad;

  SysctlOptions(List<String> args) {
    options = new GetOpt(args, "AabB:def:FhiJ:lNnoqtTVwWxX");
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      option(letter);
    }
    bad |= nameOnly && valueOnly || !all && options.operands().isEmpty() && files.isEmpty();
  }

  private void option(int letter) {
    switch (letter) {
      case 'A' -> {
        all = true;
        opaque = true;
      }
      case 'a' -> all = true;
      case 'b' -> raw = true;
      case 'd' -> description = true;
      case 'e' -> equals = true;
      case 'f' -> files.add(options.argument());
      case 'i' -> ignore = true;
      case 'l' -> length = true;
      case 'N' -> nameOnly = true;
      case 'n' -> valueOnly = true;
      case 'o' -> opaque = true;
      case 'q' -> quiet = true;
      case 't' -> type = true;
      case 'T' -> tunable = true;
      case 'V' -> vnet = true;
      case 'W' -> writable = true;
      case 'X' -> {
        all = true;
        hex = true;
      }
      case 'x' -> hex = true;
      case 'B', 'F', 'h', 'w' -> {
        // Buffers grow by themselves, and digits are not grouped in the C locale.
      }
      default -> {
        complaint = letter == 'J' ? "-J is not supported" : options.complaint();
        bad = true;
      }
    }
  }

  List<String> operands() {
    return options.operands();
  }

  List<String> files() {
    return files;
  }

  @Nullable String complaint() {
    return complaint;
  }

  boolean bad() {
    return bad;
  }

  boolean all() {
    return all;
  }

  boolean description() {
    return description;
  }

  String separator() {
    return equals ? "=" : ": ";
  }

  boolean hex() {
    return hex;
  }

  boolean ignore() {
    return ignore;
  }

  boolean length() {
    return length;
  }

  boolean nameOnly() {
    return nameOnly;
  }

  boolean opaque() {
    return opaque || hex;
  }

  boolean quiet() {
    return quiet;
  }

  boolean raw() {
    return raw;
  }

  boolean tunable() {
    return tunable;
  }

  boolean type() {
    return type;
  }

  boolean valueOnly() {
    return valueOnly;
  }

  boolean vnet() {
    return vnet;
  }

  boolean writable() {
    return writable;
  }
}
