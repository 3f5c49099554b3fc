package cellblock.userland.jls;

import cellblock.userland.misc.GetOpt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line of jls(8). Later options change what earlier ones set, as in the ancestor. */
final class JlsOptions {
  static final String USAGE = "usage: jls [-cdhNnqsv] [-j jail] [param ...]";

  private final List<String> params;
  private @Nullable String complaint;
  private @Nullable String jail;
  private @Nullable String markup;
  private boolean bad;
  private boolean check;
  private boolean dying;
  private boolean header;
  private boolean nameValue;
  private boolean quoted;
  private boolean skip;
  private boolean verbose;
  private boolean byName;

  JlsOptions(List<String> args) {
    GetOpt options = new GetOpt(withoutMarkup(args), "acdj:hNnqsv");
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      option(letter, options);
    }
    params = options.operands();
  }

  private void option(int letter, GetOpt options) {
    switch (letter) {
      case 'a', 'd' -> dying = true;
      case 'c' -> check = true;
      case 'j' -> jail = options.argument();
      case 'h' -> {
        header = true;
        skip = false;
        verbose = false;
      }
      case 'N' -> byName = true;
      case 'n' -> {
        nameValue = true;
        verbose = false;
      }
      case 'q' -> quoted = true;
      case 's' -> {
        header = false;
        verbose = false;
        nameValue = true;
        quoted = true;
        skip = true;
      }
      case 'v' -> {
        header = false;
        nameValue = false;
        skip = false;
        verbose = true;
      }
      default -> {
        complaint = options.complaint();
        bad = true;
      }
    }
  }

  /** Takes {@code --libxo STYLE}, {@code --libxo=STYLE} and {@code --libxo:X} out of the words. */
  private List<String> withoutMarkup(List<String> args) {
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String word = args.get(i);
      if (word.equals("--libxo") && i + 1 < args.size()) {
        markup = args.get(++i);
      } else if (word.startsWith("--libxo=")) {
        markup = word.substring("--libxo=".length());
      } else if (word.startsWith("--libxo:")) {
        markup = shortStyle(word.substring("--libxo:".length()));
      } else {
        rest.add(word);
      }
    }
    return rest;
  }

  private static String shortStyle(String letters) {
    String pretty = letters.indexOf('P') >= 0 ? ",pretty" : "";
    return (letters.indexOf('J') >= 0 ? "json" : letters.indexOf('X') >= 0 ? "xml" : "text")
        + pretty;
  }

  /** A writer of structured output, or null for text. */
  @Nullable Markup markup() {
    if (markup == null) {
      return null;
    }
    List<String> words = List.of(markup.split(","));
    boolean json = words.contains("json");
    return json || words.contains("xml") ? new Markup(json, words.contains("pretty")) : null;
  }

  /** Whether nothing on the command line says what to print. */
  boolean plain() {
    return params.isEmpty() && !header && !nameValue && !verbose;
  }

  List<String> params() {
    return params;
  }

  @Nullable String complaint() {
    return complaint;
  }

  @Nullable String jail() {
    return jail;
  }

  boolean bad() {
    return bad;
  }

  boolean check() {
    return check;
  }

  boolean dying() {
    return dying;
  }

  boolean header() {
    return header;
  }

  boolean nameValue() {
    return nameValue;
  }

  boolean quoted() {
    return quoted;
  }

  boolean skip() {
    return skip;
  }

  boolean verbose() {
    return verbose && params.isEmpty();
  }

  boolean byName() {
    return byName;
  }
}
