package cellblock.userland.misc;

import java.util.List;

/**
 * getopt(3): option letters one by one, joined or not, ending at the first operand or at "--".
 * Descends from lib/libc/stdlib/getopt.c; unlike it, it keeps its place in fields of its own.
 */
public final class GetOpt {
  /** {@link #next} has come to the operands. */
  public static final int END = -1;

  /** {@link #next} met a letter that the specification lacks, or one without its argument. */
  public static final int BAD = '?';

  private final List<String> args;
  private final String spec;
  private int index;
  private int column;
  private String argument = "";
  private String complaint = "";

  /**
   * Reads {@code args} by {@code spec}.
   *
   * @param spec letters, each followed by a colon if it takes an argument
   */
  public GetOpt(List<String> args, String spec) {
    this.args = args;
    this.spec = spec;
  }

  /** The next option letter, {@link #END} or {@link #BAD}. */
  public int next() {
    if (column == 0) {
      if (index >= args.size()) {
        return END;
      }
      String word = args.get(index);
      if (word.length() < 2 || word.charAt(0) != '-') {
        return END;
      }
      if (word.equals("--")) {
        index++;
        return END;
      }
      column = 1;
    }
    String word = args.get(index);
    char letter = word.charAt(column++);
    boolean last = column == word.length();
    int at = letter == ':' ? -1 : spec.indexOf(letter);
    if (at < 0) {
      complaint = "illegal option -- " + letter;
      leave(last);
      return BAD;
    }
    if (at + 1 == spec.length() || spec.charAt(at + 1) != ':') {
      leave(last);
      return letter;
    }
    return takeArgument(word, letter, last);
  }

  private int takeArgument(String word, char letter, boolean last) {
    int from = column;
    leave(true);
    if (!last) {
      argument = word.substring(from);
      return letter;
    }
    if (index == args.size()) {
      complaint = "option requires an argument -- " + letter;
      return BAD;
    }
    argument = args.get(index++);
    return letter;
  }

  private void leave(boolean wordDone) {
    if (wordDone) {
      index++;
      column = 0;
    }
  }

  /** The argument of the option returned last. */
  public String argument() {
    return argument;
  }

  /** What getopt(3) prints after {@link #BAD}, without the program's name. */
  public String complaint() {
    return complaint;
  }

  /** The words after the options. */
  public List<String> operands() {
    return args.subList(index, args.size());
  }
}
