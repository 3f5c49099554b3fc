package cellblock.userland.net;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * getopt(3) of FreeBSD: options end at the first word that is none; {@code x:} takes a value, joined or
 * as the next word, {@code x::} only a joined one. A leading colon in the option string silences it.
 */
public final class Getopt {
  /** What {@link #next} returns when there are no more options. */
  public static final int END = -1;

  private final Stdio io;
  private final String program;
  private final List<String> args;
  private final String options;
  private int index;
  private int place;
  private @Nullable String optarg;

  /** A scan of {@code args} from its first word. */
  public Getopt(Stdio io, String program, List<String> args, String options) {
    this.io = io;
    this.program = program;
    this.args = args;
    this.options = options;
  }

  /** The next option's letter, '?' for one that is unknown or lacks its value, or {@link #END}. */
  public int next() {
    optarg = null;
    if (place == 0) {
      if (index >= args.size() || !startsOption(args.get(index))) {
        return END;
      }
      if (args.get(index).equals("--")) {
        index++;
        return END;
      }
      place = 1;
    }
    String word = args.get(index);
    char letter = word.charAt(place++);
    int at = letter == ':' ? -1 : options.indexOf(letter);
    if (at < 0) {
      advance(word);
      complain("illegal option -- " + letter);
      return '?';
    }
    return takesValue(at) ? value(word, letter, isOptional(at)) : plain(word, letter);
  }

  private int plain(String word, char letter) {
    advance(word);
    return letter;
  }

  private int value(String word, char letter, boolean optional) {
    if (place < word.length()) {
      optarg = word.substring(place);
    } else if (!optional) {
      index++;
      if (index >= args.size()) {
        place = 0;
        complain("option requires an argument -- " + letter);
        return '?';
      }
      optarg = args.get(index);
    }
    index++;
    place = 0;
    return letter;
  }

  private void advance(String word) {
    if (place >= word.length()) {
      place = 0;
      index++;
    }
  }

  private boolean takesValue(int at) {
    return at + 1 < options.length() && options.charAt(at + 1) == ':';
  }

  private boolean isOptional(int at) {
    return options.startsWith("::", at + 1);
  }

  private static boolean startsOption(String word) {
    return word.length() > 1 && word.charAt(0) == '-';
  }

  private void complain(String message) {
    if (!options.startsWith(":")) {
      io.eprint(program + ": " + message + "\n");
    }
  }

  /** The value of the option just returned. */
  public String value() {
    String value = optarg;
    if (value == null) {
      throw new IllegalStateException("option without a value");
    }
    return value;
  }

  /** The value of an option whose value is optional. */
  public @Nullable String optionalValue() {
    return optarg;
  }

  /** The words after the options. */
  public List<String> rest() {
    return args.subList(Math.min(index, args.size()), args.size());
  }
}
