package cellblock.client;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who called: arguments, directory and environment. On Linux the bytes come from {@code /proc/self},
 * because the JVM decodes arguments by the locale and loses what the C locale does not know.
 *
 * @param args the tool's arguments
 * @param cwd the working directory
 * @param env the environment, {@code NAME=value}
 */
record Caller(String[] args, String cwd, List<String> env) {
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
      if (bytes[i] == 0) {
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

  /** The control socket: CELLBLOCK_SOCKET, else the user's default. */
  String socket() {
    String runtime = "";
    for (int i = 0; i < env.size(); i++) {
      String entry = env.get(i);
      if (entry.startsWith(SOCKET) && entry.length() > SOCKET.length()) {
        return entry.substring(SOCKET.length());
      }
      if (entry.startsWith("XDG_RUNTIME_DIR=")) {
        runtime = entry.substring("XDG_RUNTIME_DIR=".length());
      }
    }
    return runtime.isEmpty()
        ? "/tmp/cellblock-".concat(System.getProperty("user.name")).concat("/control")
        : runtime.concat("/cellblock/control");
  }
}
