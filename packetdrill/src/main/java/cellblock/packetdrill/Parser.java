package cellblock.packetdrill;

import cellblock.packetdrill.Event.When;
import cellblock.packetdrill.Event.When.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a script by recursive descent: options, events, system calls and their arguments; packets
 * are {@link PacketParser}'s. Threading: one thread.
 */
final class Parser {
  private static final Pattern DEFINE = Pattern.compile("(?m)^\\s*--define=([A-Za-z0-9_]+)");

  private final Cursor in;
  private final PacketParser packets;
  private final Map<String, String> options = new LinkedHashMap<>();

  private Parser(Cursor in) {
    this.in = in;
    this.packets = new PacketParser(in);
  }

  /** Parses a whole script; {@code #ifdef FreeBSD} holds. */
  static Script parse(String text) throws ScriptException {
    Set<String> defined = new LinkedHashSet<>(Set.of("FreeBSD"));
    Matcher m = DEFINE.matcher(text);
    while (m.find()) {
      defined.add(m.group(1));
    }
    List<Token> tokens = Lexer.tokens(text, defined);
    Map<String, Token> definitions = new LinkedHashMap<>();
    return new Parser(new Cursor(tokens, definitions)).script(definitions);
  }

  private Script script(Map<String, Token> definitions) throws ScriptException {
    while (in.peek().kind() == Token.Kind.OPTION) {
      option(in.next(), definitions);
    }
    String init = in.peek().kind() == Token.Kind.COMMAND ? in.next().text() : null;
    List<Event> events = new ArrayList<>();
    while (!in.atEnd()) {
      events.add(event());
    }
    if (events.isEmpty()) {
      throw in.unexpected("an event");
    }
    return new Script(options, init, events);
  }

  private void option(Token t, Map<String, Token> definitions) throws ScriptException {
    String text = t.text().substring(2);
    int eq = text.indexOf('=');
    String name = eq < 0 ? text : text.substring(0, eq);
    String value = eq < 0 ? "" : text.substring(eq + 1);
    if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
      value = value.substring(1, value.length() - 1);
    }
    if (!Settings.NAMES.contains(name)) {
      throw Cursor.error(t, "unknown option --" + name);
    }
    if (name.equals("define")) {
      int second = value.indexOf('=');
      if (second > 0) {
        List<Token> one = Lexer.tokens(value.substring(second + 1), Set.of());
        definitions.put(value.substring(0, second), one.getFirst());
      }
    }
    options.put(name, value);
  }

  // ---- events ----

  private Event event() throws ScriptException {
    Token start = in.peek();
    if (start.kind() == Token.Kind.COMMAND) { // the command that cleans up
      in.next();
      return new Event(
          start.line(),
          start.column(),
          new When(Type.RELATIVE, 0, 0),
          new Event.Command(start.text()));
    }
    When when = when();
    Event.Action action = action();
    boolean expectsPacket = action instanceof PacketSpec p && p.outbound();
    if (!expectsPacket && when.type() == Type.ANY) {
      throw Cursor.error(start, "'*' is for outbound packets only");
    }
    if (!expectsPacket && when.to() != when.from()) {
      throw Cursor.error(start, "a range of time is for outbound packets only");
    }
    return new Event(start.line(), start.column(), when, action);
  }

  private When when() throws ScriptException {
    if (in.take("*")) {
      return new When(Type.ANY, 0, 0);
    }
    Type type = in.take("+") ? Type.RELATIVE : Type.ABSOLUTE;
    Token first = in.peek();
    long from = in.time();
    if (!in.take("~")) {
      return new When(type, from, from);
    }
    if (type == Type.RELATIVE) {
      in.take("+");
    }
    long to = in.time();
    if (to < from) {
      throw Cursor.error(first, "time range is backwards");
    }
    return new When(type, from, to);
  }

  private Event.Action action() throws ScriptException {
    Token t = in.peek();
    if (t.kind() == Token.Kind.COMMAND) {
      return new Event.Command(in.next().text());
    }
    if (t.kind() == Token.Kind.CODE) {
      return new Event.Code(in.next().text());
    }
    if (t.is("<") || t.is(">")) {
      return packets.packet();
    }
    return call();
  }

  // ---- system calls ----

  private Call call() throws ScriptException {
    long end = -1;
    if (in.takeEllipsis()) {
      in.take("+");
      end = in.time();
    }
    String name = in.word("a packet, a system call or a command");
    in.expect("(");
    List<Expression> arguments = list(")");
    in.expect("=");
    Expression result = expression();
    String errno = null;
    Token t = in.peek();
    if (t.kind() == Token.Kind.WORD) {
      errno = in.next().text();
      if (Symbols.errno(errno) == null) {
        throw Cursor.error(t, "unknown error " + errno);
      }
    }
    note();
    return new Call(end, name, arguments, result, errno);
  }

  /** What strace(1) says in parentheses behind a call. */
  private void note() throws ScriptException {
    if (!in.take("(")) {
      return;
    }
    int depth = 1;
    while (depth > 0) {
      if (in.atEnd()) {
        throw in.unexpected("')'");
      }
      Token t = in.next();
      depth += t.is("(") ? 1 : t.is(")") ? -1 : 0;
    }
  }

  private List<Expression> list(String end) throws ScriptException {
    List<Expression> items = new ArrayList<>();
    if (in.take(end)) {
      return items;
    }
    do {
      items.add(expression());
    } while (in.take(","));
    in.expect(end);
    return items;
  }

  private Expression expression() throws ScriptException {
    Expression left = primary();
    while (in.take("|")) {
      left = new Expression.Or(left, primary());
    }
    return left;
  }

  private Expression primary() throws ScriptException {
    Token t = in.peek();
    switch (t.kind()) {
      case ELLIPSIS -> {
        in.next();
        return new Expression.Any();
      }
      case INTEGER, HEX -> {
        in.next();
        return new Expression.Number(Cursor.value(t));
      }
      case STRING -> {
        in.next();
        in.takeEllipsis();
        return new Expression.Text(t.text());
      }
      case WORD -> {
        in.next();
        return named(t.text());
      }
      default -> {
        if (in.take("[")) {
          return new Expression.Items(list("]"));
        }
        if (in.take("{")) {
          return struct();
        }
        throw in.unexpected("a value");
      }
    }
  }

  private Expression named(String name) throws ScriptException {
    if (!in.take("(")) {
      return name.equals("NULL") ? new Expression.Number(0) : new Expression.Name(name);
    }
    Expression argument = expression();
    in.expect(")");
    return new Expression.Apply(name, argument);
  }

  /** Fields with names, with a length behind the name ({@code msg_iov(1)=}), or without one. */
  private Expression struct() throws ScriptException {
    List<Expression.Struct.Field> fields = new ArrayList<>();
    if (in.take("}")) {
      return new Expression.Struct(fields);
    }
    do {
      String name = fieldName();
      fields.add(new Expression.Struct.Field(name == null ? "" : name, expression()));
    } while (in.take(","));
    in.expect("}");
    return new Expression.Struct(fields);
  }

  private @Nullable String fieldName() throws ScriptException {
    Token t = in.peek();
    if (t.kind() != Token.Kind.WORD) {
      return null;
    }
    if (in.peek(1).is("=")) {
      in.next();
      in.next();
      return t.text();
    }
    if (t.text().startsWith("msg_") && in.peek(1).is("(")) {
      in.next();
      in.next();
      expression();
      in.expect(")");
      in.expect("=");
      return t.text();
    }
    return null;
  }
}
