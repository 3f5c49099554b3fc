package cellblock.userland.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Output once as text, once as JSON or XML, as libxo gives it: a tool emits fields with a name, a value
 * and their text; the style decides which of them is written. Ancestor: contrib/libxo/libxo/libxo.c
 * (layout of its {@code json} and {@code xml} styles, with and without {@code pretty}).
 */
public final class Xo {
  /** Output styles of {@code --libxo}. */
  public enum Style {
    TEXT,
    JSON,
    XML
  }

  private record Level(String name, char kind, boolean[] used) {
    Level(String name, char kind) {
      this(name, kind, new boolean[1]);
    }
  }

  private final Stdio io;
  private Style style = Style.TEXT;
  private boolean pretty;
  private @Nullable String version;
  private boolean top;
  private final Deque<Level> levels = new ArrayDeque<>();

  /** Text output until {@link #parseArgs} finds otherwise. */
  public Xo(Stdio io) {
    this.io = io;
  }

  /**
   * xo_parse_args(3): takes {@code --libxo} words out of the arguments ({@code --libxo json,pretty},
   * {@code --libxo=xml}, {@code --libxo:J}).
   */
  public List<String> parseArgs(List<String> args) {
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--libxo")) {
        if (++i >= args.size()) {
          throw io.errx(1, "missing libxo option");
        }
        options(args.get(i));
      } else if (arg.startsWith("--libxo=")) {
        options(arg.substring(8));
      } else if (arg.startsWith("--libxo:")) {
        letters(arg.substring(8));
      } else {
        rest.add(arg);
      }
    }
    return rest;
  }

  private void options(String words) {
    if (words.startsWith(":")) {
      letters(words.substring(1));
      return;
    }
    for (String word : words.split(",", -1)) {
      switch (word) {
        case "text" -> style = Style.TEXT;
        case "json" -> style = Style.JSON;
        case "xml" -> style = Style.XML;
        case "pretty" -> pretty = true;
        default -> {
          // libxo warns only on request; an unknown word changes nothing.
        }
      }
    }
  }

  private void letters(String letters) {
    for (int i = 0; i < letters.length(); i++) {
      switch (letters.charAt(i)) {
        case 'T' -> style = Style.TEXT;
        case 'J' -> style = Style.JSON;
        case 'X' -> style = Style.XML;
        case 'P' -> pretty = true;
        default -> {
          // As with words.
        }
      }
    }
  }

  public Style style() {
    return style;
  }

  /** xo_set_version(3): told once, at the top. */
  public void version(String text) {
    version = text;
  }

  /** Text that no other style has. */
  public void text(String text) {
    if (style == Style.TEXT) {
      io.print(text);
    }
  }

  /** A string field; {@code text} is what the text style prints for it. */
  public void string(String name, String value, String text) {
    if (style == Style.TEXT) {
      io.print(text);
    } else {
      leaf(name, style == Style.JSON ? quote(value) : escape(value));
    }
  }

  /** A string field that prints its value. */
  public void string(String name, String value) {
    string(name, value, value);
  }

  /** A number field. */
  public void number(String name, long value, String text) {
    if (style == Style.TEXT) {
      io.print(text);
    } else {
      leaf(name, Long.toUnsignedString(value));
    }
  }

  /** A field whose value JSON shows without quotes though it is no number: {@code true}. */
  public void bare(String name, String value) {
    if (style != Style.TEXT) {
      leaf(name, value);
    }
  }

  /** A list of plain values. */
  public void leaves(String name, List<String> values) {
    if (style == Style.XML) {
      values.forEach(value -> leaf(name, escape(value)));
    } else if (style == Style.JSON) {
      openList(name);
      for (String value : values) {
        Level level = levels.element();
        io.print((level.used[0] ? pretty ? ",\n" : "," : "") + indent() + quote(value));
        level.used[0] = true;
      }
      closeList();
    }
  }

  private void leaf(String name, String value) {
    top();
    if (style == Style.XML) {
      io.print(indent() + "<" + tag(name) + ">" + value + "</" + tag(name) + ">" + newline());
      return;
    }
    Level level = levels.element();
    String before = level.used[0] ? pretty ? ",\n" : "," : "";
    io.print(before + indent() + quote(name) + (pretty ? ": " : ":") + value);
    level.used[0] = true;
  }

  public void openContainer(String name) {
    open(name, 'c', "\"" + json(name) + "\": {");
  }

  public void closeContainer() {
    close("}", true);
  }

  public void openList(String name) {
    open(name, 'l', "\"" + json(name) + "\": [");
  }

  public void closeList() {
    close("]", false);
  }

  public void openInstance(String name) {
    open(name, 'i', "{");
  }

  public void closeInstance() {
    close("}", true);
  }

  private void open(String name, char kind, String json) {
    if (style == Style.TEXT) {
      return;
    }
    top();
    if (style == Style.JSON) {
      Level level = levels.element();
      String before = level.used[0] ? pretty ? ",\n" : ", " : "";
      io.print(before + indent() + json + newline());
      level.used[0] = true;
    } else if (kind != 'l') {
      io.print(indent() + "<" + tag(name) + (levels.isEmpty() ? versionAttribute() : "") + ">" + newline());
    }
    levels.push(new Level(name, kind));
  }

  private void close(String json, boolean element) {
    if (style == Style.TEXT) {
      return;
    }
    Level level = levels.pop();
    if (style == Style.JSON) {
      io.print((pretty ? "\n" : "") + indent() + json);
    } else if (element) {
      io.print(indent() + "</" + tag(level.name) + ">" + newline());
    }
  }

  private void top() {
    if (style == Style.JSON && !top) {
      top = true;
      levels.push(new Level("", 'c'));
      io.print("{" + newline());
      if (version != null) {
        io.print((pretty ? "  " : "") + "\"__version\": " + quote(version) + (pretty ? ",\n" : ", "));
      }
    }
  }

  private String versionAttribute() {
    return version == null ? "" : " version=\"" + escape(version) + "\"";
  }

  /** xo_finish(3): closes whatever is open and flushes. */
  public void finish() {
    int base = style == Style.JSON ? 1 : 0;
    while (levels.size() > base) {
      close(levels.element().kind == 'l' ? "]" : "}", levels.element().kind != 'l');
    }
    if (style == Style.JSON) {
      top();
      levels.clear();
      io.print((pretty ? "\n" : "") + "}\n");
    } else if (style == Style.XML && !pretty) {
      io.print("\n");
    }
    io.flush();
  }

  private String newline() {
    return pretty ? "\n" : "";
  }

  private String indent() {
    if (!pretty) {
      return "";
    }
    int depth = 0;
    for (Level level : levels) {
      depth += style == Style.XML && level.kind == 'l' ? 0 : 1;
    }
    return "  ".repeat(depth);
  }

  /** An XML name: what may not be in one becomes an underscore, as libxo's escaping does not allow it. */
  private static String tag(String name) {
    return name.replace(' ', '_');
  }

  private static String json(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 32) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  private static String quote(String text) {
    return "\"" + json(text) + "\"";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
