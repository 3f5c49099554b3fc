package cellblock.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a host process carries to say which jail it belongs to. It is carried twice: in the
 * environment, and as the soft limit RLIMIT_RTTIME, which a child inherits whatever it does to its
 * environment, session or parents. The limit's value is tag, kernel and jail; it means nothing to a
 * process without real-time scheduling.
 *
 * @param kernel the kernel's random id, 31 bits
 * @param jail the jail's serial ({@link Door#serial}), which no other jail gets while it exists
 * @param fib the default FIB; carried by the environment alone
 */
record Mark(int kernel, int jail, int fib) {
  static final String SOCKET = "CELLBLOCK_SOCKET";
  private static final String JAIL = "CELLBLOCK_JAIL";
  private static final String KERNEL = "CELLBLOCK_KERNEL";
  private static final String FIB = "CELLBLOCK_FIB";

  /** Before the name of a variable that a shim kept from its own JVM: etc/java-options. */
  private static final String HELD = "CELLBLOCK_HELD_";

  private static final int JAIL_BITS = 20;
  private static final int TAG_SHIFT = 51;
  private static final long TAG = 0x2cb;

  /** The limit's value: below 2^63, never zero. */
  long limit() {
    return TAG << TAG_SHIFT | (long) kernel << JAIL_BITS | jail;
  }

  /** Reads a limit; null when it is not a mark. */
  static @Nullable Mark ofLimit(long value) {
    if (value >>> TAG_SHIFT != TAG) {
      return null;
    }
    int kernel = (int) (value >>> JAIL_BITS) & Integer.MAX_VALUE;
    return new Mark(kernel, (int) value & (1 << JAIL_BITS) - 1, 0);
  }

  /** Puts the mark into an environment. */
  void into(Map<String, String> env, String socket) {
    env.put(JAIL, Integer.toString(jail));
    env.put(KERNEL, Integer.toHexString(kernel));
    env.put(FIB, Integer.toString(fib));
    env.put(SOCKET, socket);
  }

  /** Reads an environment; null when there is no mark, or a malformed one. */
  static @Nullable Mark of(Map<String, String> env) {
    String jail = env.get(JAIL);
    String fib = env.getOrDefault(FIB, "0");
    String kernel = env.get(KERNEL);
    if (kernel == null) {
      return null;
    }
    try {
      return new Mark(
          Integer.parseInt(kernel, 16),
          jail == null ? 0 : Integer.parseInt(jail),
          Integer.parseInt(fib));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /**
   * {@code NAME=value} entries as a map, in order; the first of a name counts, held ones come back.
   */
  static Map<String, String> environment(List<String> entries) {
    Map<String, String> env = new java.util.LinkedHashMap<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        String name = entry.substring(0, equals);
        boolean held = name.startsWith(HELD);
        env.putIfAbsent(held ? name.substring(HELD.length()) : name, entry.substring(equals + 1));
      }
    }
    return env;
  }

  /** The variables of the mark found among {@code entries}, nothing else. */
  static @Nullable Mark of(List<String> entries) {
    Map<String, String> env = new HashMap<>();
    for (String entry : entries) {
      if (entry.startsWith("CELLBLOCK_")) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
          env.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
        }
      }
    }
    return of(env);
  }
}
