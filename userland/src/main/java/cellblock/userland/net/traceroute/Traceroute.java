package cellblock.userland.net.traceroute;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * traceroute(8). Sends probes with an IP header of its own by a raw socket, and reads what ICMP
 * says of them by another. Ancestor: contrib/traceroute/traceroute.c.
 */
public final class Traceroute {
  private static final long SECOND = 1_000_000_000L;
  private static final String[] TYPES = {
    "Echo Reply", "ICMP 1", "ICMP 2", "Dest Unreachable", "Source Quench", "Redirect", "ICMP 6",
    "ICMP 7", "Echo", "ICMP 9", "ICMP 10", "Time Exceeded", "Param Problem", "Timestamp",
    "Timestamp Reply", "Info Request", "Info Reply"
  };

  /** What an unreachable's code adds to the line; 2 and 3 are the end of the way. */
  private static final String[] CODES = {
    " !N", " !H", " !P", "", "", " !S", " !U", " !W", " !I", " !A", " !Z", " !Q", " !T", " !X",
    " !V", " !C"
  };

  private final Stdio io;
  private final TracerouteOptions options;
  private final int ident;
  private ByteBuffer packet = ByteBuffer.allocate(0);
  private int seq;

  /** What one arrival means for the probe that is waited for. */
  private enum Meaning {
    OTHER,
    EXPIRED,
    ECHOED,
    UNREACHABLE
  }

  private Traceroute(Stdio io) {
    this.io = io;
    this.options = TracerouteOptions.parse(io);
    this.ident = io.kernel().pid() & 0xffff | 0x8000;
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Traceroute(io).main();
  }

  private int main() throws InterruptedException {
    try (SocketPort receiver = raw(1, "icmp socket");
        SocketPort sender = raw(255, "raw socket")) {
      String source = source();
      prepare(sender, source);
      packet = ByteBuffer.allocate(options.length);
      packet.put(0, (byte) 0x45).put(1, (byte) options.tos);
      packet.putShort(2, (short) options.length).putShort(6, (short) options.fragment);
      packet.put(9, (byte) options.protocol);
      packet.putInt(12, Inet4.aton(source).orElse(0));
      packet.putInt(16, Inet4.aton(options.target).orElse(0));
      String from = options.source == null ? "" : " from " + options.source;
      io.eprint(
          "traceroute to %s (%s)%s, %d hops max, %d byte packets\n"
              .formatted(options.host, options.target, from, options.max, options.length));
      int ttl = options.first;
      while (ttl <= options.max && !hop(receiver, sender, ttl)) {
        ttl++;
      }
      return 0;
    }
  }

  private SocketPort raw(int protocol, String what) {
    try {
      return io.kernel().socket(SocketPort.Domain.INET, SocketPort.Type.RAW, protocol);
    } catch (KernelError e) {
      throw io.err(1, what, e);
    }
  }

  /** The address to send from: that of -s, of -i, or the one that the kernel would take. */
  private String source() {
    String device = options.device;
    List<String> own = device == null ? List.of() : addresses(device);
    if (options.source != null) {
      String address = options.address(options.source);
      if (device != null && !own.contains(address)) {
        throw io.errx(1, options.source + " is not on interface " + device);
      }
      return address;
    }
    if (device != null) {
      return own.getFirst();
    }
    try (SocketPort probe = io.kernel().socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
      probe.connect(options.target, 33_434);
      return probe.localAddress();
    } catch (KernelError e) {
      throw io.errx(1, "findsaddr: failed to connect to peer for src addr selection.");
    }
  }

  private List<String> addresses(String device) {
    try {
      List<IfInfo> found = io.kernel().ask(new IfRequest.Get(device));
      List<String> all =
          found.getFirst().addresses().stream()
              .filter(a -> a.family().equals("inet"))
              .map(IfInfo.Address::address)
              .toList();
      if (!all.isEmpty()) {
        return all;
      }
    } catch (KernelError e) {
      // Told below.
    }
    throw io.errx(1, "Can't find interface " + device);
  }

  private void prepare(SocketPort sender, String source) {
    String what = "IP_HDRINCL";
    try {
      sender.setOption("IP_HDRINCL", 1);
      what = "SO_SNDBUF";
      sender.setOption("SO_SNDBUF", options.length);
      what = "SO_DONTROUTE";
      if (options.dontRoute) {
        sender.setOption("SO_DONTROUTE", 1);
      }
      what = "bind";
      sender.bind(source, 0);
      what = "connect";
      sender.connect(options.target, 0);
    } catch (KernelError e) {
      throw io.err(1, what, e);
    }
  }

  /** One line; whether the way ends here. */
  private boolean hop(SocketPort receiver, SocketPort sender, int ttl) throws InterruptedException {
    io.print("%2d ".formatted(ttl));
    String last = null;
    boolean there = false;
    int unreachable = 0;
    int lost = 0;
    for (int probe = 0; probe < options.probes; probe++) {
      if (probe > 0 && options.pause > 0) {
        io.context().sleep(Duration.ofMillis(options.pause));
      }
      long sent = send(sender, ttl);
      SocketPort.Datagram answer = await(receiver, sent);
      if (answer == null) {
        lost++;
        io.print(" *");
      } else {
        if (!answer.from().equals(last)) {
          io.print(last == null ? "" : "\n   ");
          name(answer);
          last = answer.from();
        }
        io.print(String.format(Locale.ROOT, "  %.3f ms", (arrival(answer) - sent) / 1e6));
        Meaning meaning = meaning(answer);
        int code = answer.data()[header(answer) + 1] & 0xff;
        boolean end = meaning == Meaning.ECHOED || meaning == Meaning.UNREACHABLE && code == 3;
        if (end && answer.ttl() <= 1) {
          io.print(" !");
        }
        if (meaning == Meaning.UNREACHABLE) {
          io.print(code(answer, code));
        }
        there |= end || meaning == Meaning.UNREACHABLE && code == 2;
        unreachable += meaning == Meaning.UNREACHABLE && code != 2 && code != 3 ? 1 : 0;
      }
      io.flush();
    }
    if (options.summary) {
      io.print(" (" + lost * 100 / options.probes + "% loss)");
    }
    io.print("\n");
    io.flush();
    return there || unreachable > 0 && unreachable >= options.probes - 1;
  }

  private long arrival(SocketPort.Datagram answer) {
    return answer.timestampNanos() > 0 ? answer.timestampNanos() : io.context().nowNanos();
  }

  private long send(SocketPort sender, int ttl) {
    seq++;
    packet.put(8, (byte) ttl).putShort(4, (short) (ident + seq));
    options.probe.prepare(packet, ident, options.port, seq, options.fixedPort, options.sums);
    long now = io.context().nowNanos();
    try {
      sender.sendTo(packet.array(), 0, options.length, null, 0);
    } catch (KernelError e) {
      io.warn("sendto", e);
      io.print("traceroute: wrote " + options.host + " " + options.length + " chars, ret=-1\n");
    }
    return now;
  }

  /** The answer to the last probe; null when none came in time. */
  private SocketPort.@org.jspecify.annotations.Nullable Datagram await(
      SocketPort receiver, long sent) throws InterruptedException {
    long end = sent + options.wait * SECOND;
    while (true) {
      long left = end - io.context().nowNanos();
      if (left <= 0) {
        return null;
      }
      try {
        SocketPort.Datagram d = receiver.receive(Duration.ofNanos(left));
        if (d != null && meaning(d) != Meaning.OTHER) {
          return d;
        }
      } catch (KernelError e) {
        return null;
      }
    }
  }

  private static int header(SocketPort.Datagram d) {
    return (d.data()[0] & 15) * 4;
  }

  private Meaning meaning(SocketPort.Datagram d) {
    byte[] data = d.data();
    int at = data.length < 20 ? 0 : header(d);
    if (at < 20 || data.length < at + 8) {
      return Meaning.OTHER;
    }
    ByteBuffer b = ByteBuffer.wrap(data);
    int type = data[at] & 0xff;
    int code = data[at + 1] & 0xff;
    if (type == 0 && options.probe == Probe4.ICMP && matches(b, at)) {
      return Meaning.ECHOED;
    }
    if (type == 3 || type == 11 && code == 0) {
      int quoted = at + 8;
      int inner = quoted + (data.length > quoted ? (data[quoted] & 15) * 4 : 0);
      boolean ours =
          data.length >= inner + 8
              && inner >= quoted + 20
              && (data[quoted + 9] & 0xff) == options.protocol
              && matches(b, inner);
      if (ours) {
        return type == 3 ? Meaning.UNREACHABLE : Meaning.EXPIRED;
      }
    }
    if (options.verbose > 0) {
      describe(d, b, at);
    }
    return Meaning.OTHER;
  }

  private boolean matches(ByteBuffer b, int at) {
    return options.probe.matches(b, at, ident, options.port, seq, options.fixedPort);
  }

  private void describe(SocketPort.Datagram d, ByteBuffer b, int at) {
    int length = d.data().length - at;
    int type = b.get(at) & 0xff;
    io.print("\n" + length + " bytes from " + d.from() + " to " + d.to() + ": icmp type " + type);
    io.print(" (" + (type < TYPES.length ? TYPES[type] : "OUT-OF-RANGE") + ")");
    io.print(" code " + (b.get(at + 1) & 0xff) + "\n");
    for (int i = 4; i + 8 <= length; i += 4) {
      io.print("%2d: %08x\n".formatted(i, b.getInt(at + 4 + i)));
    }
  }

  private static String code(SocketPort.Datagram answer, int code) {
    if (code == 4) {
      int at = header(answer);
      return " !F-" + (ByteBuffer.wrap(answer.data()).getShort(at + 6) & 0xffff);
    }
    return code < CODES.length ? CODES[code] : " !<" + code + ">";
  }

  private void name(SocketPort.Datagram answer) {
    String address = answer.from();
    io.print(
        options.numeric ? " " + address : " " + AddrInfo.name(io, address) + " (" + address + ")");
    if (options.verbose > 0) {
      io.print(" " + (answer.data().length - header(answer)) + " bytes to " + answer.to());
    }
  }
}
