package cellblock.daemon;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel environment as loader.conf(5) writes it: a line {@code name="value"} each, with or
 * without the quotes; {@code #} begins a remark (ancestor: stand/lua/config.lua). A later line
 * wins. Stateless.
 */
final class LoaderConf {
  /** KENV_MNAMELEN and KENV_MVALLEN: the longest name and value, bytes. */
  private static final int LONGEST = 128;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]+");
  private static final Pattern LINE =
      Pattern.compile("\\s*([^=\\s#]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s\"#]*))\\s*(?:#.*)?");

  private LoaderConf() {}

  /**
   * What a file says.
   *
   * @param file its name, for complaints
   * @throws IllegalArgumentException "FILE:LINE: …" for a line that is no assignment
   */
  static Map<String, String> parse(String text, String file) {
    Map<String, String> values = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher m = LINE.matcher(line);
      if (!m.matches()) {
        throw new IllegalArgumentException(
            file + ":" + number + ": not of the form name=\"value\": " + line.strip());
      }
      put(values, m.group(1), m.group(2) == null ? m.group(3) : m.group(2), file + ":" + number);
    }
    return values;
  }

  /**
   * One assignment as a command line gives it: everything behind the first equals sign is the
   * value.
   *
   * @throws IllegalArgumentException when it is none
   */
  static void assign(Map<String, String> values, String word) {
    int cut = word.indexOf('=');
    if (cut < 0) {
      throw new IllegalArgumentException("tunable " + word + ": not of the form name=value");
    }
    put(values, word.substring(0, cut), word.substring(cut + 1), "tunable " + word);
  }

  private static void put(Map<String, String> values, String name, String value, String where) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(where + ": bad name of a variable: '" + name + "'");
    }
    if (name.length() >= LONGEST || value.length() >= LONGEST) {
      throw new IllegalArgumentException(where + ": name or value too long");
    }
    values.put(name, value);
  }
}
