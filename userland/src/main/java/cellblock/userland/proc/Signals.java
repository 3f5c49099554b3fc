package cellblock.userland.proc;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** FreeBSD's signal names in the order of their numbers (sys_signame of libc). */
final class Signals {
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "EMT", "FPE", "KILL", "BUS", "SEGV", "SYS",
          "PIPE", "ALRM", "TERM", "URG", "STOP", "TSTP", "CONT", "CHLD", "TTIN", "TTOU", "IO",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "INFO", "USR1", "USR2", "THR");

  private static final int LINE = 75;

  private Signals() {}

  /** The name of a signal given by number or by name, with or without SIG; null when unknown. */
  static @Nullable String named(String text) {
    if (text.matches("[0-9]{1,3}")) {
      int number = Integer.parseInt(text);
      return number >= 1 && number <= NAMES.size() ? NAMES.get(number - 1) : null;
    }
    String name = text.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    return NAMES.contains(name) ? name : null;
  }

  /** The list that {@code killall -l} prints. */
  static String list() {
    StringBuilder text = new StringBuilder();
    int column = 0;
    for (int i = 0; i < NAMES.size(); i++) {
      text.append(NAMES.get(i)).append(' ');
      column += NAMES.get(i).length() + 1;
      if (column >= LINE && i < NAMES.size() - 1) {
        text.append('\n');
        column = 0;
      }
    }
    return text.toString();
  }
}
