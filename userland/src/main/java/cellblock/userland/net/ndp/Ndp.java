package cellblock.userland.net.ndp;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.userland.net.Xo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ndp(8): the IPv6 neighbours, routers and prefixes. Ancestor: usr.sbin/ndp/ndp.c. */
public final class Ndp {
  private static final String[] FLAGS = {
    "nud:1",
    "accept_rtadv:2",
    "disabled:8",
    "auto_linklocal:20",
    "no_radr:40",
    "no_prefer_iface:80",
    "no_dad:100"
  };

  private final Stdio io;
  private final Xo xo;
  private char function;
  private @Nullable String ifname;

  private Ndp(Stdio io) {
    this.io = io;
    this.xo = new Xo(io);
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Ndp(io).main();
  }

  private ToolExit usage() {
    io.eprint(
        """
        usage: ndp [-n] hostname
               ndp [-n] -a
               ndp [-n] -c
               ndp [-n] -d hostname
               ndp [-n] -s hostname ether_addr [temp] [proxy]
               ndp [-n] -i interface [flag...]
               ndp [-n] -p
               ndp [-n] -P
               ndp [-n] -r
               ndp [-n] -R
        """);
    return new ToolExit(1);
  }

  private int main() {
    Getopt getopt = new Getopt(io, "ndp", xo.parseArgs(io.context().args()), "acdi:nprstPR");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'n', 't' -> {
          // Names are never looked up.
        }
        case 'i' -> {
          function = 'i';
          ifname = getopt.value();
        }
        case 'a', 'c', 'd', 'p', 'r', 's', 'P', 'R' -> {
          if (function != 0) {
            throw usage();
          }
          function = (char) c;
        }
        default -> throw usage();
      }
    }
    List<String> words = getopt.rest();
    return switch (function) {
      case 'a' -> show(null);
      case 'c' -> clear();
      case 'd' -> delete(only(words));
      case 'i' -> options(words);
      case 'p' -> prefixes();
      case 'P' -> flush("nd6.prefixes");
      case 'R' -> flush("nd6.routers");
      case 'r' -> routers();
      case 's' -> set(words);
      default -> show(only(words));
    };
  }

  private String only(List<String> words) {
    if (words.size() != 1) {
      throw usage();
    }
    return address(words.getFirst());
  }

  private String address(String word) {
    if (!Inet6.isAddress(word)) {
      throw io.errx(1, word + ": Name does not resolve");
    }
    return word;
  }

  private List<IfRequest.NeighborInfo> table() {
    return io.ask(new IfRequest.Neighbors("inet6", null), "sysctl(PF_ROUTE)");
  }

  // ---- show

  private int show(@Nullable String wanted) {
    List<IfRequest.NeighborInfo> entries = new ArrayList<>();
    for (IfRequest.NeighborInfo e : table()) {
      if (wanted == null || e.address().equals(wanted)) {
        entries.add(e);
      }
    }
    if (entries.isEmpty() && wanted != null) {
      io.print(wanted + " (" + wanted + ") -- no entry\n");
      return 1;
    }
    line("Neighbor", "Linklayer Address", "Netif", "Expire", "1s 5s");
    for (IfRequest.NeighborInfo e : entries) {
      String link = e.linkAddress() == null ? "(incomplete)" : e.linkAddress();
      String flags = state(e) + (e.state().endsWith("router") ? " R" : "");
      line(
          e.address(),
          link,
          e.ifname(),
          e.permanent() ? "permanent" : expires(e.expiresSeconds()),
          e.published() ? flags + " p" : flags);
    }
    return 0;
  }

  private static String state(IfRequest.NeighborInfo e) {
    return switch (e.state().split(" ")[0]) {
      case "incomplete" -> "I";
      case "reachable" -> "R";
      case "stale" -> "S";
      case "delay" -> "D";
      case "probe" -> "P";
      default -> "?";
    };
  }

  private void line(String address, String link, String netif, String expire, String flags) {
    boolean head = address.equals("Neighbor");
    String tail = head ? "S Flags" : flags;
    io.print(String.format("%-31s %-17s %6s %-9s %s\n", address, link, netif, expire, tail));
  }

  /** "23h59m58s", as sec2str writes it. */
  private static String expires(long seconds) {
    if (seconds <= 0) {
      return "expired";
    }
    StringBuilder text = new StringBuilder();
    long[] units = {86_400, 3600, 60, 1};
    String names = "dhms";
    long left = seconds;
    for (int i = 0; i < units.length; i++) {
      if (!text.isEmpty() || left >= units[i]) {
        text.append(left / units[i]).append(names.charAt(i));
        left %= units[i];
      }
    }
    return text.toString();
  }

  // ---- change

  private int clear() {
    for (IfRequest.NeighborInfo e : table()) {
      if (!e.permanent()) {
        delete(e.address());
      }
    }
    return 0;
  }

  private int delete(String address) {
    try {
      io.kernel().ask(new IfRequest.DeleteNeighbor(address, null));
    } catch (KernelError e) {
      if (e.errno().equals("ENOENT")) {
        io.print(address + " (" + address + ") -- no entry\n");
        return 1;
      }
      io.warnx("delete: cannot locate " + address);
      return 1;
    }
    io.print(address + " (" + address + ") deleted\n");
    return 0;
  }

  private int set(List<String> words) {
    if (words.size() < 2 || words.size() > 4) {
      throw usage();
    }
    boolean temporary = false;
    boolean proxy = false;
    for (String word : words.subList(2, words.size())) {
      switch (word) {
        case "temp" -> temporary = true;
        case "proxy" -> proxy = true;
        default -> throw usage();
      }
    }
    String address = address(words.get(0));
    try {
      io.kernel()
          .ask(new IfRequest.SetNeighbor(address, words.get(1), temporary, proxy, false, false));
      return 0;
    } catch (KernelError e) {
      if (e.errno().equals("ENETUNREACH")) {
        io.print("cannot configure a new entry\n");
      } else {
        io.warn("set " + address, e);
      }
      return 1;
    }
  }

  // ---- interfaces and routers

  private int options(List<String> words) {
    String name = ifname == null ? "" : ifname;
    try {
      if (!words.isEmpty()) {
        io.kernel().ask(new IfRequest.DriverSet(name, "nd6", words));
        return 0;
      }
      for (IfInfo info : io.kernel().ask(new IfRequest.Get(name))) {
        StringBuilder text = new StringBuilder("linkmtu=" + info.mtu() + "\nFlags:");
        for (String flag : FLAGS) {
          String[] parts = flag.split(":");
          if ((info.ndFlags() & Integer.parseInt(parts[1], 16)) != 0) {
            text.append(' ').append(parts[0]);
          }
        }
        io.print(text.append('\n').toString());
      }
      return 0;
    } catch (KernelError e) {
      throw io.err(1, "ioctl(SIOCSIFINFO_FLAGS)", e);
    }
  }

  private Map<String, String> ask(String key) {
    return io.ask(new IfRequest.DriverGet("", key), "sysctl");
  }

  private int routers() {
    xo.openContainer("ndp");
    xo.openList("router-list");
    for (String line : ask("nd6.routers").values()) {
      router(line.split(" "));
    }
    xo.closeList();
    xo.closeContainer();
    return finish();
  }

  private void router(String[] w) {
    int flags = Integer.parseInt(w[2]);
    String letters = ((flags & 0x80) != 0 ? "M" : "") + ((flags & 0x40) != 0 ? "O" : "");
    String preference =
        switch (flags & 0x18) {
          case 0x08 -> "high";
          case 0x18 -> "low";
          case 0x10 -> "rsv";
          default -> "medium";
        };
    xo.openInstance("router-list");
    xo.string("hostname", w[0]);
    xo.text(" if=");
    xo.string("interface", w[1]);
    xo.text(", flags=");
    xo.string("flags", letters);
    xo.text(", pref=");
    xo.string("preference", preference);
    long left = Long.parseLong(w[3]);
    xo.number("expires_sec", left, ", expire=" + expires(left) + "\n");
    xo.closeInstance();
  }

  private int prefixes() {
    xo.openContainer("ndp");
    xo.openList("prefix-list");
    for (String line : ask("nd6.prefixes").values()) {
      prefix(line.split("\t", -1));
    }
    xo.closeList();
    xo.closeContainer();
    return finish();
  }

  /** Prefix, interface, flags, valid, preferred, left, references, routers. */
  private void prefix(String[] w) {
    xo.openInstance("prefix-list");
    xo.string("prefix", w[0]);
    xo.text(" if=");
    xo.string("interface", w[1]);
    xo.text("\nflags=");
    xo.string("flags", w[2]);
    lifetime(" vltime=", "valid-lifetime", Long.parseLong(w[3]));
    lifetime(", pltime=", "preferred-lifetime", Long.parseLong(w[4]));
    long left = Long.parseLong(w[5]);
    if (left < 0) {
      xo.text(", expire=Never");
      xo.bare("permanent", "true");
    } else {
      xo.number("expires_sec", left, ", expire=" + (left == 0 ? "0s" : expires(left)));
    }
    xo.text(", ref=");
    xo.number("refcount", Long.parseLong(w[6]), w[6]);
    xo.text("\n");
    if (w[7].isEmpty()) {
      xo.text("  No advertising router\n");
    } else {
      xo.text("  advertised by\n");
      xo.openList("advertising-routers");
      for (String router : w[7].split(";")) {
        int state = router.indexOf(" (");
        xo.openInstance("advertising-routers");
        xo.text("    ");
        xo.string("hostname", router.substring(0, state));
        xo.text(" (");
        xo.string("state", router.substring(state + 2, router.length() - 1));
        xo.text(")\n");
        xo.closeInstance();
      }
      xo.closeList();
    }
    xo.closeInstance();
  }

  private void lifetime(String text, String name, long seconds) {
    xo.text(text);
    xo.number(
        name,
        seconds < 0 ? 0xffff_ffffL : seconds,
        seconds < 0 ? "infinity" : Long.toString(seconds));
  }

  private int finish() {
    xo.finish();
    return 0;
  }

  private int flush(String key) {
    try {
      io.kernel().ask(new IfRequest.DriverSet("", key, List.of("flush")));
      return 0;
    } catch (KernelError e) {
      throw io.err(1, "ioctl", e);
    }
  }
}
