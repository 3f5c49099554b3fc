package cellblock.userland.net.rtadvd;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.SocketPort;
import cellblock.control.SysctlRequest;
import cellblock.control.tool.ToolStreams;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.wire.Icmp6Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * rtadvd(8): tells hosts of this router and the prefixes of its links: on its own from time to
 * time, and when a host asks. It ends with SIGTERM, and says that the router is none any more.
 * Ancestors: usr.sbin/rtadvd/rtadvd.c, timer.c; RFC 4861 section 6.2.
 */
public final class Rtadvd {
  private static final long SECOND = 1_000_000_000L;
  private static final int MAX_INITIAL = 3;
  private static final long MAX_INITIAL_INTERVAL = 16 * SECOND;
  private static final long MIN_DELAY_BETWEEN = 3 * SECOND;
  private static final long MAX_ANSWER_DELAY = SECOND / 2;
  private static final int FINAL = 3;

  /** An interface that is served. */
  private static final class Link {
    final String name;
    final Advert advert;
    int sent;
    long last = Long.MIN_VALUE / 2;
    long due;

    Link(String name, Advert advert, long due) {
      this.name = name;
      this.advert = advert;
      this.due = due;
    }
  }

  private final Stdio io;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final List<Link> links = new ArrayList<>();
  private String file = "/etc/rtadvd.conf";
  private @Nullable String pidFile;
  private boolean foreground;
  private boolean debug;
  private long chance;

  private Rtadvd(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Rtadvd(io).main();
  }

  private ToolExit usage() {
    io.eprint(
        """
        usage: rtadvd [-dDfRs] [-c configfile] [-C ctlsock] [-M ifname] [-p pidfile] [interface ...]
        """);
    return new ToolExit(1);
  }

  private int main() throws InterruptedException {
    List<String> args = io.context().args();
    Getopt getopt = new Getopt(io, "rtadvd", args, "c:C:dDfM:p:Rs");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'c' -> file = getopt.value();
        case 'd', 'D' -> debug = true;
        case 'f' -> foreground = true;
        case 'p' -> pidFile = getopt.value();
        case 'C', 'M', 'R', 's' -> {
          // There is no control socket; prefixes are read anew for each message.
        }
        default -> throw usage();
      }
    }
    List<String> names = getopt.rest();
    RtadvdConf conf = conf();
    if (!foreground) {
      return background(args);
    }
    chance = io.context().nowNanos() ^ io.kernel().pid() * 0x9e3779b97f4a7c15L;
    for (String name : names.isEmpty() ? suitable() : names) {
      info(name);
      Advert advert = new Advert(conf.of(name));
      links.add(new Link(name, advert, io.context().nowNanos()));
    }
    return serve();
  }

  private RtadvdConf conf() {
    Path path = io.context().cwd().resolve(file);
    try {
      return RtadvdConf.parse(Files.isReadable(path) ? io.context().readText(file) : "");
    } catch (RtadvdConf.Malformed e) {
      throw io.errx(1, file + ":" + e.line() + ": " + e.getMessage());
    } catch (IOException e) {
      throw io.errx(1, file + ": " + e.getMessage());
    }
  }

  /** daemon(3): the same in the background of this jail. */
  private int background(List<String> args) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("daemon", "-f"));
    if (pidFile != null) {
      command.addAll(List.of("-p", pidFile));
    }
    command.addAll(List.of("rtadvd", "-f"));
    command.addAll(args);
    var c = io.context();
    int jid = io.ask(new ProcRequest.Self(), "getpid").jid();
    return c.runTool(command, new ToolStreams(c.in(), c.out(), c.err(), c.env(), jid));
  }

  private List<String> suitable() {
    List<String> names = new ArrayList<>();
    for (IfInfo info : io.ask(new IfRequest.Get(null), "getifaddrs")) {
      if (info.linkAddress() != null && (info.flags() & IfInfo.IFF_MULTICAST) != 0) {
        names.add(info.name());
      }
    }
    return names;
  }

  private IfInfo info(String name) {
    try {
      return io.kernel().ask(new IfRequest.Get(name)).getFirst();
    } catch (KernelError e) {
      throw io.errx(1, "interface " + name + " does not exist.");
    }
  }

  // ---- the loop

  private int serve() throws InterruptedException {
    SocketPort socket;
    try {
      socket = io.kernel().socket(SocketPort.Domain.INET6, SocketPort.Type.RAW, 58);
    } catch (KernelError e) {
      throw io.err(1, "socket", e);
    }
    try (socket) {
      Runnable stop =
          () -> {
            ended.set(true);
            socket.close();
          };
      io.context().onSignal("TERM", stop);
      io.context().onSignal("INT", stop);
      socket.setOption("IPV6_MULTICAST_HOPS", 255);
      for (Link link : links) {
        socket.membership("ff02::2", link.name, true);
      }
      loop(socket);
    } catch (KernelError e) {
      throw io.err(1, "socket", e);
    } finally {
      farewell();
    }
    return 0;
  }

  private void loop(SocketPort socket) throws InterruptedException {
    while (!ended.get()) {
      long now = io.context().nowNanos();
      long next = now + SECOND * 3600;
      for (Link link : links) {
        if (link.due <= now) {
          advertise(socket, link, now);
        }
        next = Math.min(next, link.due);
      }
      try {
        SocketPort.Datagram d = socket.receive(Duration.ofNanos(Math.max(1, next - now)));
        if (d != null) {
          heard(d);
        }
      } catch (KernelError e) {
        if (ended.get() || !e.errno().equals("EINTR")) {
          return;
        }
      }
    }
  }

  private void heard(SocketPort.Datagram d) {
    boolean asks =
        d.data().length >= Icmp6Message.LENGTH
            && Icmp6Message.type(d.data(), 0) == Icmp6Message.ROUTER_SOLICIT
            && d.ttl() == 255;
    int zone = d.to().indexOf('%');
    String at = zone < 0 ? "" : d.to().substring(zone + 1);
    for (Link link : links) {
      boolean here = asks && (d.from().endsWith("%" + link.name) || at.equals(link.name));
      if (here) {
        say("RS received from " + d.from() + " on " + link.name);
        long now = io.context().nowNanos();
        long soon = Math.max(now + random(MAX_ANSWER_DELAY), link.last + MIN_DELAY_BETWEEN);
        link.due = Math.min(link.due, soon);
      }
    }
  }

  private void advertise(SocketPort socket, Link link, long now) {
    boolean routes = forwarding();
    send(socket, link, routes ? link.advert.lifetime() : 0);
    link.last = now;
    link.sent++;
    long least = link.advert.minInterval() * SECOND;
    long wait = least + random(link.advert.maxInterval() * SECOND - least + 1);
    link.due = now + (link.sent < MAX_INITIAL ? Math.min(wait, MAX_INITIAL_INTERVAL) : wait);
  }

  private boolean forwarding() {
    try {
      return io.kernel()
          .ask(new SysctlRequest.Get("net.inet6.ip6.forwarding"))
          .value()
          .strip()
          .equals("1");
    } catch (KernelError e) {
      return false;
    }
  }

  private void send(SocketPort socket, Link link, long lifetime) {
    try {
      IfInfo info = io.kernel().ask(new IfRequest.Get(link.name)).getFirst();
      byte[] m = link.advert.message(info, lifetime);
      socket.sendTo(m, 0, m.length, "ff02::1%" + link.name, 0);
      say("send RA on " + link.name + ", # of waitings = 0");
    } catch (KernelError e) {
      say("sendmsg on " + link.name + ": " + e.text());
    }
  }

  /** This router is none any more: RFC 4861 section 6.2.5. */
  private void farewell() {
    try (SocketPort socket = io.kernel().socket(SocketPort.Domain.INET6, SocketPort.Type.RAW, 58)) {
      socket.setOption("IPV6_MULTICAST_HOPS", 255);
      for (int i = 0; i < FINAL; i++) {
        for (Link link : links) {
          send(socket, link, 0);
        }
      }
    } catch (KernelError e) {
      // The jail is going away, and its neighbours will notice.
    }
  }

  private void say(String text) {
    if (debug) {
      io.warnx(text);
    }
  }

  /** From 0 to {@code most} - 1; which one matters to nobody, as long as routers differ. */
  private long random(long most) {
    chance = chance * 6364136223846793005L + 1442695040888963407L;
    return most <= 0 ? 0 : (chance >>> 1) % most;
  }
}
