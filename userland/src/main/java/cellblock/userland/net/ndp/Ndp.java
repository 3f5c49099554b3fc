package cellblock.userland.net.ndp;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
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
  private char function;
  private @Nullable String ifname;

  private Ndp(Stdio io) {
    this.io = io;
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
               ndp [-n] -r
        """);
    return new ToolExit(1);
  }

  private int main() {
    Getopt getopt = new Getopt(io, "ndp", io.context().args(), "acdi:nprst");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'n', 't' -> {
          // Names are never looked up.
        }
        case 'i' -> {
          function = 'i';
          ifname = getopt.value();
        }
        case 'a', 'c', 'd', 'p', 'r', 's' -> {
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
    for (String line : ask("nd6.routers").values()) {
      String[] w = line.split(" ");
      int flags = Integer.parseInt(w[2]);
      String letters = ((flags & 0x80) != 0 ? "M" : "") + ((flags & 0x40) != 0 ? "O" : "");
      io.print(
          w[0]
              + " if="
              + w[1]
              + ", flags="
              + letters
              + ", pref=medium, expire="
              + expires(Long.parseLong(w[3]))
              + "\n");
    }
    return 0;
  }

  private int prefixes() {
    for (String line : ask("nd6.prefixes").values()) {
      String[] w = line.split(" ");
      io.print(w[0] + " if=" + w[1] + "\n");
      io.print(
          "flags="
              + w[2].replace("-", "")
              + " vltime="
              + lifetime(w[3])
              + ", pltime="
              + lifetime(w[4])
              + "\n");
    }
    return 0;
  }

  private static String lifetime(String seconds) {
    return seconds.equals("-1") ? "infinity" : seconds;
  }
}
