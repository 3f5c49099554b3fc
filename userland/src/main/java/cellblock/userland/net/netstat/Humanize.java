package cellblock.userland.net.netstat;

import java.util.Locale;

/** Numbers in four characters. Ancestor: lib/libutil/humanize_number.c with HN_DECIMAL. */
final class Humanize {
  private static final String PREFIXES = " kMGTPE";

  private Humanize() {}

  static String number(long value, int divisor) {
    if (value < 1000) {
      return Long.toString(value);
    }
    double scaled = value;
    int step = 0;
    while (scaled >= (step == 0 ? 1000 : 999.5) && step < PREFIXES.length() - 1) {
      scaled /= divisor;
      step++;
    }
    String prefix = String.valueOf(PREFIXES.charAt(step));
    if (divisor == 1024) {
      prefix = prefix.toUpperCase(Locale.ROOT);
    }
    return scaled < 9.95
        ? String.format(Locale.ROOT, "%.1f%s", scaled, prefix)
        : Math.round(scaled) + prefix;
  }
}
