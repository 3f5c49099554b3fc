package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.control.SysctlRequest.Node;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/**
 * sysctl(8): reads and sets the kernel's variables. Descends from sbin/sysctl/sysctl.c; the exit
 * status is the number of names that failed, at most 255.
 */
public final class Sysctl implements Tool {
  private static final int MOST = 255;

  @Override
  public int run(ToolContext context) {
    SysctlOptions options = new SysctlOptions(context.args());
    Err err = new Err(context);
    if (options.bad()) {
      String complaint = options.complaint();
      if (complaint != null) {
        err.warnx(complaint);
      }
      err.print(SysctlOptions.USAGE);
      return 1;
    }
    int failures = new Run(context, err, options).all();
    context.out().flush();
    return Math.min(failures, MOST);
  }

  /** One run: options and where to print. */
  private static final class Run {
    private final ToolContext context;
    private final Err err;
    private final SysctlOptions options;
    private final NodeText text;

    Run(ToolContext context, Err err, SysctlOptions options) {
      this.context = context;
      this.err = err;
      this.options = options;
      this.text = new NodeText(options);
    }

    int all() {
      if (options.all() && options.operands().isEmpty()) {
        return walk("");
      }
      int failures = 0;
      for (String file : options.files()) {
        failures += file(file);
      }
      for (String operand : options.operands()) {
        failures += one(operand, "");
      }
      return failures;
    }

    private int walk(String name) {
      try {
        show(context.kernel().ask(new SysctlRequest.Walk(name)));
        return 0;
      } catch (KernelError e) {
        err.warn("sysctl(getnext) " + name, e);
        return 1;
      }
    }

    private void show(List<Node> nodes) {
      for (Node node : nodes) {
        String line = text.of(node);
        if (line != null) {
          put(line);
        }
      }
    }

    private void put(String line) {
      if (options.raw()) {
        context.out().print(line);
      } else {
        context.out().println(line);
      }
    }

    private int file(String name) {
      int failures = 0;
      int number = 0;
      try {
        byte[] bytes = Files.readAllBytes(context.cwd().resolve(name));
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
          number++;
          String plain = line.replaceFirst("#.*", "").strip();
          if (!plain.isEmpty()) {
            failures += one(plain, " at line " + number);
          }
        }
        return failures;
      } catch (IOException e) {
        err.warnx(name + ": " + Err.strerror(e));
        return failures + 1;
      }
    }

    /** A name, or a name and a value after an equals sign or, in a file, a colon. */
    private int one(String word, String where) {
      int cut = word.indexOf('=');
      if (cut < 0 && !where.isEmpty()) {
        cut = word.indexOf(':');
      }
      String name = (cut < 0 ? word : word.substring(0, cut)).strip();
      while (name.endsWith(".")) {
        name = name.substring(0, name.length() - 1);
      }
      try {
        Node node = context.kernel().ask(new SysctlRequest.Get(name));
        if (node.type().equals("node")) {
          return branch(name, cut >= 0, where);
        }
        if (cut < 0 || options.description()) {
          show(List.of(node));
          return 0;
        }
        return set(node, unquote(word.substring(cut + 1).strip(), where), where);
      } catch (KernelError e) {
        return e.errno().equals("ENOENT") ? branch(name, cut >= 0, where) : unreadable(name, e);
      }
    }

    private int unreadable(String name, KernelError e) {
      if (!options.quiet()) {
        err.warn(name, e);
      }
      return 1;
    }

    /** A name that is no leaf: a branch of the tree, or unknown. */
    private int branch(String name, boolean value, String where) {
      List<Node> nodes;
      try {
        nodes = context.kernel().ask(new SysctlRequest.Walk(name));
      } catch (KernelError e) {
        nodes = List.of();
      }
      if (!nodes.isEmpty() && !value) {
        show(nodes);
        return 0;
      }
      if (!nodes.isEmpty()) {
        err.warnx("oid '" + name + "' isn't a leaf node" + where);
        return 1;
      }
      if (options.ignore()) {
        return 0;
      }
      if (!options.quiet()) {
        err.warnx("unknown oid '" + name + "'" + where);
      }
      return 1;
    }

    private int set(Node node, String value, String where) {
      String name = node.name();
      if (!node.writable()) {
        if (node.tunable()) {
          err.warnx("oid '" + name + "' is a read only tunable" + where);
          err.warnx("Tunable values are set in /boot/loader.conf");
        } else {
          err.warnx("oid '" + name + "' is read only" + where);
        }
        return 1;
      }
      boolean number = !node.type().equals("string");
      if (number && value.isEmpty()) {
        err.warnx("empty numeric value");
        return 1;
      }
      if (node.type().equals("opaque")) {
        err.warnx("oid '" + name + "' is type 5, cannot set that" + where);
        return 1;
      }
      String sent = value;
      if (number) {
        BigInteger parsed = Numbers.parse(value);
        if (parsed == null) {
          err.warnx("invalid " + NodeText.typeName(node) + " '" + value + "'" + where);
          return 1;
        }
        sent = parsed.toString();
      }
      return change(node, sent, where);
    }

    private int change(Node node, String value, String where) {
      String before = text.before(node);
      try {
        context.kernel().ask(new SysctlRequest.Set(node.name(), value));
      } catch (KernelError e) {
        put(before);
        err.warnx(node.name() + where + ": " + e.text());
        return 1;
      }
      try {
        Node now = context.kernel().ask(new SysctlRequest.Get(node.name()));
        put(options.raw() ? before + text.value(now) : before + " -> " + text.value(now));
        return 0;
      } catch (KernelError e) {
        put(before + " -> ");
        return unreadable(node.name(), e);
      }
    }

    /** In a file a value may stand in quotes. */
    private static String unquote(String value, String where) {
      boolean quoted =
          value.length() > 1
              && (value.charAt(0) == '"' || value.charAt(0) == '\'')
              && value.endsWith(value.substring(0, 1));
      return quoted && !where.isEmpty() ? value.substring(1, value.length() - 1) : value;
    }
  }
}
