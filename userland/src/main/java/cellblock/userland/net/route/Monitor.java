package cellblock.userland.net.route;

import cellblock.control.EventPort;
import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code route monitor}: routing messages until interrupted. The sizes are those of FreeBSD's
 * structures on a 64-bit machine. Ancestor: sbin/route/route.c (monitor_rtsock, print_rtmsg).
 */
final class Monitor {
  private static final int RT_MSGHDR = 152;
  private static final int IF_MSGHDR = 168;
  private static final int IFA_MSGHDR = 20;
  private static final int IF_ANNOUNCE = 24;
  private static final int SOCKADDR_DL = 56;

  private final Route route;
  private final Stdio io;

  Monitor(Route route) {
    this.route = route;
    this.io = route.io;
  }

  int run(List<String> words) throws InterruptedException {
    int fib = route.defaultFib;
    for (int i = 0; i < words.size(); i++) {
      if (!words.get(i).equals("-fib") || ++i >= words.size()) {
        throw route.usage(words.get(Math.min(i, words.size() - 1)));
      }
      fib = route.oneFib(words.get(i));
    }
    try (EventPort<RouteEvent> events = io.kernel().routeEvents()) {
      io.context().onSignal("INT", events::close);
      io.context().onSignal("TERM", events::close);
      io.context().onSignal("HUP", events::close);
      for (RouteEvent event = events.next(null); event != null; event = events.next(null)) {
        show(event, fib);
      }
    } catch (KernelError e) {
      throw io.err(Sysexits.EX_OSERR, "socket", e);
    }
    return 0;
  }

  private void show(RouteEvent event, int fib) {
    if (event instanceof RouteEvent.Route message && message.route().fib() != fib) {
      return;
    }
    Message message =
        switch (event) {
          case RouteEvent.Route r -> route(r);
          case RouteEvent.Addr a -> address(a);
          case RouteEvent.Interface i -> ifnet(i);
          case RouteEvent.Announce a -> announce(a);
        };
    io.print("\ngot message of size " + message.size + " on " + ctime() + "\n");
    io.print(message.title + ": len " + message.size + ", " + message.text);
    io.flush();
  }

  private record Message(int size, String title, String text) {}

  /** The addresses of a message: which, how long, and as text. */
  private static final class Addresses {
    private int bits;
    private int size;
    private final List<String> texts = new ArrayList<>();

    Addresses add(int bit, int length, @Nullable String text) {
      if (text != null) {
        bits |= 1 << bit;
        size += length;
        texts.add(text);
      }
      return this;
    }

    String print() {
      return "\nsockaddrs: " + RouteFlags.addresses(bits) + "\n " + String.join(" ", texts) + "\n";
    }
  }

  private Message route(RouteEvent.Route event) {
    RouteRequest.RouteInfo info = event.route();
    boolean six = info.family().equals("inet6");
    int length = six ? 32 : 16;
    boolean host = info.prefixLength() == (six ? 128 : 32);
    String gateway = info.gateway() != null ? info.gateway() : info.linkGateway();
    Addresses addresses = new Addresses();
    addresses.add(0, length, name(info.destination(), info.prefixLength()));
    addresses.add(1, info.gateway() != null ? length : SOCKADDR_DL, gateway);
    addresses.add(2, length, host || six ? null : name(Inet4.format(Inet4.mask(info.prefixLength())), -1));
    String text =
        "pid: " + event.pid() + ", seq " + event.seq() + ", errno " + event.errno() + ", flags:"
            + RouteFlags.route(info.flags() | (event.errno() == 0 ? RouteRequest.RTF_DONE : 0))
            + "\nlocks:  inits: " + RouteFlags.metrics(info.mtu() != 0 ? 1 : 0) + addresses.print();
    return new Message(RT_MSGHDR + addresses.size, title(event.type()), text);
  }

  private static String title(String type) {
    return switch (type) {
      case "RTM_ADD" -> "RTM_ADD: Add Route";
      case "RTM_DELETE" -> "RTM_DELETE: Delete Route";
      case "RTM_CHANGE" -> "RTM_CHANGE: Change Metrics or flags";
      case "RTM_GET" -> "RTM_GET: Report Metrics";
      case "RTM_REDIRECT" -> "RTM_REDIRECT: Told to use different route";
      case "RTM_MISS" -> "RTM_MISS: Lookup failed on this address";
      case "RTM_NEWADDR" -> "RTM_NEWADDR: address being added to iface";
      case "RTM_DELADDR" -> "RTM_DELADDR: address being removed from iface";
      default -> type;
    };
  }

  private Message address(RouteEvent.Addr event) {
    IfInfo.Address info = event.address();
    boolean six = info.family().equals("inet6");
    int length = six ? 32 : 16;
    Addresses addresses = new Addresses();
    addresses.add(2, length, six ? null : name(Inet4.format(Inet4.mask(info.prefixLength())), -1));
    addresses.add(4, SOCKADDR_DL, link(event.ifname()));
    addresses.add(5, length, info.address());
    String far = info.destination() != null ? info.destination() : info.broadcast();
    addresses.add(7, length, far);
    String text = "metric 0, flags:" + addresses.print();
    return new Message(IFA_MSGHDR + addresses.size, title(event.type()), text);
  }

  /** link_ntoa(3) of an interface: {@code epair0a:2.0.0.0.0.a}. */
  private String link(String ifname) {
    try {
      List<IfInfo> found = io.kernel().ask(new IfRequest.Get(ifname));
      String address = found.isEmpty() ? null : found.getFirst().linkAddress();
      return address == null ? ifname : ifname + ":" + address.replaceAll("0(?=[0-9a-f])", "").replace(':', '.');
    } catch (KernelError e) {
      return ifname;
    }
  }

  private static Message ifnet(RouteEvent.Interface event) {
    String status = event.status();
    String state = status == null ? "unknown" : status.equals("active") || status.equals("up") ? "up" : "down";
    String text =
        "if# " + event.ifindex() + ", link: " + state + ", flags:" + RouteFlags.ifnet(event.flags()) + "\n";
    return new Message(IF_MSGHDR, "RTM_IFINFO: iface status change", text);
  }

  private static Message announce(RouteEvent.Announce event) {
    String text = "if# " + event.ifindex() + ", what: " + event.what() + "\n";
    return new Message(IF_ANNOUNCE, "RTM_IFANNOUNCE: interface arrival/departure", text);
  }

  private String name(String address, int prefixLength) {
    boolean any = address.equals("0.0.0.0") || address.equals("::");
    return any && !route.numeric && prefixLength <= 0 ? "default" : address;
  }

  /** ctime(3) without its line feed, by the kernel's clock: {@code Mon Jan  5 10:00:00 2026}. */
  private String ctime() {
    long nanos = io.context().nowNanos();
    ZonedDateTime time =
        Instant.ofEpochSecond(nanos / 1_000_000_000L).atZone(zone(io.context().env().get("TZ")));
    return String.format(
        Locale.ROOT,
        "%s %s %2d %02d:%02d:%02d %d",
        time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH),
        time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH),
        time.getDayOfMonth(), time.getHour(), time.getMinute(), time.getSecond(), time.getYear());
  }

  private static ZoneId zone(@Nullable String name) {
    try {
      return name == null || name.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(name);
    } catch (DateTimeException e) {
      return ZoneId.of("UTC");
    }
  }
}
