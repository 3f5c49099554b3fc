package cellblock.userland.net.tcpdump;

import cellblock.control.CapturePort;
import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Stdio;
import cellblock.wire.PcapNgWriter;
import cellblock.wire.PcapWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * tcpdump(1): frames of an interface or a file, through a filter, to lines or a file. A file whose
 * name ends in .pcapng is written in that format. Ancestor: contrib/tcpdump/tcpdump.c.
 */
public final class Tcpdump {
  private final Stdio io;
  private final Options options;
  private final Printer printer;
  private final Filter filter;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private @Nullable Sink sink;
  private long captured;

  /** Where frames go that are saved. */
  private interface Sink extends AutoCloseable {
    void write(CapturePort.Frame frame) throws IOException;

    void flush() throws IOException;

    @Override
    void close() throws IOException;
  }

  private Tcpdump(Stdio io) {
    this.io = io;
    this.options = Options.parse(io);
    this.printer = new Printer(io, options);
    this.filter = compile();
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Tcpdump(io).main();
  }

  private Filter compile() {
    String text = String.join(" ", options.filter);
    if (options.filterFile != null) {
      try {
        text = io.context().readText(options.filterFile).strip();
      } catch (IOException e) {
        throw io.errx(1, "can't open " + options.filterFile + ": " + reason(e));
      }
    }
    try {
      return FilterParser.compile(text);
    } catch (Filter.SyntaxError e) {
      throw io.errx(1, "can't parse filter expression: " + e.getMessage());
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException x -> "No such file or directory";
      case AccessDeniedException x -> "Permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private int main() throws InterruptedException {
    if (options.listDevices) {
      return devices();
    }
    if (options.compileOnly) {
      return 0;
    }
    try {
      return options.read != null ? readFile(options.read) : live();
    } catch (IOException e) {
      throw io.errx(1, reason(e));
    }
  }

  private int devices() {
    int n = 1;
    for (IfInfo info : io.ask(new IfRequest.Get(null), "getifaddrs")) {
      String up = (info.flags() & IfInfo.IFF_UP) != 0 ? "Up" : "";
      String running = (info.flags() & IfInfo.IFF_RUNNING) != 0 ? ", Running" : "";
      String loop = (info.flags() & IfInfo.IFF_LOOPBACK) != 0 ? ", Loopback" : "";
      String words = up + running + loop;
      io.print(n++ + "." + info.name());
      io.print(
          words.isEmpty()
              ? "\n"
              : " [" + (words.startsWith(", ") ? words.substring(2) : words) + "]\n");
    }
    return 0;
  }

  // ---- from a file

  private int readFile(String name) throws IOException, InterruptedException {
    try (InputStream in =
        name.equals("-")
            ? io.context().in()
            : new BufferedInputStream(Files.newInputStream(io.context().cwd().resolve(name)))) {
      SavedFile file = new SavedFile(in);
      CapturePort.Frame f = file.next();
      io.eprint("reading from file " + name + ", link-type " + typeName(file.linkType()) + "\n");
      try (Sink out = open(file.linkType(), name)) {
        sink = out;
        while (f != null && !done()) {
          take(file.linkType(), f);
          f = file.next();
        }
      }
    }
    return 0;
  }

  private static String typeName(int type) {
    return switch (type) {
      case 0 -> "NULL (BSD loopback)";
      case 1 -> "EN10MB (Ethernet)";
      case 12, 101 -> "RAW (Raw IP)";
      default -> Integer.toString(type);
    };
  }

  // ---- from an interface

  private String device() {
    if (options.device != null) {
      return options.device;
    }
    List<IfInfo> all = io.ask(new IfRequest.Get(null), "getifaddrs");
    for (boolean loop : List.of(false, true)) {
      for (IfInfo info : all) {
        if ((info.flags() & IfInfo.IFF_UP) != 0
            && (info.flags() & IfInfo.IFF_LOOPBACK) != 0 == loop) {
          return info.name();
        }
      }
    }
    throw io.errx(1, "no suitable device found");
  }

  private int live() throws IOException, InterruptedException {
    String name = device();
    CapturePort port;
    try {
      port = io.kernel().capture(name, options.snapLength, options.promiscuous);
    } catch (KernelError e) {
      throw io.errx(
          1,
          name
              + ": "
              + (e.errno().equals("ENXIO")
                  ? "No such device exists\n(" + e.text() + ")"
                  : "You don't have permission to perform this capture on that device\n("
                      + e.text()
                      + ")"));
    }
    try (port) {
      if (options.listTypes) {
        io.eprint("Data link types for " + name + " (use option -y to set):\n  ");
        io.eprint(typeName(port.linkType()) + "\n");
        return 0;
      }
      if (options.verbose == 0 && options.write == null) {
        io.eprint("tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n");
      }
      io.eprint(
          (options.write == null ? "" : "tcpdump: ")
              + "listening on "
              + name
              + ", link-type "
              + typeName(port.linkType())
              + ", snapshot length "
              + options.snapLength
              + " bytes\n");
      return capture(name, port);
    }
  }

  private int capture(String name, CapturePort port) throws IOException, InterruptedException {
    Runnable stop =
        () -> {
          stopped.set(true);
          port.close();
        };
    io.context().onSignal("INT", stop);
    io.context().onSignal("TERM", stop);
    io.context().onSignal("INFO", () -> summary(port));
    int status = 0;
    try (Sink out = open(port.linkType(), name)) {
      sink = out;
      while (!done()) {
        CapturePort.Frame f = port.next(null);
        if (f != null) {
          take(port.linkType(), f);
        } else if (!port.isOpen()) {
          if (!stopped.get()) {
            io.flush();
            io.warnx("pcap_loop: The interface disappeared");
            status = 1;
          }
          break;
        }
      }
    }
    io.flush();
    summary(port);
    return status;
  }

  private void summary(CapturePort port) {
    io.eprint(
        plural(captured, "packet")
            + " captured\n"
            + plural(port.received(), "packet")
            + " received by filter\n"
            + plural(port.dropped(), "packet")
            + " dropped by kernel\n");
  }

  private static String plural(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  private boolean done() {
    return options.count > 0 && captured >= options.count;
  }

  private void take(int linkType, CapturePort.Frame f) throws IOException {
    if (options.direction != null && options.direction.equals("out") != f.outbound()
        || !filter.test(new Packet(linkType, f.bytes(), f.length()))) {
      return;
    }
    captured++;
    Sink out = sink;
    if (out == null) {
      printer.print(linkType, f);
      io.flush();
      return;
    }
    out.write(f);
    if (options.perPacket) {
      out.flush();
    }
  }

  // ---- saving

  private @Nullable Sink open(int linkType, String source) throws IOException {
    String name = options.write;
    if (name == null) {
      return null;
    }
    OutputStream stream;
    try {
      stream =
          new BufferedOutputStream(
              name.equals("-")
                  ? io.out()
                  : Files.newOutputStream(io.context().cwd().resolve(name)));
    } catch (IOException e) {
      throw io.errx(1, name + ": " + reason(e));
    }
    int type = linkType == 12 ? PcapWriter.LINK_RAW : linkType;
    Sink made = name.endsWith(".pcapng") ? blocks(stream, type, source) : records(stream, type);
    made.flush();
    return made;
  }

  private Sink records(OutputStream stream, int type) throws IOException {
    PcapWriter w =
        new PcapWriter(stream, type, options.snapLength, PcapWriter.Resolution.MICROSECONDS);
    return new Sink() {
      @Override
      public void write(CapturePort.Frame f) throws IOException {
        w.write(f.timestampNanos(), f.bytes(), 0, f.bytes().length, f.length());
      }

      @Override
      public void flush() throws IOException {
        w.flush();
      }

      @Override
      public void close() throws IOException {
        w.close();
      }
    };
  }

  private Sink blocks(OutputStream stream, int type, String source) throws IOException {
    PcapNgWriter w = new PcapNgWriter(stream);
    int number = w.addInterface(source, type, options.snapLength);
    return new Sink() {
      @Override
      public void write(CapturePort.Frame f) throws IOException {
        PcapNgWriter.Direction way =
            options.read != null
                ? PcapNgWriter.Direction.UNKNOWN
                : f.outbound() ? PcapNgWriter.Direction.OUTBOUND : PcapNgWriter.Direction.INBOUND;
        w.write(number, f.timestampNanos(), f.bytes(), 0, f.bytes().length, f.length(), way, "");
      }

      @Override
      public void flush() throws IOException {
        w.flush();
      }

      @Override
      public void close() throws IOException {
        w.close();
      }
    };
  }
}
