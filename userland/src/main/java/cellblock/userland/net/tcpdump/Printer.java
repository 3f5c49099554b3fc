package cellblock.userland.net.tcpdump;

import cellblock.control.CapturePort;
import cellblock.userland.net.Stdio;
import cellblock.wire.PacketPrinter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Lines of packets: time stamp, headers, bytes. Ancestor: contrib/tcpdump/print.c. */
final class Printer {
  private static final int LINE = 16;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.", Locale.ROOT);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.", Locale.ROOT);

  private final Stdio io;
  private final Options options;
  private final ZoneId zone;
  private long previous = Long.MIN_VALUE;
  private long first = Long.MIN_VALUE;

  Printer(Stdio io, Options options) {
    this.io = io;
    this.options = options;
    ZoneId z;
    try {
      z = ZoneId.of(io.context().env().getOrDefault("TZ", "UTC"));
    } catch (DateTimeException e) {
      z = ZoneOffset.UTC;
    }
    this.zone = z;
  }

  void print(int linkType, CapturePort.Frame frame) {
    byte[] b = frame.bytes();
    StringBuilder line = new StringBuilder(160);
    if (options.numbered > 0) {
      line.append("%5d  ".formatted(options.numbered++));
    }
    stamp(line, frame.timestampNanos());
    int skip = linkType == 0 ? 4 : 0;
    if (linkType == 1) {
      line.append(
          options.link
              ? PacketPrinter.frameWithLink(b, 0, b.length)
              : PacketPrinter.frame(b, 0, b.length));
    } else {
      if (options.link && skip > 0) {
        line.append("AF ").append(b.length > 0 && b[0] == 2 ? "IPv4" : "IPv6");
        line.append(" (").append(b.length > 0 ? b[0] : 0).append("), length ");
        line.append(frame.length()).append(": ");
      }
      line.append(PacketPrinter.packet(b, Math.min(skip, b.length), Math.max(0, b.length - skip)));
    }
    io.print(line.append('\n').toString());
    bytes(b, linkType == 1 && !options.hexLink ? Math.min(14, b.length) : skip);
  }

  private void stamp(StringBuilder line, long nanos) {
    long before = previous;
    long start = first == Long.MIN_VALUE ? nanos : first;
    first = start;
    previous = nanos;
    Instant t = Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L));
    String fraction = "%06d ".formatted(Math.floorMod(nanos, 1_000_000_000L) / 1000);
    switch (options.timeStyle) {
      case 0 -> line.append(CLOCK.format(t.atZone(zone))).append(fraction);
      case 1 -> {
        // None.
      }
      case 2 -> line.append(t.getEpochSecond()).append('.').append(fraction);
      case 3 -> delta(line, before == Long.MIN_VALUE ? 0 : nanos - before);
      case 4 -> line.append(DATE.format(t.atZone(zone))).append(fraction);
      default -> delta(line, nanos - start);
    }
  }

  private static void delta(StringBuilder line, long nanos) {
    long s = nanos / 1_000_000_000L;
    line.append(
        " %02d:%02d:%02d.%06d ".formatted(s / 3600, s / 60 % 60, s % 60, nanos / 1000 % 1_000_000));
  }

  /** -x, -X, -A. */
  private void bytes(byte[] b, int from) {
    if (options.ascii) {
      StringBuilder text = new StringBuilder();
      for (int i = from; i < b.length; i++) {
        text.append(b[i] == '\n' || b[i] == '\r' || b[i] == '\t' ? (char) b[i] : visible(b[i]));
      }
      io.print(text.append('\n').toString());
    } else if (options.hex) {
      for (int at = from; at < b.length; at += LINE) {
        io.print(row(b, at, from));
      }
    }
  }

  private String row(byte[] b, int at, int from) {
    StringBuilder hex = new StringBuilder("\t0x%04x: ".formatted(at - from));
    StringBuilder text = new StringBuilder();
    for (int i = at; i < Math.min(at + LINE, b.length); i++) {
      hex.append((i - at) % 2 == 0 ? " " : "").append("%02x".formatted(b[i]));
      text.append(visible(b[i]));
    }
    if (options.hexText) {
      while (hex.length() < 9 + LINE / 2 * 5 + 2) {
        hex.append(' ');
      }
      hex.append(text);
    }
    return hex.append('\n').toString();
  }

  private static char visible(byte b) {
    return b > 32 && b < 127 ? (char) b : '.';
  }
}
