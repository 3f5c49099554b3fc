package cellblock.userland.jail.conf;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a configuration: "file:line: words", in the order found, at most a few. */
public final class Complaints {
  private static final int MOST = 20;
  private final List<String> lines = new ArrayList<>();

  void add(String file, int line, String words) {
    add(file + ":" + line + ": " + words);
  }

  void add(String message) {
    if (lines.size() < MOST) {
      lines.add(message);
    }
  }

  /** The messages, without the program's name. */
  public List<String> lines() {
    return lines;
  }
}
