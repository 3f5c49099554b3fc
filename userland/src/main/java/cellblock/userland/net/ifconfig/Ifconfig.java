package cellblock.userland.net.ifconfig;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.ModuleRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.JailAttach;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ifconfig(8): options, and what they select. Ancestor: sbin/ifconfig/ifconfig.c (main). */
public final class Ifconfig {
  /** An interface name's length, with the NUL that C needs. */
  static final int IFNAMSIZ = 16;

  private static final Set<String> FAMILIES = Set.of("inet", "inet6", "link", "ether", "lladdr");

  private static final String USAGE =
      """
      usage: ifconfig [-j jail] [-f type:format] [-g groupname] [-C] [-L] interface address_family
                      [address [dest_address]] [parameters]
             ifconfig [-j jail] interface create
             ifconfig [-j jail] -a [-g groupname] [-C] [-L] [-d] [-m] [-u] [-v] [address_family]
             ifconfig [-j jail] -l [-d] [-u] [address_family]
             ifconfig [-j jail] [-g groupname] [-C] [-L] [-d] [-m] [-u] [-v]
      """;

  private final Stdio io;
  private final IfArgs args = new IfArgs();

  private Ifconfig(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Ifconfig(io).main();
  }

  private int main() {
    String format = io.context().env().get("IFCONFIG_FORMAT");
    if (format != null) {
      args.format.set(io, format);
    }
    List<String> rest = parse();
    if (args.jail != null) {
      attach(args.jail);
    }
    if (args.cloners) {
      io.print(String.join(" ", io.ask(new IfRequest.Cloners(), "unable to list cloners")) + "\n");
      return 0;
    }
    if (args.printGroup != null) {
      return printGroup(args.printGroup);
    }
    if (!args.all && !args.namesOnly) {
      args.ifname = rest.getFirst();
      rest = rest.subList(1, rest.size());
      Integer done = single(args.ifname, rest);
      if (done != null) {
        return done;
      }
      rest = skipCreate(rest);
    }
    if (!rest.isEmpty() && FAMILIES.contains(rest.getFirst())) {
      args.family = rest.getFirst();
      rest = rest.subList(1, rest.size());
    }
    if (!rest.isEmpty() && args.ifname != null) {
      return change(args.ifname, rest);
    }
    return list();
  }

  private List<String> parse() {
    Getopt getopt = new Getopt(io, "ifconfig", io.context().args(), "G:adDf:j:klmnuvLg:C");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      option(c, getopt);
    }
    List<String> rest = getopt.rest();
    if (args.namesOnly && (args.all || args.capabilities) || args.upOnly && args.downOnly) {
      throw usage();
    }
    if (!args.namesOnly && rest.isEmpty()) {
      args.all = true;
    }
    if (args.all || args.namesOnly) {
      if (rest.size() > 1) {
        throw usage();
      }
      if (rest.size() == 1 && !FAMILIES.contains(rest.getFirst())) {
        io.warnx("Address family '" + rest.getFirst() + "' unknown.");
        throw usage();
      }
    }
    return rest;
  }

  private void option(int c, Getopt getopt) {
    switch (c) {
      case 'a' -> args.all = true;
      case 'd' -> args.downOnly = true;
      case 'f' -> args.format.set(io, getopt.value());
      case 'G' -> {
        if (!args.all) {
          throw usage();
        }
        args.noGroup = getopt.value();
      }
      case 'g' -> {
        if (args.all) {
          args.matchGroup = getopt.value();
        } else {
          args.printGroup = getopt.value();
        }
      }
      case 'j' -> args.jail = getopt.value();
      case 'l' -> args.namesOnly = true;
      case 'm' -> args.capabilities = true;
      case 'n' -> args.noLoad = true;
      case 'u' -> args.upOnly = true;
      case 'C' -> args.cloners = true;
      case 'D', 'v' -> args.driverName = true;
      case 'k', 'L' -> {
        // Lifetimes that end are always shown; no interface has keys to show.
      }
      default -> throw usage();
    }
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  private void attach(String jail) {
    int jid;
    try {
      jid = JailAttach.getid(io, jail);
    } catch (KernelError e) {
      throw perror("jail not found", e);
    }
    try {
      io.kernel().ask(new JailRequest.Attach(jid));
    } catch (KernelError e) {
      throw perror("cannot attach to jail", e);
    }
  }

  private ToolExit perror(String what, KernelError error) {
    return perror(io, what, error);
  }

  /** ifconfig's Perror: two errors have words of its own. */
  static ToolExit perror(Stdio io, String what, KernelError error) {
    return switch (error.errno()) {
      case "ENXIO" -> io.errx(1, what + ": no such interface");
      case "EPERM" -> io.errx(1, what + ": permission denied");
      default -> io.err(1, what, error);
    };
  }

  /** What need not exist: create and -vnet. Null to go on with an interface that does. */
  private @Nullable Integer single(String ifname, List<String> rest) {
    if (find(ifname) != null) {
      if (!rest.isEmpty() && isCreate(rest.getFirst()) && rest.size() == 1) {
        throw io.errx(1, "interface " + ifname + " already exists");
      }
      return null;
    }
    if (!rest.isEmpty() && isCreate(rest.getFirst())) {
      if (ifname.length() >= IFNAMSIZ) {
        throw io.errx(1, ifname + ": cloning name too long");
      }
      maybeLoad(ifname);
      return new IfChange(io, ifname, "inet").run(rest, true);
    }
    if (!rest.isEmpty() && rest.getFirst().equals("-vnet")) {
      if (ifname.length() >= IFNAMSIZ) {
        throw io.errx(1, ifname + ": interface name too long");
      }
      return new IfChange(io, ifname, "inet").run(rest, false);
    }
    throw io.errx(1, "interface " + ifname + " does not exist");
  }

  private static List<String> skipCreate(List<String> rest) {
    return !rest.isEmpty() && isCreate(rest.getFirst()) ? rest.subList(1, rest.size()) : rest;
  }

  private static boolean isCreate(String word) {
    return word.equals("create") || word.equals("plumb");
  }

  private int change(String ifname, List<String> words) {
    IfInfo info = find(ifname);
    if (info == null) {
      throw io.errx(1, "ioctl (SIOCGIFFLAGS): no such interface");
    }
    if (selected(info)) {
      return new IfChange(io, ifname, args.family == null ? "inet" : args.family).run(words, false);
    }
    return 0;
  }

  private @Nullable IfInfo find(String ifname) {
    if (ifname.isEmpty()) {
      return null;
    }
    try {
      List<IfInfo> found = io.kernel().ask(new IfRequest.Get(ifname));
      return found.isEmpty() ? null : found.getFirst();
    } catch (KernelError e) {
      if (e.errno().equals("ENXIO") || e.errno().equals("ENOENT")) {
        return null;
      }
      throw perror("ioctl (SIOCGIFFLAGS)", e);
    }
  }

  /**
   * The module of an interface that is to be made; failures do not matter, the creation will tell.
   */
  private void maybeLoad(String ifname) {
    if (args.noLoad) {
      return;
    }
    String kind = ifname.replaceFirst("(?<=.)[0-9]+$", "");
    String module =
        switch (kind) {
          case "tun", "tap", "vmnet" -> "if_tuntap";
          case "ipsec" -> "ipsec";
          default -> "if_" + kind;
        };
    try {
      if (!io.kernel().ask(new IfRequest.Cloners()).contains(kind)) {
        io.kernel().ask(new ModuleRequest.Load(module));
      }
    } catch (KernelError ignored) {
      // FreeBSD does not look either.
    }
  }

  private int list() {
    IfStatus status = new IfStatus(io, args);
    List<String> names = new ArrayList<>();
    for (IfInfo info : io.ask(new IfRequest.Get(args.ifname), "getifaddrs")) {
      if (!selected(info) || (args.namesOnly && !inFamily(info)) || !inGroup(info)) {
        continue;
      }
      if (args.namesOnly) {
        names.add(info.name());
      } else {
        status.print(info);
      }
    }
    if (args.namesOnly) {
      io.print(String.join(" ", names) + "\n");
    }
    return 0;
  }

  private boolean selected(IfInfo info) {
    boolean up = (info.flags() & IfInfo.IFF_UP) != 0;
    return !(args.downOnly && up) && !(args.upOnly && !up);
  }

  /** Whether -l names it; without -l an interface is told of whatever addresses it has. */
  private boolean inFamily(IfInfo info) {
    String family = args.family;
    if (family == null) {
      return true;
    }
    if (IfStatus.isLink(family)) {
      String link = info.linkAddress();
      return !family.equals("ether") || (link != null && IfStatus.isEther(link));
    }
    return info.addresses().stream().anyMatch(address -> address.family().equals(family));
  }

  private boolean inGroup(IfInfo info) {
    return (args.matchGroup == null || matches(info, args.matchGroup))
        && (args.noGroup == null || !matches(info, args.noGroup));
  }

  private static boolean matches(IfInfo info, String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    Pattern pattern = Pattern.compile(regex.toString());
    return info.groups().stream().anyMatch(group -> pattern.matcher(group).matches());
  }

  private int printGroup(String group) {
    for (IfInfo info : io.ask(new IfRequest.Get(null), "SIOCGIFGMEMB")) {
      if (info.groups().contains(group)) {
        io.print(info.name() + "\n");
      }
    }
    return 0;
  }
}
