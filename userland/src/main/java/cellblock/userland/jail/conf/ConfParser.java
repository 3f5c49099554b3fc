package cellblock.userland.jail.conf;

import cellblock.userland.misc.Err;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads jail.conf(5). Descends from usr.sbin/jail/jailparse.y. A jail inside another gets a dotted
 * name; {@code .include} takes in other files, 32 deep at most. After a mistake reading goes on at
 * the next semicolon, so that one run shows several.
 */
public final class ConfParser {
  private static final int DEEPEST = 32;
  private static final int MOST_NESTED = 64;

  private final Sources sources;
  private final Complaints complaints = new Complaints();
  private final List<ConfJail> jails = new ArrayList<>();
  private final Deque<ConfJail> open = new ArrayDeque<>();
  private final Deque<Integer> openedAt = new ArrayDeque<>();
  private int depth;

  public ConfParser(Sources sources) {
    this.sources = sources;
  }

  /** The jails and wildcard sections, in order; worth nothing if there are complaints. */
  public List<ConfJail> jails() {
    return jails;
  }

  /** What was wrong. */
  public Complaints complaints() {
    return complaints;
  }

  /** Reads a file whose name messages show as {@code shown}. */
  public void file(String file, String shown) {
    try {
      text(sources.read(file), file, shown);
    } catch (IOException e) {
      complaints.add(shown + ": " + Err.strerror(e));
    }
  }

  /** Reads text. */
  public void text(String text, String file, String shown) {
    depth++;
    Lexer lexer = new Lexer(text, shown, complaints);
    int base = open.size();
    Token token = lexer.next();
    while (token.kind() != Token.END) {
      switch (token.kind()) {
        case ';' -> {}
        case '}' -> close(token, base, shown);
        case Token.WORD -> statement(token, lexer, file, shown);
        default -> recover(token, lexer, shown);
      }
      token = lexer.next();
    }
    if (open.size() > base) {
      complaints.add(
          shown,
          token.line(),
          "unexpected EOF: no \"}\" for \"%s {\" of line %d"
              .formatted(open.getFirst().name(), openedAt.getFirst()));
    }
    while (open.size() > base) {
      open.removeFirst();
      openedAt.removeFirst();
    }
    depth--;
  }

  private void close(Token token, int base, String shown) {
    if (open.size() > base) {
      open.removeFirst();
      openedAt.removeFirst();
    } else {
      complaints.add(shown, token.line(), "}: syntax error");
    }
  }

  private void statement(Token first, Lexer lexer, String file, String shown) {
    ConfString name = new ConfString(first.pieces());
    String variable = name.onlyVariable();
    String plain = variable == null ? name.plain() : variable;
    Token after = lexer.next();
    if (plain == null) {
      recover(after.kind() == Token.END ? first : after, lexer, shown);
      return;
    }
    switch (after.kind()) {
      case '{' -> {
        if (variable != null) {
          recover(after, lexer, shown);
        } else {
          begin(plain, after.line(), shown);
        }
      }
      case ';' -> add(new ConfParam(plain, List.of(), variable != null, false), file, shown, after);
      case '=', Token.APPEND -> {
        boolean append = after.kind() == Token.APPEND;
        values(plain, variable != null, append, lexer.next(), lexer, file, shown);
      }
      case Token.WORD -> values(plain, variable != null, false, after, lexer, file, shown);
      default -> recover(after, lexer, shown);
    }
  }

  private void values(
      String name,
      boolean variable,
      boolean append,
      Token first,
      Lexer lexer,
      String file,
      String shown) {
    List<ConfString> values = new ArrayList<>();
    Token token = first;
    while (token.kind() == Token.WORD) {
      values.add(new ConfString(token.pieces()));
      token = lexer.next();
      if (token.kind() == ';') {
        add(new ConfParam(name, values, variable, append), file, shown, token);
        return;
      }
      if (token.kind() != ',') {
        break;
      }
      token = lexer.next();
    }
    recover(token, lexer, shown);
  }

  private void begin(String name, int line, String shown) {
    ConfJail parent = open.peekFirst();
    if (open.size() == MOST_NESTED) {
      complaints.add(shown, line, name + ": jails nested too deeply");
    }
    boolean tooDeep = parent != null && open.size() >= MOST_NESTED;
    ConfJail jail =
        tooDeep ? parent : new ConfJail(parent == null ? name : parent.name() + "." + name);
    if (!tooDeep) {
      jails.add(jail);
    }
    open.addFirst(jail);
    openedAt.addFirst(line);
  }

  private void add(ConfParam param, String file, String shown, Token end) {
    if (!param.variable() && param.name().equals(".include")) {
      include(param, file, shown, end);
      return;
    }
    ConfJail jail = open.peekFirst();
    if (jail == null) {
      jail = global();
    }
    jail.params().add(param);
  }

  /** Parameters outside every jail belong to a wildcard section of their own place in the file. */
  private ConfJail global() {
    ConfJail last = jails.isEmpty() ? null : jails.getLast();
    if (last == null || !last.name().equals("*")) {
      last = new ConfJail("*");
      jails.add(last);
    }
    return last;
  }

  private void include(ConfParam param, String file, String shown, Token end) {
    if (param.values().isEmpty()) {
      complaints.add(shown, end.line(), ".include: no file name");
    }
    for (ConfString value : param.values()) {
      String pattern = value.plain();
      if (pattern == null) {
        complaints.add(shown, end.line(), "variables not permitted in '.include' filename");
      } else if (depth >= DEEPEST) {
        complaints.add(shown, end.line(), "maximum include depth exceeded");
      } else {
        includeAll(pattern, file, shown, end);
      }
    }
  }

  private void includeAll(String pattern, String file, String shown, Token end) {
    try {
      for (String found : sources.expand(file, pattern)) {
        file(found, found);
      }
    } catch (IOException e) {
      complaints.add(shown, end.line(), pattern + ": " + Err.strerror(e));
    }
  }

  /** Complains of a token and skips to where the next statement may begin. */
  private void recover(Token token, Lexer lexer, String shown) {
    if (token.kind() == Token.END) {
      complaints.add(shown, token.line(), "unexpected EOF");
      return;
    }
    complaints.add(shown, token.line(), token.text() + ": syntax error");
    Token skipped = token;
    while (skipped.kind() != ';' && skipped.kind() != '}' && skipped.kind() != Token.END) {
      skipped = lexer.next();
    }
    if (skipped.kind() == '}' && !open.isEmpty()) {
      open.removeFirst();
      openedAt.removeFirst();
    }
  }
}
