package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.ModuleRequest;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.nio.file.Files;
import java.nio.file.Path;

/** kldload(8): loads modules by name, or jars by path. Ancestor: sbin/kldload/kldload.c. */
public final class Kldload implements Tool {
  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "nqv");
    boolean check = false;
    boolean quiet = false;
    boolean verbose = false;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'n' -> check = true;
        case 'q' -> {
          quiet = true;
          verbose = false;
        }
        case 'v' -> {
          verbose = true;
          quiet = false;
        }
        default -> {
          err.option(options);
          return usage(err);
        }
      }
    }
    if (options.operands().isEmpty()) {
      return usage(err);
    }
    int errors = 0;
    for (String file : options.operands()) {
      try {
        int id = context.kernel().ask(new ModuleRequest.Load(located(context, file)));
        if (verbose) {
          context.out().println("Loaded " + file + ", id=" + id);
        }
      } catch (KernelError e) {
        if (check && e.errno().equals("EEXIST")) {
          continue;
        }
        errors++;
        if (!quiet) {
          complain(err, file, e);
        }
      }
    }
    return errors == 0 ? 0 : 1;
  }

  private static void complain(Err err, String file, KernelError e) {
    switch (e.errno()) {
      case "EEXIST" -> err.warnx("can't load " + file + ": module already loaded or in kernel");
      case "ENOEXEC" -> {
        err.warnx(
            "an error occurred while loading module "
                + file
                + ". Please check dmesg(8) for"
                + " more details.");
      }
      default -> err.warn("can't load " + file, e);
    }
  }

  /** A path is the caller's: the kernel gets it in full. */
  private static String located(ToolContext context, String file) {
    Path path = context.cwd().resolve(file).normalize();
    boolean jar = file.endsWith(".jar") && Files.exists(path);
    return file.indexOf('/') >= 0 || jar ? path.toString() : file;
  }

  private static int usage(Err err) {
    err.print("usage: kldload [-nqv] file ...");
    return 1;
  }
}
