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
  private static final String SOCKET = "CELLBLOCK_SOCKET=";
  private static final String LIMIT = "Max realtime timeout";

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

  /** The control socket that CELLBLOCK_SOCKET names; "" when it names none. */
  String named() {
    return value(SOCKET);
  }

  /**
   * Where the control socket is when nobody named it: that of the kernel whose mark this process
   * inherited in its resource limits, for a script in a jail that emptied its environment; else the
   * user's default.
   */
  String usual() {
    String own = "/tmp/cellblock-".concat(System.getProperty("user.name"));
    long mark = mark();
    if (mark >>> 51 == 0x2cb) {
      String kernel = Integer.toHexString((int) (mark >>> 20) & Integer.MAX_VALUE);
      return own.concat("/kernel-").concat(kernel);
    }
    String runtime = value("XDG_RUNTIME_DIR=");
    return runtime.isEmpty() ? own.concat("/control") : runtime.concat("/cellblock/control");
  }

  private String value(String name) {
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).startsWith(name)) {
        return env.get(i).substring(name.length());
      }
    }
    return "";
  }

  /** The soft limit that the daemon's Mark uses; 0 when there is none. */
  private static long mark() {
    List<String> limits = entries("/proc/self/limits");
    if (limits == null || limits.isEmpty()) {
      return 0;
    }
    String text = limits.get(0);
    int at = text.indexOf(LIMIT) + LIMIT.length();
    long value = 0;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      value = 10 * value + text.charAt(at++) - '0';
    }
    return value;
  }
}
