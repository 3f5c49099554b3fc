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
        xo.openContainer(line.substring(1));
        container = line.substring(1) + "/";
      } else if (line.startsWith("#")) {
        int space = line.indexOf(' ');
        histogram(xo, line.substring(1, space), line.substring(space + 1), values);
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
            .noneMatch(p -> p instanceof Counter c && values.getOrDefault(container + c.name, 0L) != 0);
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

  private static void histogram(Xo xo, String name, String title, Map<String, Long> values) {
    boolean first = true;
    for (Map.Entry<String, Long> entry : values.entrySet()) {
      if (!entry.getKey().startsWith(name + "/") || entry.getValue() == 0) {
        continue;
      }
      if (first) {
        xo.openList(name);
        xo.text("\t" + title + ":\n");
        first = false;
      }
      xo.openInstance(name);
      xo.text("\t\t");
      xo.string("name", entry.getKey().substring(name.length() + 1));
      xo.text(": ");
      xo.number("count", entry.getValue(), Long.toUnsignedString(entry.getValue()));
      xo.text("\n");
      xo.closeInstance();
    }
    if (!first) {
      xo.closeList();
    }
  }
}
