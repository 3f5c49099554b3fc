package cellblock.userland.jexec;

import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.RouteRequest;
import cellblock.control.SysctlRequest;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import cellblock.userland.misc.GetOpt;
import cellblock.userland.misc.Launcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** setfib(1): runs a program with another default routing table. Ancestor: usr.sbin/setfib. */
public final class Setfib implements Tool {
  private static final int CANNOT_RUN = 126;
  private static final int NOT_FOUND = 127;

  @Override
  public int run(ToolContext context) throws InterruptedException {
    Err err = new Err(context);
    int fibs;
    try {
      fibs = Integer.parseInt(context.kernel().ask(new SysctlRequest.Get("net.fibs")).value());
    } catch (KernelError | NumberFormatException e) {
      err.warnx("Multiple FIBS not supported");
      return 1;
    }
    GetOpt options = new GetOpt(words(context.args()), "F:");
    int fib = 0;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      if (letter != 'F') {
        err.option(options);
        return usage(err);
      }
      String text = options.argument();
      fib = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
      if (fib < 0 || fib >= fibs) {
        err.warnx(text + ": invalid FIB (max " + (fibs - 1) + ")");
        return 1;
      }
    }
    if (options.operands().isEmpty()) {
      return usage(err);
    }
    return become(context, err, fib, options.operands());
  }

  /** {@code 3} and {@code -3} stand for {@code -F3}. */
  private static List<String> words(List<String> args) {
    List<String> words = new ArrayList<>(args);
    if (!words.isEmpty() && words.getFirst().matches("-?[0-9].*")) {
      words.set(0, "-F" + words.getFirst().replaceFirst("^-", ""));
    }
    return words;
  }

  private static int become(ToolContext context, Err err, int fib, List<String> argv)
      throws InterruptedException {
    int jid;
    try {
      context.kernel().ask(new RouteRequest.SetFib(fib));
      jid = context.kernel().ask(new ProcRequest.Self()).jid();
    } catch (KernelError e) {
      err.warn("setfib", e);
      return 1;
    }
    Launcher launcher = new Launcher(context);
    if (launcher.lookup(argv.getFirst(), context.env()) == null) {
      err.warnx(argv.getFirst() + ": No such file or directory");
      return NOT_FOUND;
    }
    try {
      return launcher.become(
          new HostCommand(argv, context.env(), null, jid, fib, null, null, null, false));
    } catch (IOException e) {
      err.warnx(argv.getFirst() + ": " + Err.strerror(e));
      return CANNOT_RUN;
    }
  }

  private static int usage(Err err) {
    err.print("usage: setfib [-[F]]value command");
    return 1;
  }
}
