package cellblock.userland.misc;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The environment of exec.clean and jexec -l: HOME, SHELL, TERM and USER. PATH stays, because the
 * tools are found by it, and so do the marks that tell which kernel and jail a process belongs to.
 */
public final class CleanEnvironment {
  /** Variables whose names begin so belong to the kernel's transport. */
  private static final String MARK = "CELLBLOCK_";

  private CleanEnvironment() {}

  /** The part of {@code env} that stays, in a fixed order. */
  public static Map<String, String> of(Map<String, String> env) {
    Map<String, String> clean = new LinkedHashMap<>();
    clean.put("PATH", env.getOrDefault("PATH", "/bin:/usr/bin"));
    clean.put("HOME", env.getOrDefault("HOME", "/"));
    clean.put("SHELL", env.getOrDefault("SHELL", "/bin/sh"));
    clean.put("USER", env.getOrDefault("USER", "root"));
    String term = env.get("TERM");
    if (term != null) {
      clean.put("TERM", term);
    }
    env.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(MARK))
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> clean.put(entry.getKey(), entry.getValue()));
    return clean;
  }
}
