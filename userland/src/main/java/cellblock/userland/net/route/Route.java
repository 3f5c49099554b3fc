package cellblock.userland.net.route;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.JailAttach;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import cellblock.userland.net.ToolExit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** route(8). Ancestor: sbin/route/route.c (main, usage, fiboptlist_csv). */
public final class Route {
  final Stdio io;
  boolean numeric;
  boolean quiet;
  boolean verbose;
  boolean test;
  boolean debug;

  /** "inet", "inet6", or null while nothing has said which. */
  @Nullable String family;

  int fibs = 1;
  int defaultFib;

  private Route(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Route(io).main();
  }

  private int main() throws InterruptedException {
    if (io.context().args().isEmpty()) {
      throw usage(null);
    }
    List<String> words = parse();
    fibs = sysctl("net.fibs", 1);
    defaultFib = sysctl("net.my_fibnum", 0);
    String command = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    return switch (command) {
      case "get", "show", "change", "add", "del", "delete" -> new NewRoute(this, command).run(rest);
      case "monitor" -> new Monitor(this).run(rest);
      case "flush" -> new Flush(this).run(rest);
      default -> throw usage(words.isEmpty() ? null : command);
    };
  }

  private List<String> parse() {
    Getopt getopt = new Getopt(io, "route", io.context().args(), "46nqdtvj:");
    @Nullable String jail = null;
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case '4' -> family = "inet";
        case '6' -> family = "inet6";
        case 'n' -> numeric = true;
        case 'q' -> quiet = true;
        case 'v' -> verbose = true;
        case 't' -> test = true;
        case 'd' -> debug = true;
        case 'j' -> jail = getopt.value();
        default -> throw usage(null);
      }
    }
    if (jail != null) {
      JailAttach.attach(io, jail);
    }
    return getopt.rest();
  }

  /** The usage line and EX_USAGE; a bad keyword is named first. */
  ToolExit usage(@Nullable String keyword) {
    if (keyword != null) {
      io.warnx("bad keyword: " + keyword);
    }
    return io.errx(
        Sysexits.EX_USAGE, "usage: route [-j jail] [-46dnqtv] command [[modifiers] args]");
  }

  private int sysctl(String name, int otherwise) {
    try {
      return Integer.parseInt(io.kernel().ask(new SysctlRequest.Get(name)).value().trim());
    } catch (KernelError | NumberFormatException e) {
      return otherwise;
    }
  }

  /** A list of FIBs: "all", "default", "0,2-4". */
  List<Integer> fibs(String text) {
    if (text.equals("default")) {
      return List.of(defaultFib);
    }
    List<Integer> list = new ArrayList<>();
    for (String word : (text.equals("all") ? allFibs() : text).split(",", -1)) {
      int dash = word.indexOf('-', 1);
      int first = fib(dash < 0 ? word : word.substring(0, dash), text);
      int last = dash < 0 ? first : fib(word.substring(dash + 1), text);
      if (last < first || dash >= 0 && last == first) {
        throw badFib(text);
      }
      for (int fib = first; fib <= last; fib++) {
        list.add(fib);
      }
    }
    return list;
  }

  private String allFibs() {
    return fibs > 1 ? "0-" + (fibs - 1) : "0";
  }

  private int fib(String word, String whole) {
    if (word.isEmpty() || word.length() > 5 || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw badFib(whole);
    }
    int fib = Integer.parseInt(word);
    if (fib >= fibs) {
      throw badFib(whole);
    }
    return fib;
  }

  ToolExit badFib(String text) {
    return io.errx(Sysexits.EX_USAGE, "invalid fib number: " + text);
  }

  /** One FIB only, as monitor takes. */
  int oneFib(String text) {
    return fib(text, text);
  }
}
