package cellblock.packetdrill;

import cellblock.daemon.KernelDoor;
import cellblock.daemon.LocalShell;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The commands that scripts put in backticks: lists and pipelines of the tools of this project, of
 * a few of sh(1)'s own, and of sockstat(1) and tcpdrop(8) as they look at the script's sockets.
 * Nothing of the host is run. Threading: one thread.
 */
final class Commands {
  private final Bed bed;
  private final SocketCommands sockets;
  private final LocalShell tools;

  Commands(Bed bed, Calls calls) {
    this.bed = bed;
    this.sockets = new SocketCommands(bed, calls);
    this.tools =
        new LocalShell(
            KernelDoor.of(bed.kernel(), time -> bed.until(() -> false, bed.now() + time.toNanos())),
            Path.of("/"));
  }

  /** How a command ended: status, standard output, standard error. */
  record Ended(int status, String out, String err) {
    static Ended ok(String out) {
      return new Ended(0, out, "");
    }

    static Ended failed(String err) {
      return new Ended(1, "", err + "\n");
    }
  }

  /** Runs a line. */
  Ended run(String line) {
    Ended last = Ended.ok("");
    boolean skip = false;
    for (ShellWords.Part part : ShellWords.parts(line)) {
      if (!skip) {
        last = pipeline(part.pipeline());
      }
      skip =
          switch (part.operator()) {
            case "||" -> last.status() == 0;
            case "&&" -> last.status() != 0;
            default -> false;
          };
    }
    return last;
  }

  private Ended pipeline(List<List<String>> commands) {
    String input = "";
    Ended last = Ended.ok("");
    StringBuilder errors = new StringBuilder();
    for (List<String> command : commands) {
      last = command(command, input);
      errors.append(last.err());
      input = last.out();
    }
    return new Ended(last.status(), last.out(), errors.toString());
  }

  private Ended command(List<String> words, String input) {
    if (words.isEmpty()) {
      return Ended.ok("");
    }
    String name = words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1);
    List<String> args = words.subList(1, words.size());
    return switch (name) {
      case "true", ":" -> Ended.ok("");
      case "false" -> Ended.failed("");
      case "echo" -> Ended.ok(String.join(" ", args) + "\n");
      case "cat" -> Ended.ok(input);
      case "grep" -> grep(args, input);
      case "wc" -> Ended.ok(input.lines().count() + "\n");
      case "sleep" -> {
        double seconds = args.isEmpty() ? 0 : Double.parseDouble(args.getFirst());
        bed.until(() -> false, bed.now() + (long) (seconds * 1e9));
        yield Ended.ok("");
      }
      case "sysctl" -> sysctl(args);
      case "sockstat" -> sockets.sockstat(args);
      case "tcpdrop" -> sockets.tcpdrop(args);
      case "kldload" -> kldload(args);
      case "setkey" -> sockets.setkey(args, input);
      default -> tool(words);
    };
  }

  private Ended tool(List<String> words) {
    LocalShell.Result r = tools.run(0, words);
    return new Ended(r.status(), r.out(), r.err());
  }

  /** A module that is there already, or that this kernel is made with, needs no loading. */
  private Ended kldload(List<String> args) {
    Set<String> builtIn = Set.of("tcpmd5", "ipsec", "cc_cubic", "cc_newreno", "inet6");
    boolean all = args.stream().allMatch(a -> a.startsWith("-") || builtIn.contains(a));
    if (all) {
      return Ended.ok("");
    }
    List<String> words = new ArrayList<>(args);
    words.addFirst("kldload");
    return tool(words);
  }

  private static Ended grep(List<String> args, String input) {
    boolean count = false;
    boolean invert = false;
    boolean quiet = false;
    String pattern = "";
    for (String a : args) {
      if (a.startsWith("-") && a.length() > 1) {
        count |= a.contains("c");
        invert |= a.contains("v");
        quiet |= a.contains("q");
      } else {
        pattern = a;
      }
    }
    String wanted = pattern;
    boolean except = invert;
    Pattern p = Pattern.compile(wanted);
    List<String> found = input.lines().filter(l -> p.matcher(l).find() != except).toList();
    int status = found.isEmpty() ? 1 : 0;
    if (quiet) {
      return new Ended(status, "", "");
    }
    StringBuilder out = new StringBuilder();
    found.forEach(l -> out.append(l).append('\n'));
    return new Ended(status, count ? found.size() + "\n" : out.toString(), "");
  }

  private Ended sysctl(List<String> args) {
    StringBuilder out = new StringBuilder();
    boolean bare = false;
    for (String a : args) {
      if (a.startsWith("-")) {
        bare |= a.contains("n");
        continue;
      }
      int eq = a.indexOf('=');
      String name = eq < 0 ? a : a.substring(0, eq);
      try {
        SysctlDeclaration d = bed.kernel().sysctls().find(name);
        String old = bed.kernel().sysctls().read(d, bed.kernel().init().cred());
        out.append(bare ? "" : name + ": ").append(old);
        if (eq >= 0) {
          String value = a.substring(eq + 1);
          bed.kernel().sysctls().write(d, bed.kernel().init().cred(), value);
          out.append(" -> ").append(value);
        }
        out.append('\n');
      } catch (ErrnoException e) {
        return Ended.failed("sysctl: " + a + ": " + e.errno().text());
      }
    }
    return Ended.ok(out.toString());
  }
}
