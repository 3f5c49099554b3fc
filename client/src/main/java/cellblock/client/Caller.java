package cellblock.client;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who called: arguments, directory and environment. On Linux the bytes come from {@code
 * /proc/self}, because the JVM decodes arguments by the locale and loses what the C locale does not
 * know.
 *
 * @param args the tool's arguments
 * @param cwd the working directory
 * @param env the environment, {@code NAME=value}
 */
record Caller(String[] args, String cwd, List<String> env) {
  private static final int MAX_ANCESTORS = 16;
  private static final String SOCKET = "CELLBLOCK_SOCKET=";

  /** Reads this process's own. {@code argv} begins with the tool's name. */
  static Caller read(String[] argv) {
    String[] args = new String[argv.length - 1];
    boolean plain = true;
    for (int i = 0; i < args.length; i++) {
      args[i] = argv[i + 1];
      plain = plain && isAscii(args[i]);
    }
    if (!plain) {
      List<String> raw = entries("/proc/self/cmdline");
      for (int i = 0; raw != null && i < args.length && raw.size() > args.length; i++) {
        args[i] = raw.get(raw.size() - args.length + i);
      }
    }
    List<String> env = entries("/proc/self/environ");
    return new Caller(args, System.getProperty("user.dir"), env != null ? env : portable());
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable List<String> entries(String file) {
    byte[] bytes;
    try (FileInputStream in = new FileInputStream(file)) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      return null;
    }
    List<String> found = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0 || bytes[i] == '\n' && i == bytes.length - 1) {
        found.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    return found;
  }

  private static List<String> portable() {
    List<String> env = new ArrayList<>();
    for (Map.Entry<String, String> entry : System.getenv().entrySet()) {
      env.add(entry.getKey().concat("=").concat(entry.getValue()));
    }
    return env;
  }

  /**
   * The control socket: CELLBLOCK_SOCKET; that of the nearest ancestor, for a script that emptied
   * its environment; "" when none names one: then it is the {@link #usual}.
   */
  String socket() {
    String found = value(env, SOCKET);
    String pid = "self";
    for (int hop = 0; found.isEmpty() && hop < MAX_ANCESTORS; hop++) {
      pid = parent(pid);
      List<String> theirs =
          pid.equals("0") ? null : entries("/proc/".concat(pid).concat("/environ"));
      if (theirs == null) {
        break;
      }
      found = value(theirs, SOCKET);
    }
    return found;
  }

  /** The user's default socket. */
  String usual() {
    String runtime = value(env, "XDG_RUNTIME_DIR=");
    return runtime.isEmpty()
        ? "/tmp/cellblock-".concat(System.getProperty("user.name")).concat("/control")
        : runtime.concat("/cellblock/control");
  }

  private static String value(List<String> env, String name) {
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).startsWith(name)) {
        return env.get(i).substring(name.length());
      }
    }
    return "";
  }

  private static String parent(String pid) {
    List<String> stat = entries("/proc/".concat(pid).concat("/stat"));
    if (stat == null || stat.isEmpty()) {
      return "0";
    }
    String line = stat.get(0);
    int state = line.lastIndexOf(')') + 2; // one letter, then the parent
    return line.substring(state + 2, line.indexOf(' ', state + 2));
  }
}
