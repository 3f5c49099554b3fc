package cellblock.userland.net.ping;

import cellblock.control.SocketPort;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import java.util.Arrays;
import java.util.Locale;

/** What is made of a received packet. Ancestor: sbin/ping/ping.c (pr_pack). */
final class PingReply {
  private static final int IP_HEADER = 20;
  private static final int ICMP_HEADER = 8;

  private final Stdio io;
  private final PingOptions options;
  private final PingPacket packet;
  private final PingStats stats;
  private final int target;
  private byte[] lastRoute = new byte[0];

  PingReply(Stdio io, PingOptions options, PingPacket packet, PingStats stats, int target) {
    this.io = io;
    this.options = options;
    this.packet = packet;
    this.stats = stats;
    this.target = target;
  }

  /** Counts and prints one packet; {@code nowNanos} is when it came. */
  void handle(SocketPort.Datagram datagram, long nowNanos) {
    byte[] data = datagram.data();
    int header = data.length == 0 ? 0 : (data[0] & 15) * 4;
    if (header < IP_HEADER) {
      verbose("IHL too short (" + header + " bytes) from " + datagram.from());
      return;
    }
    if (data.length < header + ICMP_HEADER) {
      verbose("packet too short (" + data.length + " bytes) from " + datagram.from());
      return;
    }
    boolean print =
        (data[header] & 255) == packet.replyType()
            ? reply(data, header, datagram.from(), nowNanos)
            : other(data, header, datagram.from());
    if (print) {
      ipOptions(data, header);
      if (!options.dot) {
        io.print("\n");
      }
      io.flush();
    }
  }

  private void verbose(String message) {
    if (options.verbose) {
      io.warnx(message);
    }
  }

  // ---- replies

  private boolean reply(byte[] data, int header, String from, long nowNanos) {
    if (IcmpText.int16(data, header + 4) != packet.ident()) {
      return false;
    }
    int length = data.length - header;
    double millis = stats.timing() ? roundTrip(data, header, length, nowNanos) : 0;
    int sequence = IcmpText.int16(data, header + 6);
    boolean first = stats.receive(sequence);
    if (options.quiet) {
      return false;
    }
    if (options.waitGiven && millis > options.waitMillis) {
      stats.late();
      return false;
    }
    if (options.dot) {
      io.print("\b");
      return true;
    }
    StringBuilder line = new StringBuilder();
    line.append(length).append(" bytes from ").append(from).append(": icmp_seq=").append(sequence);
    line.append(" ttl=").append(data[8] & 255);
    if (stats.timing()) {
      line.append(String.format(Locale.ROOT, " time=%.3f ms", millis));
    }
    line.append(first ? "" : " (DUP!)").append(options.audible ? "\007" : "");
    message(line, data, header);
    if (data.length != options.headers() - (options.recordRoute ? 40 - (header - IP_HEADER) : 0) + packet.size()) {
      line.append("\nwrong total length ").append(data.length).append(" instead of ");
      line.append(options.headers() + packet.size());
    }
    compare(line, data, header + ICMP_HEADER + options.extra());
    io.print(line.toString());
    return true;
  }

  private double roundTrip(byte[] data, int header, int length, long nowNanos) {
    int at = header + ICMP_HEADER + options.extra();
    if (length - ICMP_HEADER - options.extra() < 16) {
      stats.noTiming();
      return 0;
    }
    long sent =
        (IcmpText.int32(data, at) & 0xffffffffL) * 1_000_000_000L + (IcmpText.int32(data, at + 4) & 0xffffffffL);
    long now = (nowNanos / 1_000_000_000L & 0xffffffffL) * 1_000_000_000L + nowNanos % 1_000_000_000L;
    double millis = (now - sent) / 1e6;
    if (millis < 0) {
      io.warnx(String.format(Locale.ROOT, "time of day goes back (%.3f ms), clamping time to 0", millis));
      millis = 0;
    }
    stats.time(millis);
    return millis;
  }

  /** What mask and time replies carry. */
  private void message(StringBuilder line, byte[] data, int header) {
    int at = header + ICMP_HEADER;
    if (options.mask && data.length >= at + 4) {
      line.append(" mask=").append(Inet4.format(IcmpText.int32(data, at)));
    }
    if (options.time && data.length >= at + 12) {
      line.append(" tso=").append(clock(IcmpText.int32(data, at)));
      line.append(" tsr=").append(clock(IcmpText.int32(data, at + 4)));
      line.append(" tst=").append(clock(IcmpText.int32(data, at + 8)));
    }
  }

  private static String clock(int millis) {
    long seconds = (millis & 0xffffffffL) / 1000;
    return String.format(
        Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds % 3600 / 60, seconds % 60);
  }

  private void compare(StringBuilder line, byte[] data, int at) {
    int start = stats.timing() ? PingPacket.TIME : 0;
    int count = Math.min(packet.size(), data.length - at);
    for (int i = start; i < count; i++) {
      int was = data[at + i] & 255;
      if (was != packet.data(i)) {
        line.append(
            String.format(
                "\nwrong data byte #%d should be 0x%x but was 0x%x", i, packet.data(i), was));
        line.append("\ncp:");
        for (int j = 0; j < count; j++) {
          line.append(String.format("%s %2x", j % 16 == 8 ? "\n\t" : "", data[at + j] & 255));
        }
        line.append("\ndp:");
        for (int j = 0; j < packet.size(); j++) {
          line.append(String.format("%s %2x", j % 16 == 8 ? "\n\t" : "", packet.data(j)));
        }
        return;
      }
    }
  }

  // ---- anything else: an error about one of ours?

  private boolean other(byte[] data, int header, String from) {
    int quoted = header + ICMP_HEADER;
    if (data.length < quoted + IP_HEADER + ICMP_HEADER) {
      verbose("quoted data too short (" + (data.length - quoted) + " bytes) from " + from);
      return false;
    }
    int inner = (data[quoted] & 15) * 4;
    if (inner < IP_HEADER) {
      verbose("inner IHL too short (" + inner + " bytes) from " + from);
      return false;
    }
    if (data.length < quoted + inner + ICMP_HEADER) {
      verbose("inner packet too short (" + (data.length - quoted) + " bytes) from " + from);
      return false;
    }
    boolean ours =
        IcmpText.int32(data, quoted + 16) == target
            && data[quoted + 9] == 1
            && (data[quoted + inner] & 255) == 8
            && IcmpText.int16(data, quoted + inner + 4) == packet.ident();
    if (!options.verbose && (options.quiet2 || !ours)) {
      return false;
    }
    io.print(data.length - header + " bytes from " + from + ": " + IcmpText.of(data, header));
    return true;
  }

  // ---- IP options of the packet itself

  private void ipOptions(byte[] data, int header) {
    int at = IP_HEADER;
    while (at < header) {
      int kind = data[at] & 255;
      int length = kind < 2 ? 1 : at + 1 < header ? data[at + 1] & 255 : 0;
      switch (kind) {
        case 0 -> {
          return;
        }
        case 1 -> io.print("\nNOP");
        case 131 -> io.print("\nLSRR: " + addresses(data, at, length, header));
        case 137 -> io.print("\nSSRR: " + addresses(data, at, length, header));
        case 7 -> recordRoute(data, at, length, header);
        default -> io.print("\nunknown option " + Integer.toHexString(kind));
      }
      if (length < 1) {
        return;
      }
      at += length;
    }
  }

  private void recordRoute(byte[] data, int at, int length, int header) {
    int used = Math.min(at + 2 < header ? (data[at + 2] & 255) - 1 : 3, length);
    byte[] route = Arrays.copyOfRange(data, Math.min(at + 3, header), Math.clamp(at + used, at + 3, header));
    if (route.length > 0 && Arrays.equals(route, lastRoute) && !options.dot) {
      io.print("\t(same route)");
      return;
    }
    lastRoute = route;
    io.print("\nRR: " + addresses(data, at, used, header));
  }

  private static String addresses(byte[] data, int at, int length, int header) {
    if (length < 7 || at + length > header) {
      return "\t(truncated route)";
    }
    StringBuilder text = new StringBuilder();
    for (int i = at + 3; i + 4 <= at + length; i += 4) {
      text.append(text.isEmpty() ? "\t" : "\n\t").append(Inet4.format(IcmpText.int32(data, i)));
    }
    return text.toString();
  }
}
