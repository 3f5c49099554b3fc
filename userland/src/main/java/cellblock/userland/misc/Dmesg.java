package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.SysctlRequest;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;

/** dmesg(8): the kernel's message buffer. Ancestor: sbin/dmesg/dmesg.c. */
public final class Dmesg implements Tool {
  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "ac");
    boolean all = false;
    boolean clear = false;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'a' -> all = true;
        case 'c' -> clear = true;
        default -> {
          err.option(options);
          return usage(err);
        }
      }
    }
    if (!options.operands().isEmpty()) {
      return usage(err);
    }
    try {
      String text = context.kernel().ask(new SysctlRequest.Get("kern.msgbuf")).value();
      for (String line : text.lines().toList()) {
        print(context, line, all);
      }
    } catch (KernelError e) {
      err.warn("sysctl kern.msgbuf", e);
      return 1;
    }
    if (clear) {
      try {
        context.kernel().ask(new SysctlRequest.Set("kern.msgbuf_clear", "1"));
      } catch (KernelError e) {
        err.warn("sysctl kern.msgbuf_clear", e);
        return 1;
      }
    }
    return 0;
  }

  /** A line with a priority in front came from a program through syslog: shown only on request. */
  private static void print(ToolContext context, String line, boolean all) {
    int close = line.startsWith("<") ? line.indexOf('>') : -1;
    boolean priority = close > 1 && line.substring(1, close).matches("[0-9]{1,3}");
    if (!priority) {
      context.out().println(line);
      return;
    }
    boolean kernel = Integer.parseInt(line.substring(1, close)) < 8;
    if (kernel || all) {
      context.out().println(line.substring(close + 1));
    }
  }

  private static int usage(Err err) {
    err.print("usage: dmesg [-ac] [-M core [-N system]]");
    return 1;
  }
}
