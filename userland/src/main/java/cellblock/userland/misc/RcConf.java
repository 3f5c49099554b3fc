package cellblock.userland.misc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * rc.conf(5): assignments of a shell, one or more a line. Quotes, continued lines and references to
 * variables set before are understood; commands are passed over.
 */
final class RcConf {
  private static final Pattern ASSIGNMENT = Pattern.compile("\\s*([A-Za-z_][A-Za-z_0-9]*)=");
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z_0-9]*)\\}|([A-Za-z_][A-Za-z_0-9]*))");

  private final Map<String, String> values = new LinkedHashMap<>();

  /** Reads the files that are there, later ones over earlier ones. */
  static RcConf of(List<Path> files) {
    RcConf conf = new RcConf();
    for (Path file : files) {
      try {
        conf.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      } catch (IOException absent) {
        // Like sh, which sources only the files that exist.
      }
    }
    return conf;
  }

  /** Takes in text. */
  void read(String text) {
    String joined = text.replace("\\\n", "");
    int at = 0;
    Matcher matcher = ASSIGNMENT.matcher(joined);
    while (at < joined.length()) {
      matcher.region(at, joined.length());
      if (!matcher.lookingAt()) {
        at = next(joined, at);
        continue;
      }
      StringBuilder value = new StringBuilder();
      at = value(joined, matcher.end(), value);
      values.put(matcher.group(1), value.toString());
    }
  }

  /** Where the next command begins: after a newline or a semicolon. */
  private static int next(String text, int from) {
    int at = from;
    boolean comment = false;
    while (at < text.length() && text.charAt(at) != '\n' && (comment || text.charAt(at) != ';')) {
      comment |= text.charAt(at) == '#';
      at++;
    }
    return at + 1;
  }

  private int value(String text, int from, StringBuilder value) {
    int at = from;
    while (at < text.length() && " \t\n;#".indexOf(text.charAt(at)) < 0) {
      char c = text.charAt(at);
      int close = c == '"' || c == '\'' ? text.indexOf(c, at + 1) : -1;
      if (close > 0) {
        String inside = text.substring(at + 1, close);
        value.append(c == '"' ? expand(inside) : inside);
        at = close + 1;
      } else {
        int end = at + 1;
        while (end < text.length() && " \t\n;#\"'".indexOf(text.charAt(end)) < 0) {
          end++;
        }
        value.append(expand(text.substring(at, end)));
        at = end;
      }
    }
    return at;
  }

  private String expand(String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(found -> {
          String name = found.group(1) == null ? found.group(2) : found.group(1);
          return Matcher.quoteReplacement(values.getOrDefault(name, ""));
        });
  }

  /** A value, "" when it is not set. */
  String get(String name) {
    return values.getOrDefault(name, "");
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** checkyesno of rc.subr. */
  boolean yes(String name) {
    return List.of("yes", "true", "on", "1").contains(get(name).toLowerCase(Locale.ROOT));
  }

  /** The words of a list. */
  List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (String word : get(name).strip().split("\\s+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }
}
