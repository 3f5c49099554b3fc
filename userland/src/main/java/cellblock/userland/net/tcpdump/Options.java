package cellblock.userland.net.tcpdump;

import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of a run. Ancestor: main of contrib/tcpdump/tcpdump.c. */
final class Options {
  static final int SNAP = 262_144;
  static final String VERSION = "tcpdump version 4.99.5 (Cellblock)";

  @Nullable String device;
  @Nullable String write;
  @Nullable String read;
  @Nullable String filterFile;
  long count;
  int snapLength = SNAP;
  int timeStyle;
  int verbose;
  long numbered;
  boolean link;
  boolean perPacket;
  boolean lineBuffered;
  boolean promiscuous = true;
  boolean listDevices;
  boolean listTypes;
  boolean compileOnly;
  boolean hex;
  boolean hexText;
  boolean hexLink;
  boolean ascii;
  boolean quiet;
  @Nullable String direction;
  List<String> filter = List.of();

  private Options() {}

  static Options parse(Stdio io) {
    Options o = new Options();
    List<String> args = new ArrayList<>();
    for (String word : io.context().args()) {
      switch (word) {
        case "--number" -> args.add("-#");
        case "--list-interfaces" -> args.add("-D");
        case "--packet-buffered" -> args.add("-U");
        case "--immediate-mode" -> {
          // Frames are told of at once anyway.
        }
        case "--version" -> {
          io.print(VERSION + "\n");
          throw new ToolExit(0);
        }
        case "--help" -> {
          io.print(usageText());
          throw new ToolExit(0);
        }
        default -> args.add(word);
      }
    }
    Getopt getopt = new Getopt(io, "tcpdump", args, "AB:c:C:dDeF:hi:KlLnNOpqQ:r:s:StuUvVw:xXy:#Z:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      o.option(io, c, getopt);
    }
    o.filter = getopt.rest();
    return o;
  }

  private void option(Stdio io, int c, Getopt getopt) {
    switch (c) {
      case 'A' -> ascii = true;
      case 'c' -> {
        count = number(io, getopt.value(), "packet count");
        if (count <= 0) {
          throw io.errx(1, "invalid packet count " + getopt.value());
        }
      }
      case 'd' -> compileOnly = true;
      case 'D' -> listDevices = true;
      case 'e' -> link = true;
      case 'F' -> filterFile = getopt.value();
      case 'h' -> {
        io.print(usageText());
        throw new ToolExit(0);
      }
      case 'i' -> device = getopt.value();
      case 'l' -> lineBuffered = true;
      case 'L' -> listTypes = true;
      case 'p' -> promiscuous = false;
      case 'q' -> quiet = true;
      case 'Q' -> direction(io, getopt.value());
      case 'r' -> read = getopt.value();
      case 's' -> {
        long n = number(io, getopt.value(), "snaplen");
        if (n < 0 || n > SNAP) {
          throw io.errx(1, "invalid snaplen " + getopt.value() + " (must be >= 0 and <= 262144)");
        }
        snapLength = n == 0 ? SNAP : (int) n;
      }
      case 't' -> timeStyle = Math.min(5, timeStyle + 1);
      case 'U' -> perPacket = true;
      case 'v' -> verbose++;
      case 'w' -> write = getopt.value();
      case 'x' -> {
        hexLink |= hex && !hexText;
        hex = true;
      }
      case 'X' -> {
        hexLink |= hexText;
        hex = true;
        hexText = true;
      }
      case '#' -> numbered = 1;
      case 'B', 'K', 'n', 'N', 'O', 'S', 'u', 'Z' -> {
        // Names are never looked up, checksums always checked, buffers sized by the kernel.
      }
      default -> {
        io.eprint(usageText());
        throw new ToolExit(1);
      }
    }
  }

  private void direction(Stdio io, String value) {
    switch (value) {
      case "in", "out" -> direction = value;
      case "inout" -> direction = null;
      default -> throw io.errx(1, "unknown capture direction '" + value + "'");
    }
  }

  private static long number(Stdio io, String text, String what) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw io.errx(1, "invalid " + what + " " + text);
    }
  }

  private static String usageText() {
    return VERSION
        + """

        Usage: tcpdump [-AdDeLlnpqtUvxX#] [-c count] [-F file] [-i interface] [-Q in|out|inout]
        \t\t[-r file] [-s snaplen] [-w file] [expression]
        """;
  }
}
