package cellblock.userland.jls;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Structured output as libxo(3) lays it out: JSON or XML, on one line or indented by two. Only what
 * jls(8) needs: containers, lists of instances, leaves, lists of leaves.
 */
final class Markup {
  private final boolean json;
  private final boolean pretty;
  private final StringBuilder out = new StringBuilder();
  private final Deque<Boolean> filled = new ArrayDeque<>();
  private final Deque<String> closers = new ArrayDeque<>();

  Markup(boolean json, boolean pretty) {
    this.json = json;
    this.pretty = pretty;
    filled.push(false);
  }

  /** Opens the outermost container, which carries the version of the layout. */
  void begin(String name, String version) {
    if (json) {
      out.append("{");
      indentAfter(1);
      out.append("\"__version\": \"").append(version).append("\", ");
      trimForPretty();
      indentAfter(1);
      out.append(quote(name)).append(": {");
      closers.push("}");
    } else {
      out.append('<').append(name).append(" __version=\"").append(version).append("\">");
      closers.push("</" + name + ">");
    }
    filled.push(false);
  }

  void openList(String name) {
    if (json) {
      separate(", ");
      out.append(quote(name)).append(": [");
      closers.push("]");
      filled.push(false);
    }
  }

  void closeList() {
    if (json) {
      close();
    }
  }

  void openInstance(String name) {
    if (json) {
      separate(", ");
      out.append('{');
      closers.push("}");
    } else {
      newline();
      out.append('<').append(name).append('>');
      closers.push("</" + name + ">");
    }
    filled.push(false);
  }

  void closeInstance() {
    close();
  }

  /** A value; {@code bare} for numbers and booleans, which JSON writes without quotes. */
  void leaf(String name, String value, boolean bare) {
    if (json) {
      separate(",");
      out.append(quote(name)).append(pretty ? ": " : ":").append(bare ? value : quote(value));
    } else {
      xmlLeaf(name, value);
    }
  }

  /** One member of a list of values. */
  void member(String name, String value) {
    if (json) {
      separate(",");
      out.append(quote(value));
    } else {
      xmlLeaf(name, value);
    }
  }

  /** Closes everything; the whole text. */
  String finish() {
    close();
    if (json) {
      if (pretty) {
        out.append('\n');
      }
      out.append('}');
    }
    return out.append('\n').toString();
  }

  private void xmlLeaf(String name, String value) {
    newline();
    filled.pop();
    filled.push(true);
    out.append('<').append(name).append('>').append(escape(value));
    out.append("</").append(name).append('>');
  }

  private void close() {
    boolean any = filled.pop();
    String closer = closers.pop();
    if (pretty && (json || any)) {
      out.append('\n').append("  ".repeat(closers.size() + (json ? 1 : 0)));
    }
    out.append(closer);
    if (!json) {
      filled.pop();
      filled.push(true);
    }
  }

  private void separate(String comma) {
    boolean any = filled.pop();
    filled.push(true);
    if (any) {
      out.append(pretty ? "," : comma);
    }
    indentAfter(closers.size() + 1);
  }

  private void newline() {
    if (pretty) {
      out.append('\n').append("  ".repeat(closers.size()));
    }
  }

  private void indentAfter(int level) {
    if (pretty) {
      out.append('\n').append("  ".repeat(level));
    }
  }

  private void trimForPretty() {
    if (pretty) {
      out.setLength(out.length() - 1);
    }
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return quoted.append('"').toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
