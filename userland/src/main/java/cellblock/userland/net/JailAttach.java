package cellblock.userland.net;

import cellblock.control.JailRequest;
import cellblock.control.KernelError;

/** jail_getid(3) and jail_attach(2) for the tools' {@code -j}. */
public final class JailAttach {
  private JailAttach() {}

  /**
   * The jid of a jail by number or name. The error's message is jail_errmsg: {@code jail "x" not
   * found}.
   */
  public static int getid(Stdio io, String jail) throws KernelError {
    boolean numeric = !jail.isEmpty() && jail.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      return io.kernel().ask(new JailRequest.Get(numeric ? "jid" : "name", jail, false)).jid();
    } catch (KernelError e) {
      String message = e.getMessage();
      if (message == null || message.equals(e.text())) {
        message =
            e.errno().equals("ENOENT")
                ? numeric ? "jail " + jail + " not found" : "jail \"" + jail + "\" not found"
                : "jail_get: " + e.text();
      }
      throw new KernelError(e.errno(), e.text(), message);
    }
  }

  /** {@code -j} of route(8) and netstat(1): their words, status 1. */
  public static void attach(Stdio io, String jail) {
    int jid;
    try {
      jid = getid(io, jail);
    } catch (KernelError e) {
      throw io.errx(1, "Jail not found");
    }
    try {
      io.kernel().ask(new JailRequest.Attach(jid));
    } catch (KernelError e) {
      throw io.errx(1, "Cannot attach to jail");
    }
  }
}
