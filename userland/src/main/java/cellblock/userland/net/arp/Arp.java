package cellblock.userland.net.arp;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.userland.net.Xo;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** arp(8). Ancestors: usr.sbin/arp/arp.c, arp_netlink.c. */
public final class Arp {
  private static final String USAGE =
      """
      usage: arp [-n] [-i interface] hostname
             arp [-n] [-i interface] -a
             arp -d hostname [pub]
             arp -d [-i interface] -a
             arp -s hostname ether_addr [temp] [reject | blackhole] [pub [only]]
             arp -S hostname ether_addr [temp] [reject | blackhole] [pub [only]]
             arp -f filename
      """;

  private final Stdio io;
  private final Xo xo;
  private boolean all;
  private char function;
  private @Nullable String ifname;
  private List<IfInfo> interfaces = List.of();

  private Arp(Stdio io) {
    this.io = io;
    this.xo = new Xo(io);
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Arp(io).main();
  }

  private int main() {
    List<String> words = parse();
    interfaces = io.ask(new IfRequest.Get(null), "cannot retrieve interface names");
    if (ifname != null) {
      checkInterface(ifname);
    }
    return switch (function) {
      case 's', 'S' -> {
        if (words.size() < 2 || words.size() > 6) {
          throw usage();
        }
        if (function == 'S') {
          delete(words.getFirst());
        }
        yield set(words) ? 0 : 1;
      }
      case 'd' -> all ? deleteAll(words) : delete(only(words)) ? 0 : 1;
      case 'f' -> file(only(words));
      default -> show(words);
    };
  }

  private List<String> parse() {
    Getopt getopt = new Getopt(io, "arp", xo.parseArgs(io.context().args()), "andfsSi:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'a' -> all = true;
        case 'n' -> {
          // Names are never looked up.
        }
        case 'i' -> ifname = getopt.value();
        case 'd', 'f', 's', 'S' -> {
          if (function != 0) {
            throw usage();
          }
          function = (char) c;
        }
        default -> throw usage();
      }
    }
    return getopt.rest();
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  private String only(List<String> words) {
    if (words.size() != 1) {
      throw usage();
    }
    return words.getFirst();
  }

  private void checkInterface(String wanted) {
    if (function != 0 && !(function == 'd' && all)) {
      throw io.errx(1, "-i not applicable to this operation");
    }
    if (find(wanted) == null) {
      throw io.errx(1, "interface " + wanted + " does not exist");
    }
  }

  private @Nullable IfInfo find(String wanted) {
    return interfaces.stream().filter(info -> info.name().equals(wanted)).findFirst().orElse(null);
  }

  private @Nullable String address(String host) {
    String address = Inet4.resolve(host);
    if (address == null) {
      io.warnx(host + ": Unknown host");
    }
    return address;
  }

  // ---- show

  private int show(List<String> words) {
    if (all != words.isEmpty() || words.size() > 1) {
      throw usage();
    }
    String host = all ? "" : words.getFirst();
    String address = all ? null : address(host);
    if (!all && address == null) {
      return 1;
    }
    xo.version("1");
    xo.openContainer("arp");
    xo.openList("arp-cache");
    int found = 0;
    for (IfRequest.NeighborInfo entry : table(ifname)) {
      if (address == null || address.equals(entry.address())) {
        print(entry);
        found++;
      }
    }
    if (!all && found == 0) {
      xo.text(
          host + " (" + address + ") -- no entry" + (ifname == null ? "" : " on " + ifname) + "\n");
    }
    xo.closeList();
    xo.closeContainer();
    if (xo.style() != Xo.Style.TEXT) {
      xo.finish();
    }
    return all || found > 0 ? 0 : 1;
  }

  private List<IfRequest.NeighborInfo> table(@Nullable String onInterface) {
    return io.ask(
        new IfRequest.Neighbors("inet", onInterface), "actual retrieval of routing table");
  }

  private void print(IfRequest.NeighborInfo entry) {
    xo.openInstance("arp-cache");
    xo.string("hostname", "?");
    xo.text(" (");
    xo.string("ip-address", entry.address());
    xo.text(") at ");
    String link = entry.linkAddress();
    if (link != null) {
      xo.string("mac-address", link);
    } else {
      xo.text("(incomplete)");
      xo.bare("incomplete", "true");
    }
    xo.text(" on ");
    xo.string("interface", entry.ifname());
    if (entry.permanent() || entry.expiresSeconds() < 0) {
      xo.text(" permanent");
      xo.bare("permanent", "true");
    } else if (entry.expiresSeconds() > 0) {
      xo.text(" expires in ");
      xo.number("expires", entry.expiresSeconds(), Long.toString(entry.expiresSeconds()));
      xo.text(" seconds");
    } else {
      xo.text(" expired");
      xo.bare("expired", "true");
    }
    if (entry.published()) {
      xo.text(" published");
      xo.bare("published", "true");
    }
    IfInfo info = find(entry.ifname());
    xo.text(" [");
    xo.string("type", type(info == null ? "" : info.type()));
    xo.text("]\n");
    xo.closeInstance();
  }

  private static String type(String iftype) {
    String text = iftype.toLowerCase(Locale.ROOT);
    return text.contains("vlan") ? "vlan" : text.contains("bridge") ? "bridge" : "ethernet";
  }

  // ---- delete

  private int deleteAll(List<String> words) {
    if (!words.isEmpty()) {
      throw usage();
    }
    for (IfRequest.NeighborInfo entry : table(ifname)) {
      if (!isOwn(entry)) {
        delete(entry.address());
      }
    }
    return 0;
  }

  /** An interface's own address is in the table, too, and stays. */
  private boolean isOwn(IfRequest.NeighborInfo entry) {
    IfInfo info = find(entry.ifname());
    return entry.permanent()
        && info != null
        && info.addresses().stream().anyMatch(own -> own.address().equals(entry.address()));
  }

  private boolean delete(String host) {
    String address = address(host);
    if (address == null) {
      return false;
    }
    try {
      io.kernel().ask(new IfRequest.DeleteNeighbor(address, null));
    } catch (KernelError e) {
      if (e.errno().equals("ESRCH") || e.errno().equals("ENETUNREACH")) {
        io.warnx("delete: cannot locate " + host);
      } else {
        io.warn("delete " + host, e);
      }
      return false;
    }
    io.print(host + " (" + address + ") deleted\n");
    return true;
  }

  // ---- set

  private boolean set(List<String> words) {
    String host = words.get(0);
    String address = address(host);
    if (address == null) {
      return false;
    }
    boolean temporary = false;
    boolean published = false;
    boolean blackhole = false;
    boolean reject = false;
    for (int i = 2; i < words.size(); i++) {
      switch (words.get(i)) {
        case "temp" -> temporary = true;
        case "pub" -> {
          published = true;
          if (i + 1 < words.size() && words.get(i + 1).equals("only")) {
            i++;
          }
        }
        case "blackhole" -> blackhole = true;
        case "reject" -> reject = true;
        default -> {
          io.warnx("Invalid parameter '" + words.get(i) + "'");
          throw usage();
        }
      }
      if (blackhole && reject) {
        throw io.errx(1, "Choose one of blackhole or reject, not both.");
      }
    }
    String link = words.get(1).equals("auto") && published ? proxy(address) : ether(words.get(1));
    if (link == null) {
      return false;
    }
    try {
      io.kernel()
          .ask(new IfRequest.SetNeighbor(address, link, temporary, published, blackhole, reject));
      return true;
    } catch (KernelError e) {
      if (e.errno().equals("ENETUNREACH") || e.errno().equals("EHOSTUNREACH")) {
        io.warnx("delete: cannot locate " + host);
      } else {
        io.warn("set " + host, e);
      }
      return false;
    }
  }

  /** ether_aton(3), written back as six pairs. */
  private @Nullable String ether(String text) {
    String[] parts = text.split(":", -1);
    StringBuilder out = new StringBuilder();
    for (String part : parts) {
      boolean good =
          !part.isEmpty()
              && part.length() <= 2
              && part.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
      if (!good || parts.length != 6) {
        io.warnx("invalid Ethernet address '" + text + "'");
        return null;
      }
      out.append(out.isEmpty() ? "" : ":").append(part.length() == 1 ? "0" : "");
      out.append(part.toLowerCase(Locale.ROOT));
    }
    return out.toString();
  }

  /** The address of the interface whose network holds {@code address}: "auto" of proxy ARP. */
  private @Nullable String proxy(String address) {
    int value = Inet4.aton(address).orElse(0);
    int wanted = IfInfo.IFF_UP | IfInfo.IFF_BROADCAST;
    int seen = wanted | IfInfo.IFF_POINTOPOINT | IfInfo.IFF_LOOPBACK | IfInfo.IFF_NOARP;
    for (IfInfo info : interfaces) {
      String link = info.linkAddress();
      if ((info.flags() & seen) == wanted && link != null && holds(info, value)) {
        io.print("using interface " + info.name() + " for proxy with address " + link + "\n");
        return link;
      }
    }
    io.warnx("no interface found for " + address);
    return null;
  }

  private static boolean holds(IfInfo info, int value) {
    for (IfInfo.Address own : info.addresses()) {
      int mask = own.family().equals("inet") ? Inet4.mask(own.prefixLength()) : 0;
      if (own.family().equals("inet")
          && (Inet4.aton(own.address()).orElse(~value) & mask) == (value & mask)) {
        return true;
      }
    }
    return false;
  }

  private int file(String name) {
    List<String> lines;
    try {
      lines = io.context().readText(name).lines().toList();
    } catch (IOException | IllegalArgumentException e) {
      throw io.errx(1, "cannot open " + name + ": No such file or directory");
    }
    int status = 0;
    for (String line : lines) {
      int comment = line.indexOf('#');
      String text = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (text.isEmpty()) {
        continue;
      }
      List<String> words = List.of(text.split("[ \t]+"));
      if (words.size() < 2) {
        io.warnx("bad line: " + line);
        status = 1;
      } else if (!set(words.subList(0, Math.min(5, words.size())))) {
        status = 1;
      }
    }
    return status;
  }
}
