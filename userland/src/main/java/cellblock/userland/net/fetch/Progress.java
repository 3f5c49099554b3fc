package cellblock.userland.net.fetch;

import cellblock.userland.net.Stdio;
import java.util.Locale;

/** The line about a transfer on standard error (ancestor: fetch.c, struct xferstat). */
final class Progress {
  private static final String PREFIXES = " kMGTP";
  private static final long SECOND = 1_000_000_000L;

  private final Stdio io;
  private final int level;
  private final boolean moving;
  private final String name;
  private final long size;
  private final long offset;
  private final long start;
  private long last;
  private long previous;
  private long received;
  private long reported;

  /**
   * @param level 0 = silent
   * @param moving whether a terminal shows it while it happens
   */
  Progress(Stdio io, int level, boolean moving, String name, long size, long offset) {
    this.io = io;
    this.level = level;
    this.moving = moving && level > 0;
    this.name = name.length() > 63 ? name.substring(0, 63) : name;
    this.size = size;
    this.offset = offset;
    this.start = io.context().nowNanos();
    this.last = start;
    this.previous = start;
    this.received = offset;
    this.reported = offset;
    if (this.moving) {
      display(false);
    } else if (level > 0) {
      io.eprint("%-46s".formatted(this.name));
    }
  }

  void update(long count) {
    received = count;
    if (moving && io.context().nowNanos() / SECOND > last / SECOND) {
      display(false);
    }
  }

  void end() {
    if (moving) {
      display(true);
      io.eprint("\n");
    } else if (level > 0) {
      last = io.context().nowNanos();
      io.eprint("        " + bytes(received) + " " + rate() + " " + eta() + "\n");
    }
  }

  private void display(boolean atEnd) {
    previous = last;
    last = io.context().nowNanos();
    StringBuilder line = new StringBuilder("\r%-46.46s".formatted(name));
    if (received >= size) {
      line.append("        ").append(bytes(received));
    } else {
      line.append("%3d%% of %s".formatted((int) (100.0 * received / size), bytes(size)));
    }
    if (atEnd) {
      reported = offset;
      previous = start;
    }
    line.append(' ').append(rate());
    if (atEnd || size > 0 && received > 0 && last / SECOND >= start / SECOND + 3) {
      line.append(' ').append(eta());
    }
    reported = received;
    io.eprint(line.toString());
  }

  static String bytes(long count) {
    int prefix = 0;
    long n = count;
    while (n > 9999 && prefix + 1 < PREFIXES.length()) {
      n /= 1024;
      prefix++;
    }
    return "%4d %cB".formatted(n, PREFIXES.charAt(prefix));
  }

  private String rate() {
    double seconds = (last - previous) / 1000 / 1e6;
    return seconds == 0 ? "?? Bps" : bytes((long) ((received - reported) / seconds)) + "ps";
  }

  private String eta() {
    long elapsed = last / SECOND - start / SECOND;
    long done = received - offset;
    long left = done == 0 ? 0 : (long) ((double) elapsed * (size - received) / done);
    return seconds(left > 0 ? left : elapsed);
  }

  static String seconds(long s) {
    if (s > 86_400) {
      return String.format(Locale.ROOT, "%02dd%02dh", s / 86_400, s % 86_400 / 3_600);
    }
    if (s > 3_600) {
      return String.format(Locale.ROOT, "%02dh%02dm", s / 3_600, s % 3_600 / 60);
    }
    return s > 60
        ? String.format(Locale.ROOT, "%02dm%02ds", s / 60, s % 60)
        : String.format(Locale.ROOT, "   %02ds", s);
  }
}
