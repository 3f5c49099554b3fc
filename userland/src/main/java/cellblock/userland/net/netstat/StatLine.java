package cellblock.userland.net.netstat;

import cellblock.userland.net.Xo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A line of {@link StatTables}, taken apart and printed. */
final class StatLine {
  /** A piece of a line. */
  sealed interface Part {}

  /** Text as it stands. */
  record Literal(String text) implements Part {}

  /** A counter's value. */
  record Counter(String name) implements Part {}

  /** An ending for one and one for any other number. */
  record Ending(String one, String many) implements Part {}

  private StatLine() {}

  static List<Part> parse(String line) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < line.length()) {
      int open = line.indexOf('{', at);
      if (open < 0) {
        parts.add(new Literal(line.substring(at)));
        break;
      }
      if (open > at) {
        parts.add(new Literal(line.substring(at, open)));
      }
      int close = line.indexOf('}', open);
      String name = line.substring(open + 1, close);
      parts.add(
          switch (name) {
            case "s" -> new Ending("", "s");
            case "es" -> new Ending("", "es");
            case "ies" -> new Ending("y", "ies");
            default -> new Counter(name);
          });
      at = close + 1;
    }
    return parts;
  }

  /** Prints all lines of a table; with {@code terse} those of zeros are left out. */
  static void print(Xo xo, List<String> table, Map<String, Long> values, boolean terse) {
    String container = "";
    for (String line : table) {
      if (line.equals("@")) {
        xo.closeContainer();
        container = "";
      } else if (line.startsWith("@")) {
        String name = word(line);
        xo.openContainer(name);
        container = name + "/";
        if (line.length() > name.length() + 1) {
          xo.text("\t" + line.substring(name.length() + 2) + ":\n");
        }
      } else if ("#%&".indexOf(line.charAt(0)) >= 0) {
        histogram(xo, line, values);
      } else {
        print(xo, line, container, values, terse);
      }
    }
  }

  private static void print(
      Xo xo, String line, String container, Map<String, Long> values, boolean terse) {
    List<Part> parts = parse(line);
    boolean zero =
        parts.stream()
            .noneMatch(
                p -> p instanceof Counter c && values.getOrDefault(container + c.name, 0L) != 0);
    if (zero && terse) {
      return;
    }
    long last = 0;
    for (Part part : parts) {
      switch (part) {
        case Literal literal -> xo.text(literal.text);
        case Ending ending -> xo.text(last == 1 ? ending.one : ending.many);
        case Counter counter -> {
          last = values.getOrDefault(container + counter.name, 0L);
          xo.number(counter.name, last, Long.toUnsignedString(last));
        }
      }
    }
    xo.text("\n");
  }

  /** The name behind a line's mark. */
  static String word(String line) {
    int space = line.indexOf(' ');
    return space < 0 ? line.substring(1) : line.substring(1, space);
  }

  private static void histogram(Xo xo, String line, Map<String, Long> values) {
    char mark = line.charAt(0);
    String name = word(line);
    String title = line.substring(name.length() + 2);
    boolean first = true;
    for (Map.Entry<String, Long> entry : values.entrySet()) {
      if (!entry.getKey().startsWith(name + "/") || entry.getValue() == 0) {
        continue;
      }
      if (first) {
        xo.openList(name);
        xo.text("\t" + title + (mark == '#' ? ":\n" : "\n"));
        first = false;
      }
      xo.openInstance(name);
      xo.text("\t\t");
      String key = entry.getKey().substring(name.length() + 1);
      String count = Long.toUnsignedString(entry.getValue());
      if (mark == '#') {
        xo.string("name", key);
        xo.text(": ");
        xo.number("count", entry.getValue(), count);
      } else {
        xo.string("name", key, "");
        xo.number("count", entry.getValue(), count);
        boolean one = mark == '&' && entry.getValue() == 1 && key.endsWith("s");
        String scope = key.startsWith("0x") ? "addresses scope=" : "";
        xo.text(" " + scope + (one ? key.substring(0, key.length() - 1) : key));
      }
      xo.text("\n");
      xo.closeInstance();
    }
    if (!first) {
      xo.closeList();
    }
  }
}
