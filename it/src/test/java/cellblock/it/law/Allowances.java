package cellblock.it.law;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The exceptions to the bans, from allowances.txt: lines of {@code subject ban reason}. A subject
 * is a class (with what is nested in it) or a package and all below it ({@code
 * cellblock.kern.saga.*}). The ban {@code immutable} vouches for a type whose values are held in
 * statics.
 */
final class Allowances {
  private static final String IMMUTABLE = "immutable";

  private record Line(String subject, String ban, String text) {
    boolean covers(Finding finding) {
      return ban.equals(finding.ban().label) && coversType(finding.type());
    }

    private boolean coversType(String type) {
      return subject.endsWith(".*")
          ? type.startsWith(subject.substring(0, subject.length() - 1))
          : type.equals(subject) || type.startsWith(subject + "$");
    }
  }

  private final List<Line> lines = new ArrayList<>();

  private Allowances() {}

  static Allowances read(Path file) throws IOException {
    return parse(Files.readAllLines(file));
  }

  static Allowances parse(List<String> text) {
    Allowances allowances = new Allowances();
    for (String line : text) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.strip().split("\\s+", 3);
      if (words.length < 3) {
        throw new IllegalArgumentException("not 'class ban reason': " + line);
      }
      if (!words[1].equals(IMMUTABLE)) {
        Ban.labelled(words[1]);
      }
      allowances.lines.add(new Line(words[0], words[1], line));
    }
    return allowances;
  }

  Set<String> immutableTypes() {
    Set<String> types = new TreeSet<>();
    for (Line line : lines) {
      if (line.ban.equals(IMMUTABLE)) {
        types.add(line.subject);
      }
    }
    return types;
  }

  /** The findings that no line covers. */
  List<Finding> remaining(List<Finding> findings) {
    return findings.stream().filter(f -> lines.stream().noneMatch(l -> l.covers(f))).toList();
  }

  /** The lines that cover no finding, and so should go. */
  List<String> unused(List<Finding> findings) {
    return lines.stream()
        .filter(l -> !l.ban.equals(IMMUTABLE) && findings.stream().noneMatch(l::covers))
        .map(Line::text)
        .toList();
  }
}
