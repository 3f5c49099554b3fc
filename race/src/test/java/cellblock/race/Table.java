package cellblock.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of known faults in docs/lifecycle.md: its last two columns are counts of runs. */
final class Table {
  private static final Path PAGE = Path.of("..", "docs", "lifecycle.md");
  private static final Pattern ROW =
      Pattern.compile("(\\| \\[(\\w+)\\]\\(races\\.md#\\w+\\) .*\\|) ([^|]*) \\| ([^|]*) \\|");

  private Table() {}

  /** What the table says of a scenario at a bound of 1 or 2; "" where it has no row. */
  static String says(String scenario, int bound) throws IOException {
    return rows().getOrDefault(scenario, List.of("", "")).get(bound - 1);
  }

  /** Scenarios and their two counts, in the order of the page. */
  static Map<String, List<String>> rows() throws IOException {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher m = ROW.matcher(line);
      if (m.matches()) {
        rows.put(m.group(2), List.of(m.group(3), m.group(4)));
      }
    }
    return rows;
  }

  /** Puts a count into the page. */
  static void write(String scenario, int bound, String count) throws IOException {
    StringBuilder page = new StringBuilder();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher m = ROW.matcher(line);
      if (m.matches() && m.group(2).equals(scenario)) {
        page.append(m.group(1));
        page.append(' ').append(bound == 1 ? count : m.group(3));
        page.append(" | ").append(bound == 2 ? count : m.group(4)).append(" |");
      } else {
        page.append(line);
      }
      page.append('\n');
    }
    Files.writeString(PAGE, page);
  }
}
