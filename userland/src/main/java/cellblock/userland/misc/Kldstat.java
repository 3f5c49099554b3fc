package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.ModuleRequest;
import cellblock.control.ModuleRequest.KldFile;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** kldstat(8). Ancestor: sbin/kldstat/kldstat.c. */
public final class Kldstat implements Tool {
  private static final String[] USAGE = {
    "usage: kldstat [-dhqv] [-i id] [-n filename]", "       kldstat [-dq] [-m modname]",
  };

  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "dhi:m:n:qv");
    String id = null;
    String file = null;
    String module = null;
    boolean quiet = false;
    boolean verbose = false;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'd', 'h' -> {
          // Nothing more to show: modules have no data, and sizes are small.
        }
        case 'i' -> id = options.argument();
        case 'm' -> module = options.argument();
        case 'n' -> file = options.argument();
        case 'q' -> quiet = true;
        case 'v' -> verbose = true;
        default -> {
          err.option(options);
          return usage(err);
        }
      }
    }
    if (!options.operands().isEmpty() || id != null && !id.matches("[0-9]{1,9}")) {
      return usage(err);
    }
    try {
      if (module != null) {
        return module(context, err, module, quiet);
      }
      return files(context, err, id, file, quiet, verbose);
    } catch (KernelError e) {
      err.warnx("kldnext: " + e.text());
      return 1;
    }
  }

  private static int module(ToolContext context, Err err, String name, boolean quiet)
      throws KernelError {
    for (KldFile file : context.kernel().ask(new ModuleRequest.Stat())) {
      for (ModuleRequest.Module module : file.modules()) {
        if (module.name().equals(name)) {
          if (!quiet) {
            context.out().println("Id  Refs Name");
            context
                .out()
                .println("%3d %4d %s".formatted(module.id(), file.references(), module.name()));
          }
          return 0;
        }
      }
    }
    if (!quiet) {
      err.warnx("can't find module " + name + ": No such file or directory");
    }
    return 1;
  }

  private static int files(
      ToolContext context,
      Err err,
      @Nullable String id,
      @Nullable String name,
      boolean quiet,
      boolean verbose)
      throws KernelError {
    KernelPort kernel = context.kernel();
    List<KldFile> files = kernel.ask(new ModuleRequest.Stat());
    String wanted = name == null ? id : name;
    if (wanted != null) {
      KldFile found = KldFiles.find(kernel, wanted, name == null);
      if (found == null) {
        if (!quiet) {
          String what = name == null ? "can't stat file id " : "can't find file ";
          err.warnx(what + wanted + ": No such file or directory");
        }
        return 1;
      }
      files = List.of(found);
    }
    if (quiet) {
      return 0;
    }
    PrintStream out = context.out();
    out.println("Id Refs Address                Size Name");
    for (KldFile file : files) {
      print(out, file, verbose);
    }
    return 0;
  }

  private static void print(PrintStream out, KldFile file, boolean verbose) {
    String address = "0x" + Long.toHexString(file.address());
    String size = Long.toHexString(file.size());
    String line =
        "%2d %4d %18s %8s %s".formatted(file.id(), file.references(), address, size, file.name());
    if (!verbose) {
      out.println(line);
      return;
    }
    out.println(line + " (" + file.path() + ")");
    out.println("\tContains modules:");
    out.println("\t\t Id Name");
    for (ModuleRequest.Module module : file.modules()) {
      out.println("\t\t%3d %s".formatted(module.id(), module.name()));
    }
  }

  private static int usage(Err err) {
    err.print(USAGE);
    return 1;
  }
}
