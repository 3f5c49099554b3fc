package cellblock.userland.net.rtadvd;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * rtadvd.conf(5): a termcap(5) file with an entry for each interface and perhaps one called default
 * (ancestor: usr.sbin/rtadvd/config.c). A capability is {@code name#number}, {@code name="text"} or
 * {@code name}; {@code tc=entry} takes in what another entry says.
 */
final class RtadvdConf {
  private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*");

  /** A file that does not parse; {@code line} from 1. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    private final int line;

    Malformed(int line, String message) {
      super(message);
      this.line = line;
    }

    int line() {
      return line;
    }
  }

  private final Map<String, Map<String, String>> entries = new LinkedHashMap<>();

  /** Reads a whole file. */
  static RtadvdConf parse(String text) throws Malformed {
    RtadvdConf conf = new RtadvdConf();
    StringBuilder entry = new StringBuilder();
    int start = 1;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String part = line.strip();
      if (entry.isEmpty()) {
        if (part.isEmpty() || part.startsWith("#")) {
          continue;
        }
        start = number;
      }
      boolean more = part.endsWith("\\");
      entry.append(more ? part.substring(0, part.length() - 1) : part);
      if (!more) {
        conf.entry(entry.toString(), start);
        entry.setLength(0);
      }
    }
    if (!entry.isEmpty()) {
      conf.entry(entry.toString(), start);
    }
    return conf;
  }

  private void entry(String text, int line) throws Malformed {
    Map<String, String> capabilities = new LinkedHashMap<>();
    int at = text.indexOf(':');
    if (at <= 0) {
      throw new Malformed(line, "no capabilities");
    }
    String names = text.substring(0, at);
    while (at < text.length()) {
      int end = end(text, at + 1, line);
      String word = text.substring(at + 1, end).strip();
      at = end;
      if (!word.isEmpty()) {
        capability(capabilities, word, line);
      }
    }
    for (String name : names.split("\\|")) {
      entries.put(name.strip(), capabilities);
    }
  }

  /** Where the field that begins at {@code from} ends; colons within quotes belong to it. */
  private static int end(String text, int from, int line) throws Malformed {
    boolean quoted = false;
    int at = from;
    while (at < text.length() && (quoted || text.charAt(at) != ':')) {
      quoted ^= text.charAt(at) == '"';
      at++;
    }
    if (quoted) {
      throw new Malformed(line, "missing \"");
    }
    return at;
  }

  private static void capability(Map<String, String> to, String word, int line) throws Malformed {
    int number = word.indexOf('#');
    int string = word.indexOf('=');
    int at = number < 0 ? string : string < 0 ? number : Math.min(number, string);
    if (at == 0) {
      throw new Malformed(line, word + ": no name");
    }
    String name = at < 0 ? word : word.substring(0, at);
    String value = at < 0 ? "" : word.substring(at + 1).strip();
    if (at >= 0 && at == number && !value.matches("(0[xX][0-9a-fA-F]+|[0-9]+)")) {
      throw new Malformed(line, name + ": not a number");
    }
    to.putIfAbsent(name, value.replace("\"", ""));
  }

  /**
   * What an interface is told, its own entry before the default one; empty when neither is there.
   */
  Map<String, String> of(String ifname) {
    Map<String, String> all = new LinkedHashMap<>();
    String first = entries.containsKey(ifname) ? ifname : "default";
    collect(first, all, new LinkedHashSet<>());
    return all;
  }

  private void collect(String name, Map<String, String> all, Set<String> seen) {
    Map<String, String> own = entries.get(name);
    if (own == null || !seen.add(name)) {
      return;
    }
    own.forEach(all::putIfAbsent);
    String other = own.get("tc");
    if (other != null) {
      collect(other, all, seen);
    }
  }

  /** A number, or {@code otherwise} where it is not given. */
  static long number(Map<String, String> of, String name, long otherwise) {
    String text = of.get(name);
    return text == null || text.isEmpty() ? otherwise : strtoul(text);
  }

  /** As strtoul(3) with base 0 reads it: what follows the number is left alone, 0 where none is. */
  static long strtoul(String text) {
    Matcher m = NUMBER.matcher(text);
    if (!m.lookingAt()) {
      return 0;
    }
    String digits = m.group();
    boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
    int radix = hex ? 16 : digits.startsWith("0") ? 8 : 10;
    BigInteger value = new BigInteger(hex ? digits.substring(2) : digits, radix);
    return value.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  /** Flags as letters or as a number, or {@code otherwise}. */
  static int flags(
      Map<String, String> of, String name, Map<Character, Integer> letters, int otherwise) {
    @Nullable String text = of.get(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    if (NUMBER.matcher(text).lookingAt()) {
      return (int) strtoul(text);
    }
    int bits = 0;
    for (char c : text.toCharArray()) {
      bits |= letters.getOrDefault(c, 0);
    }
    return bits;
  }
}
