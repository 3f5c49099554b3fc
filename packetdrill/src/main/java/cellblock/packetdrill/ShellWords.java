package cellblock.packetdrill;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a line of sh(1) into lists, pipelines and words; quotes are honoured, nothing is expanded.
 */
final class ShellWords {
  /**
   * A pipeline and what stands behind it.
   *
   * @param operator "||", "&amp;&amp;", ";" or ""
   */
  record Part(List<List<String>> pipeline, String operator) {}

  private final List<Part> parts = new ArrayList<>();
  private List<List<String>> pipeline = new ArrayList<>();
  private List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;

  private ShellWords() {}

  static List<Part> parts(String line) {
    ShellWords w = new ShellWords();
    w.cut(line);
    return w.parts;
  }

  private void cut(String line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean twice = i + 1 < line.length() && line.charAt(i + 1) == c;
      switch (c) {
        case '\'', '"' -> {
          int end = line.indexOf(c, i + 1);
          end = end < 0 ? line.length() : end;
          word.append(line, i + 1, end);
          inWord = true;
          i = end;
        }
        case ' ', '\t' -> endWord();
        case ';', '\n' -> endPart(";");
        case '|' -> {
          if (twice) {
            endPart("||");
            i++;
          } else {
            endCommand();
          }
        }
        case '&' -> {
          endPart(twice ? "&&" : ";");
          i += twice ? 1 : 0;
        }
        default -> {
          word.append(c);
          inWord = true;
        }
      }
    }
    endPart("");
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }

  private void endCommand() {
    endWord();
    pipeline.add(words);
    words = new ArrayList<>();
  }

  private void endPart(String operator) {
    endCommand();
    if (pipeline.size() > 1 || !pipeline.getFirst().isEmpty()) {
      parts.add(new Part(pipeline, operator));
    }
    pipeline = new ArrayList<>();
  }
}
