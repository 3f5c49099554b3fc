package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;

/** hostname(1): shows or sets the name of the jail's host. Ancestor: bin/hostname/hostname.c. */
public final class Hostname implements Tool {
  private static final String NODE = "kern.hostname";

  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "fsd");
    boolean first = false;
    boolean rest = false;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'f' -> {
          // The whole name is what is shown anyway.
        }
        case 's' -> first = true;
        case 'd' -> rest = true;
        default -> {
          err.option(options);
          return usage(err);
        }
      }
    }
    if (options.operands().size() > 1 || first && rest) {
      return usage(err);
    }
    if (!options.operands().isEmpty()) {
      return set(context, err, options.operands().getFirst());
    }
    try {
      String name = context.kernel().ask(new SysctlRequest.Get(NODE)).value();
      int dot = name.indexOf('.');
      if (first && dot >= 0) {
        name = name.substring(0, dot);
      } else if (rest) {
        name = dot < 0 ? "" : name.substring(dot + 1);
      }
      context.out().println(name);
      return 0;
    } catch (KernelError e) {
      err.warn("gethostname", e);
      return 1;
    }
  }

  private static int set(ToolContext context, Err err, String name) {
    try {
      context.kernel().ask(new SysctlRequest.Set(NODE, name));
      return 0;
    } catch (KernelError e) {
      err.warn("sethostname", e);
      return 1;
    }
  }

  private static int usage(Err err) {
    err.print("usage: hostname [-f] [-s | -d] [name-of-host]");
    return 1;
  }
}
