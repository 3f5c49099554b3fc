package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.ModuleRequest;
import cellblock.control.ModuleRequest.KldFile;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;

/** kldunload(8). Ancestor: sbin/kldunload/kldunload.c. */
public final class Kldunload implements Tool {
  private static final int EX_USAGE = 64;

  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "finv");
    boolean force = false;
    boolean byId = false;
    boolean verbose = false;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'f' -> force = true;
        case 'i' -> byId = true;
        case 'n' -> byId = false;
        case 'v' -> verbose = true;
        default -> {
          err.option(options);
          return usage(err);
        }
      }
    }
    if (options.operands().isEmpty()) {
      return usage(err);
    }
    for (String file : options.operands()) {
      try {
        KldFile found = KldFiles.find(context.kernel(), file, byId);
        if (found == null) {
          err.warnx(
              byId ? "can't unload file: No such file or directory" : "can't find file " + file);
          return 1;
        }
        if (verbose) {
          context.out().println("Unloading " + found.name() + ", id=" + found.id());
        }
        context.kernel().ask(new ModuleRequest.Unload(Integer.toString(found.id()), force));
      } catch (KernelError e) {
        err.warn("can't unload file", e);
        return 1;
      }
    }
    return 0;
  }

  private static int usage(Err err) {
    err.print("usage: kldunload [-fv] -i id ...", "       kldunload [-fv] [-n] name ...");
    return EX_USAGE;
  }
}
