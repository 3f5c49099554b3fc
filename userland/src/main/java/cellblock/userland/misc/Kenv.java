package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * kenv(1): the kernel's environment, what its loader gave it. Ancestor: bin/kenv/kenv.c; it cannot
 * be changed here while the kernel runs.
 */
public final class Kenv implements Tool {
  /** What main returns there when a call failed: -1. */
  private static final int FAILED = 255;

  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "hNquv");
    StringBuilder given = new StringBuilder();
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      if (letter == GetOpt.BAD) {
        err.option(options);
        return usage(err);
      }
      given.append((char) letter);
    }
    String letters = given.toString();
    boolean hints = letters.contains("h");
    boolean names = letters.contains("N");
    boolean variable = !options.operands().isEmpty();
    boolean unset = letters.contains("u");
    boolean verbose = letters.contains("v");
    if (options.operands().size() > 1
        || variable && (hints || names)
        || !variable && (unset || verbose)) {
      return usage(err);
    }
    @Nullable String complaint;
    try {
      Map<String, String> all = context.kernel().ask(new SysctlRequest.Environment());
      complaint =
          variable
              ? one(context, all, options.operands().getFirst(), unset, verbose)
              : dump(context, all, hints, names);
    } catch (KernelError e) {
      complaint = "kdumpenv: " + e.text();
    }
    if (complaint == null) {
      return 0;
    }
    if (!letters.contains("q")) {
      err.warnx(complaint);
    }
    return FAILED;
  }

  private static @Nullable String dump(
      ToolContext context, Map<String, String> all, boolean hints, boolean names) {
    all.forEach((name, value) -> {
      if (!hints || name.startsWith("hint.")) {
        context.out().println(names ? name : name + "=\"" + value + "\"");
      }
    });
    return null;
  }

  /** Shows one variable; what cannot be done is the answer. */
  private static @Nullable String one(
      ToolContext context, Map<String, String> all, String word, boolean unset, boolean verbose) {
    int cut = word.indexOf('=');
    if (cut >= 0) {
      return "unable to set " + word.substring(0, cut) + " to " + word.substring(cut + 1);
    }
    String value = all.get(word);
    if (unset || value == null) {
      return "unable to " + (unset ? "unset " : "get ") + word;
    }
    context.out().println(verbose ? word + "=\"" + value + "\"" : value);
    return null;
  }

  private static int usage(Err err) {
    err.print(
        "usage: kenv [-hNq]", "       kenv [-qv] variable[=value]", "       kenv [-q] -u variable");
    return 1;
  }
}
