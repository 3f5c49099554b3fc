package cellblock.userland.net.inetd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** inetd.conf(5): reads it line by line (ancestor: inetd.c, getconfigent, skip). */
final class InetdConf {
  private static final int MAXARGV = 64;

  /** What the command line says for lines that do not. */
  record Defaults(int maxChild, int maxRate, int maxPerSource) {}

  /** The file breaks off in the middle of a service: nothing of it can be trusted. */
  static final class SyntaxError extends Exception {
    private static final long serialVersionUID = 1L;

    SyntaxError(String message) {
      super(message, null, false, false);
    }
  }

  private final String file;
  private final Defaults defaults;
  private final Consumer<String> complain;

  InetdConf(String file, Defaults defaults, Consumer<String> complain) {
    this.file = file;
    this.defaults = defaults;
    this.complain = complain;
  }

  /** The services of a file; what is wrong with one is told, and the line left out. */
  List<InetdLine> parse(List<String> lines) throws SyntaxError {
    List<InetdLine> all = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      StringBuilder whole = new StringBuilder(line);
      while (i + 1 < lines.size() && continues(lines.get(i + 1))) {
        whole.append(' ').append(lines.get(++i));
      }
      List<String> words = words(whole.toString());
      if (!words.isEmpty()) {
        InetdLine entry = entry(words);
        if (entry != null) {
          all.add(entry);
        }
      }
    }
    return all;
  }

  private static boolean continues(String line) {
    return line.startsWith(" ") || line.startsWith("\t");
  }

  /** Words between blanks; quotes of either kind hold blanks together. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < line.length() && isBlank(line.charAt(at))) {
        at++;
      }
      if (at >= line.length()) {
        return words;
      }
      char first = line.charAt(at);
      boolean quoted = first == '"' || first == '\'';
      int start = quoted ? at + 1 : at;
      int end = start;
      while (end < line.length()
          && (quoted ? line.charAt(end) != first : !isBlank(line.charAt(end)))) {
        end++;
      }
      words.add(line.substring(start, end));
      at = Math.min(end + 1, line.length());
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private @Nullable InetdLine entry(List<String> words) throws SyntaxError {
    if (words.size() < 6) {
      throw new SyntaxError(file + ": syntax error");
    }
    String service = words.get(0);
    boolean stream = words.get(1).equals("stream");
    String protocol = words.get(2);
    if (!stream && !words.get(1).equals("dgram")) {
      return refuse(service + "/" + protocol + ": socket: Protocol not supported");
    }
    if (service.startsWith("tcpmux/") || protocol.startsWith("rpc/") || protocol.equals("unix")) {
      return refuse(service + "/" + protocol + ": not supported");
    }
    String plain = protocol.replaceFirst("[0-9]+$", "");
    String versions = protocol.substring(plain.length());
    if (!versions.matches("[46]*")) {
      return refuse("bad IP version for " + protocol);
    }
    if (!plain.equals(stream ? "tcp" : "udp")) {
      return refuse(service + "/" + plain + ": socket: Protocol not supported");
    }
    boolean six = versions.indexOf('6') >= 0;
    String wait = words.get(3);
    if (!wait.startsWith("wait") && !wait.startsWith("nowait")) {
      return refuse(file + ": bad wait/nowait for service " + service);
    }
    int[] limits = limits(wait, service);
    if (limits == null) {
      return null;
    }
    return server(
        words, plain, six, six && versions.indexOf('4') >= 0, wait.startsWith("nowait"), limits);
  }

  private @Nullable InetdLine server(
      List<String> words, String plain, boolean six, boolean mapped, boolean nowait, int[] limits) {
    String service = words.get(0);
    String server = words.get(5);
    Builtin builtin = null;
    if (server.equals("internal")) {
      builtin = Builtin.of(service, plain);
      if (builtin == null) {
        return refuse("internal service " + service + " unknown");
      }
    }
    boolean accept = nowait || builtin != null;
    if (nowait && builtin == null && plain.equals("udp")) {
      return refuse(service + "/" + plain + ": a program of a datagram service must be waited for");
    }
    List<String> argv = words.subList(6, words.size());
    if (argv.size() > MAXARGV) {
      return refuse(file + ": too many arguments for service " + service);
    }
    return new InetdLine(
        service,
        plain,
        six,
        mapped,
        accept,
        !accept ? 1 : limits[0] >= 0 ? limits[0] : Math.max(defaults.maxChild, 0),
        limits[1] >= 0 ? limits[1] : defaults.maxRate,
        limits[2] >= 0 ? limits[2] : defaults.maxPerSource,
        builtin,
        server,
        List.copyOf(argv));
  }

  /** The numbers behind "nowait/": children, rate, children of one source; -1 = not said. */
  private int @Nullable [] limits(String wait, String service) {
    String[] parts = wait.split("/", -1);
    int[] limits = {-1, -1, -1};
    for (int i = 1; i < Math.min(parts.length, 4); i++) {
      if (!parts[i].matches("[0-9]{1,5}")) {
        if (i == 1) {
          complain.accept(file + ": bad max-child for service " + service);
          return null;
        }
        break;
      }
      limits[i - 1] = Integer.parseInt(parts[i]);
    }
    return limits;
  }

  private @Nullable InetdLine refuse(String why) {
    complain.accept(why);
    return null;
  }
}
