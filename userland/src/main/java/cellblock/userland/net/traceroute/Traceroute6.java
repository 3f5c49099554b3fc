package cellblock.userland.net.traceroute;

import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.wire.Checksum;
import cellblock.wire.Ip6Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** traceroute6(8). Ancestor: usr.sbin/traceroute6/traceroute6.c. */
public final class Traceroute6 {
  private static final String USAGE =
      """
      usage: traceroute6 [-adIlnNrSTUv] [-A as_server] [-f firsthop] [-g gateway]
             [-m hoplimit] [-p port] [-q probes] [-s src] [-w waittime] target
             [datalen]
      """;

  private static final long SECOND = 1_000_000_000L;
  private static final int MAX_PACKET = 65_535;

  private final Stdio io;
  private Probe6 probe = Probe6.UDP;
  private int first = 1;
  private int max;
  private int probes = 3;
  private int port = 33_434;
  private int wait = 5;
  private int length = 20;
  private boolean numeric;
  private boolean both;
  private boolean dontRoute;
  private boolean verbose;
  private @Nullable String source;
  private String host = "";
  private String target = "";
  private final int ident;
  private int localPort;
  private String localAddress = "::";
  private int seq;

  /** What a probe carries. */
  private enum Probe6 {
    UDP(8),
    ICMP(8),
    TCP(20),
    NONE(0);

    private final int header;

    Probe6(int header) {
      this.header = header;
    }
  }

  private Traceroute6(Stdio io) {
    this.io = io;
    this.ident = io.kernel().pid() & 0xffff;
    this.max = TracerouteOptions.ttl(io, "net.inet6.ip6.hlim");
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Traceroute6(io).main();
  }

  // ---- options

  private void parse() {
    Getopt getopt =
        new Getopt(io, "traceroute6", io.context().args(), "aA:df:g:Ilm:nNp:q:rs:STUvw:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'f' -> first = number(getopt.value(), 255, "invalid min hoplimit.");
        case 'm' -> max = number(getopt.value(), 255, "invalid max hoplimit.");
        case 'p' -> {
          port = number(getopt.value(), Integer.MAX_VALUE, "invalid port.");
          check(port > 0 && port <= 65_535, "port out of range.");
        }
        case 'q' -> {
          probes = number(getopt.value(), Integer.MAX_VALUE, "invalid nprobes.");
          check(probes > 0, "nprobes must be >0.");
        }
        case 'w' -> {
          wait = number(getopt.value(), Integer.MAX_VALUE, "invalid wait time.");
          check(wait > 0, "wait must be >= 1 sec.");
        }
        case 's' -> source = getopt.value();
        case 'I' -> probe = Probe6.ICMP;
        case 'N' -> probe = Probe6.NONE;
        case 'T' -> probe = Probe6.TCP;
        case 'U' -> probe = Probe6.UDP;
        case 'l' -> both = true;
        case 'n' -> numeric = true;
        case 'r' -> dontRoute = true;
        case 'v' -> verbose = true;
        case 'd' -> {
          // Socket debugging is the kernel's trace here.
        }
        case 'a', 'A', 'g', 'S' -> throw io.errx(1, "-" + (char) c + " is not supported");
        default -> throw usage();
      }
    }
    check(max >= first, "max hoplimit must be larger than first hoplimit.");
    operands(getopt.rest());
  }

  private void operands(List<String> rest) {
    if (rest.isEmpty() || rest.size() > 2) {
      throw usage();
    }
    host = rest.getFirst();
    List<String> all = AddrInfo.lookup(io, host, AddrInfo.Family.INET6, false);
    if (all.isEmpty()) {
      throw io.errx(1, AddrInfo.why(io, host, false));
    }
    target = all.getFirst();
    if (all.size() > 1) {
      io.warnx("Warning: " + host + " has multiple addresses; using " + target);
    }
    if (rest.size() > 1) {
      length = number(rest.get(1), Integer.MAX_VALUE, "invalid packet length.");
    }
    length = probe == Probe6.NONE ? 0 : Math.max(length, probe.header);
    check(
        length < MAX_PACKET, "packet size must be " + probe.header + " <= s < " + MAX_PACKET + ".");
  }

  private int number(String text, int most, String complaint) {
    try {
      int value = Integer.decode(text);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw io.errx(1, complaint);
  }

  private void check(boolean good, String complaint) {
    if (!good) {
      throw io.errx(1, complaint);
    }
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  // ---- the way

  private int main() throws InterruptedException {
    parse();
    try (SocketPort receiver = socket(SocketPort.Type.RAW, 58, "socket(ICMPv6)");
        SocketPort own = probe == Probe6.ICMP ? null : sender()) {
      SocketPort sender = own == null ? receiver : own;
      String from = source == null ? sourceAddress() : source;
      prepare(sender, from);
      io.eprint(
          "traceroute6 to %s (%s) from %s, %d hops max, %d byte packets\n"
              .formatted(host, target, from, max, length));
      if (first > 1) {
        io.print("Skipping " + (first - 1) + " intermediate hops\n");
      }
      int hops = first;
      while (hops <= max && !hop(receiver, sender, hops)) {
        hops++;
      }
      return 0;
    }
  }

  private SocketPort sender() {
    return switch (probe) {
      case TCP -> socket(SocketPort.Type.RAW, 6, "socket(SOCK_RAW)");
      case NONE -> socket(SocketPort.Type.RAW, 59, "socket(SOCK_RAW)");
      default -> socket(SocketPort.Type.DGRAM, 0, "socket(SOCK_DGRAM)");
    };
  }

  private SocketPort socket(SocketPort.Type type, int protocol, String what) {
    try {
      return io.kernel().socket(SocketPort.Domain.INET6, type, protocol);
    } catch (KernelError e) {
      io.eprint(what + ": " + e.text() + "\n");
      throw new ToolExit(5);
    }
  }

  private String sourceAddress() {
    try (SocketPort dummy = socket(SocketPort.Type.DGRAM, 0, "socket")) {
      dummy.connect(target, 8010);
      return dummy.localAddress();
    } catch (KernelError e) {
      io.eprint("connect: " + e.text() + "\n");
      throw new ToolExit(1);
    }
  }

  private void prepare(SocketPort sender, String from) {
    try {
      if (dontRoute) {
        sender.setOption("SO_DONTROUTE", 1);
      }
      sender.bind(from, 0);
      localPort = sender.localPort();
      localAddress = from;
    } catch (KernelError e) {
      io.eprint("bind: " + e.text() + "\n");
      throw new ToolExit(1);
    }
  }

  private boolean hop(SocketPort receiver, SocketPort sender, int hops)
      throws InterruptedException {
    io.print("%2d ".formatted(hops));
    String last = null;
    boolean there = false;
    int unreachable = 0;
    for (int i = 0; i < probes; i++) {
      long sent = send(sender, hops);
      SocketPort.Datagram answer = await(receiver, sent);
      if (answer == null) {
        io.print(" *");
      } else {
        if (!answer.from().equals(last)) {
          io.print(i > 0 ? "\n   " : "");
          name(answer);
          last = answer.from();
        }
        long now = answer.timestampNanos() > 0 ? answer.timestampNanos() : io.context().nowNanos();
        io.print(String.format(Locale.ROOT, "  %.3f ms", (now - sent) / 1e6));
        int type = answer.data()[0] & 0xff;
        int code = answer.data()[1] & 0xff;
        boolean lost = type == 1 && code < 4;
        unreachable += lost ? 1 : 0;
        there |= type == 1 && code == 4 || type == 4 || type == 129;
        io.print(mark(answer, type, code));
      }
      io.flush();
    }
    io.print("\n");
    io.flush();
    return there || unreachable > 0 && unreachable >= (probes + 1) / 2;
  }

  private static String mark(SocketPort.Datagram answer, int type, int code) {
    boolean last = type == 129 || type == 1 && code == 4;
    if (last) {
      return answer.ttl() >= 0 && answer.ttl() <= 1 ? " !" : "";
    }
    if (type == 4) {
      return " !H";
    }
    return type != 1
        ? ""
        : switch (code) {
          case 0 -> " !N";
          case 1 -> " !P";
          case 2 -> " !S";
          case 3 -> " !A";
          default -> "";
        };
  }

  private long send(SocketPort sender, int hops) {
    seq++;
    try {
      sender.setOption("IPV6_UNICAST_HOPS", hops);
    } catch (KernelError e) {
      io.eprint("setsockopt IPV6_UNICAST_HOPS: " + e.text() + "\n");
    }
    int size = probe == Probe6.UDP ? length - probe.header : length;
    ByteBuffer packet = ByteBuffer.allocate(size);
    if (probe == Probe6.ICMP) {
      packet.put((byte) 128).put((byte) 0).putShort((short) 0);
      packet.putShort((short) ident).putShort((short) seq);
    } else if (probe == Probe6.TCP) {
      packet.putShort((short) ident).putShort((short) (port + seq));
      packet.putInt(ident << 16 | port + seq & 0xffff).putInt(0);
      packet.put((byte) 0x50).put((byte) 2);
      int sum = Checksum.add(pseudo(size), Checksum.sum(packet.array(), 0, size));
      packet.putShort(16, (short) Checksum.finish(sum));
    }
    long now = io.context().nowNanos();
    try {
      boolean ports = probe == Probe6.UDP;
      sender.sendTo(packet.array(), 0, size, target, ports ? port + seq & 0xffff : 0);
    } catch (KernelError e) {
      io.eprint("sendto: " + e.text() + "\n");
      io.print("traceroute6: wrote " + host + " " + size + " chars, ret=-1\n");
    }
    return now;
  }

  /** The sum over the pseudo-header, which the kernel leaves to us on such a socket. */
  private int pseudo(int size) {
    Ip6Address from = Ip6Address.of(localAddress.replaceFirst("%.*", ""));
    Ip6Address to = Ip6Address.of(target.replaceFirst("%.*", ""));
    return Checksum.pseudo6(from.hi(), from.lo(), to.hi(), to.lo(), 6, size);
  }

  private SocketPort.@Nullable Datagram await(SocketPort receiver, long sent)
      throws InterruptedException {
    long end = sent + wait * SECOND;
    while (true) {
      long left = end - io.context().nowNanos();
      if (left <= 0) {
        return null;
      }
      try {
        SocketPort.Datagram d = receiver.receive(Duration.ofNanos(left));
        if (d != null && ours(d)) {
          return d;
        }
      } catch (KernelError e) {
        return null;
      }
    }
  }

  private boolean ours(SocketPort.Datagram d) {
    byte[] data = d.data();
    if (data.length < 8) {
      return false;
    }
    ByteBuffer b = ByteBuffer.wrap(data);
    int type = data[0] & 0xff;
    int code = data[1] & 0xff;
    if (type == 129) {
      return probe == Probe6.ICMP && isEcho(b, 0);
    }
    if (type != 1 && !(type == 3 && code == 0) && !(type == 4 && code == 1)) {
      return false;
    }
    int next = data.length < 48 ? -1 : data[8 + 6] & 0xff;
    int at = 48;
    while ((next == 0 || next == 43 || next == 60) && at + 8 <= data.length) {
      next = data[at] & 0xff;
      at += 8 + (data[at + 1] & 0xff) * 8;
    }
    if (next == 44 && at + 8 <= data.length) {
      next = data[at] & 0xff;
      at += 8;
    }
    if (at + (probe == Probe6.NONE ? 0 : 8) > data.length) {
      return false;
    }
    int far = port + seq & 0xffff;
    return switch (probe) {
      case NONE -> next == 59;
      case ICMP -> next == 58 && isEcho(b, at);
      case UDP -> next == 17 && u16(b, at) == localPort && u16(b, at + 2) == far;
      case TCP -> next == 6 && u16(b, at) == ident && u16(b, at + 2) == far;
    };
  }

  private boolean isEcho(ByteBuffer b, int at) {
    return u16(b, at + 4) == ident && u16(b, at + 6) == (seq & 0xffff);
  }

  private static int u16(ByteBuffer b, int at) {
    return b.getShort(at) & 0xffff;
  }

  private void name(SocketPort.Datagram answer) {
    String address = answer.from();
    String name = numeric ? address : AddrInfo.name(io, address);
    io.print(" " + name + (both && !numeric ? " (" + address + ")" : ""));
    if (verbose) {
      io.print(" " + answer.data().length + " bytes of data to " + answer.to());
    }
  }
}
