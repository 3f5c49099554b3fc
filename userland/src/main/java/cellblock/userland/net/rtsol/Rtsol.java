package cellblock.userland.net.rtsol;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import cellblock.control.SysctlRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.wire.Icmp6Message;
import cellblock.wire.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * rtsol(8): sends router solicitations until a router answers, at most three to a link. What the
 * answer says is the kernel's business. Ancestors: usr.sbin/rtsold/rtsold.c, rtsol.c; RFC 4861
 * section 6.3.7.
 */
public final class Rtsol {
  private static final int ACCEPT_RTADV = 0x2;
  private static final int IFDISABLED = 0x8;
  private static final int MAX_SOLICITATIONS = 3;
  private static final Duration INTERVAL = Duration.ofSeconds(4);
  private static final Duration TENTATIVE = Duration.ofSeconds(1);
  private static final int MAX_TENTATIVE = 10;

  private final Stdio io;
  private boolean debug;
  private boolean force;
  private boolean all;

  private Rtsol(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Rtsol(io).main();
  }

  private ToolExit usage() {
    io.eprint(
        """
        usage: rtsol [-dDFiu] [-O script-name] [-M script-name] [-R script-name] interface ...
               rtsol [-dDFiu] [-O script-name] [-M script-name] [-R script-name] -a
        """);
    return new ToolExit(1);
  }

  private int main() throws InterruptedException {
    Getopt getopt = new Getopt(io, "rtsol", io.context().args(), "adDFiuM:O:R:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'a' -> all = true;
        case 'd', 'D' -> debug = true;
        case 'F' -> force = true;
        case 'i', 'u', 'M', 'O', 'R' -> {
          // No delay to leave out, and no scripts to run.
        }
        default -> throw usage();
      }
    }
    List<String> names = getopt.rest();
    if (all == !names.isEmpty()) {
      throw usage();
    }
    List<String> wanted = all ? suitable() : names;
    if (wanted.isEmpty()) {
      throw io.errx(1, "no interface to probe");
    }
    for (String name : wanted) {
      prepare(name);
      solicit(name);
    }
    return 0;
  }

  /** Interfaces that listen to routers: -a. */
  private List<String> suitable() {
    List<String> names = new ArrayList<>();
    for (IfInfo info : io.ask(new IfRequest.Get(null), "getifaddrs")) {
      boolean up = (info.flags() & IfInfo.IFF_UP) != 0;
      boolean listens = force || (info.ndFlags() & ACCEPT_RTADV) != 0;
      if (up && listens && info.linkAddress() != null && (info.ndFlags() & IFDISABLED) == 0) {
        names.add(info.name());
      }
    }
    return names;
  }

  private IfInfo info(String name) {
    try {
      return io.kernel().ask(new IfRequest.Get(name)).getFirst();
    } catch (KernelError e) {
      throw io.errx(1, "interface " + name + " does not exist");
    }
  }

  private void prepare(String name) {
    IfInfo info = info(name);
    if (force) {
      io.make(new IfRequest.DriverSet(name, "nd6", List.of("accept_rtadv")), name);
      io.ask(new SysctlRequest.Set("net.inet6.ip6.forwarding", "0"), "sysctl");
    } else if ((info.ndFlags() & ACCEPT_RTADV) == 0) {
      io.warnx(name + " does not accept Router Advertisements");
    }
    if ((info.flags() & IfInfo.IFF_UP) == 0) {
      io.make(new IfRequest.Flags(name, IfInfo.IFF_UP, 0), name);
    }
  }

  /** The link-local address, once it is known to be ours alone. */
  private String linkLocal(String name) throws InterruptedException {
    for (int tries = 0; tries < MAX_TENTATIVE; tries++) {
      boolean tentative = false;
      for (IfInfo.Address a : info(name).addresses()) {
        if (a.family().equals("inet6") && a.address().startsWith("fe80:")) {
          tentative = a.flags().contains("tentative");
          if (!tentative && !a.flags().contains("duplicated")) {
            return a.address();
          }
        }
      }
      if (!tentative) {
        break;
      }
      io.context().sleep(TENTATIVE);
    }
    throw io.errx(1, "could not get linklocal address for " + name);
  }

  private void solicit(String name) throws InterruptedException {
    String from = linkLocal(name);
    SocketPort socket;
    try {
      socket = io.kernel().socket(SocketPort.Domain.INET6, SocketPort.Type.RAW, 58);
    } catch (KernelError e) {
      throw io.err(1, "socket", e);
    }
    try (socket) {
      Runnable stop = socket::close;
      io.context().onSignal("INT", stop);
      io.context().onSignal("TERM", stop);
      socket.bind(from, 0);
      socket.setOption("IPV6_MULTICAST_HOPS", 255);
      socket.membership("ff02::1", name, true);
      ask(socket, name);
    } catch (KernelError e) {
      throw io.err(1, "sendmsg on " + name, e);
    }
  }

  private void ask(SocketPort socket, String name) throws KernelError, InterruptedException {
    byte[] message = message(info(name).linkAddress());
    try (SocketPort ears = io.kernel().socket(SocketPort.Domain.INET6, SocketPort.Type.RAW, 58)) {
      ears.membership("ff02::1", name, true);
      for (int tries = 1; tries <= MAX_SOLICITATIONS; tries++) {
        say("send RS on " + name);
        socket.sendTo(message, 0, message.length, "ff02::2%" + name, 0);
        if (answered(ears, name)) {
          return;
        }
      }
    }
    say("No answer after sending " + MAX_SOLICITATIONS + " RSs");
  }

  private static byte[] message(@Nullable String link) {
    MacAddress mac = link == null ? null : MacAddress.tryParse(link);
    byte[] m = new byte[mac == null ? 8 : 16];
    Icmp6Message.putType(m, 0, Icmp6Message.ROUTER_SOLICIT);
    if (mac != null) {
      m[8] = 1; // source link-layer address
      m[9] = 1;
      MacAddress.put(m, 10, mac.bits());
    }
    return m;
  }

  private boolean answered(SocketPort ears, String name) throws KernelError, InterruptedException {
    long end = io.context().nowNanos() + INTERVAL.toNanos();
    for (long now = io.context().nowNanos(); now < end; now = io.context().nowNanos()) {
      SocketPort.Datagram d = ears.receive(Duration.ofNanos(end - now));
      if (d == null) {
        return false;
      }
      boolean advert =
          d.data().length >= 16
              && Icmp6Message.type(d.data(), 0) == Icmp6Message.ROUTER_ADVERT
              && d.ttl() == 255
              && d.from().endsWith("%" + name);
      if (advert) {
        say("received RA from " + d.from() + " on " + name + ", state is 2");
        return true;
      }
    }
    return false;
  }

  private void say(String text) {
    if (debug) {
      io.warnx(text);
    }
  }
}
