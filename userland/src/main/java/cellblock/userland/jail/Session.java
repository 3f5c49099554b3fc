package cellblock.userland.jail;

import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import cellblock.userland.misc.Launcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one run of jail(8) shares between its jails: the caller, the kernel, how much to say. */
final class Session {
  /** How much is printed. */
  enum Verbosity {
    QUIET,
    NORMAL,
    VERBOSE
  }

  private final ToolContext context;
  private final Err err;
  private final Launcher launcher;
  private final ProcRequest.ProcInfo self;
  private final Map<String, JailRequest.ParamInfo> known = new LinkedHashMap<>();
  private final Thread thread = Thread.currentThread();
  private Verbosity verbosity = Verbosity.NORMAL;
  private boolean printJid;
  private boolean noteRemove;
  private volatile int signal;
  private volatile boolean deaf;

  Session(ToolContext context) throws KernelError {
    this.context = context;
    this.err = new Err(context);
    this.launcher = new Launcher(context);
    this.self = context.kernel().ask(new ProcRequest.Self());
    context.onSignal("INT", () -> arrive(2));
    context.onSignal("TERM", () -> arrive(15));
    context.onSignal("HUP", () -> arrive(1));
  }

  private void arrive(int number) {
    signal = number;
    if (!deaf) {
      thread.interrupt();
    }
  }

  /** The signal that asked this run to end, 0 if none did. */
  int signal() {
    return signal;
  }

  /** Ends the run here when a signal has come or the caller is gone. */
  void checkpoint() throws InterruptedException {
    if (Thread.interrupted() || signal != 0) {
      throw new InterruptedException();
    }
  }

  /** From here on nothing interrupts: what was begun is being undone. */
  void shutEars() {
    deaf = true;
    Thread.interrupted();
  }

  /** Whether interrupts are put off. */
  boolean deaf() {
    return deaf;
  }

  void openEars() {
    deaf = false;
  }

  ToolContext context() {
    return context;
  }

  Err err() {
    return err;
  }

  Launcher launcher() {
    return launcher;
  }

  /** jail(8)'s own process. */
  ProcRequest.ProcInfo self() {
    return self;
  }

  void configure(Verbosity newVerbosity, boolean jid, boolean noteRemoval) {
    verbosity = newVerbosity;
    printJid = jid;
    noteRemove = noteRemoval;
  }

  boolean verbose() {
    return verbosity == Verbosity.VERBOSE;
  }

  boolean quiet() {
    return verbosity == Verbosity.QUIET;
  }

  boolean printJid() {
    return printJid;
  }

  boolean noteRemove() {
    return noteRemove;
  }

  /** Prints "NAME: text" on standard output. */
  void note(JailRecord jail, String text) {
    String name = jail.name();
    context.out().println(name == null ? text : name + ": " + text);
    context.out().flush();
  }

  /** The kernel's parameters by name. */
  Map<String, JailRequest.ParamInfo> known() throws KernelError {
    if (known.isEmpty()) {
      List<JailRequest.ParamInfo> all = context.kernel().ask(new JailRequest.Params());
      all.forEach(info -> known.put(info.name(), info));
    }
    return known;
  }

  /** The running jail of that jid or name, or null. */
  JailRequest.@Nullable JailInfo running(String jidOrName, boolean dying) {
    String key = Names.numeric(jidOrName) ? "jid" : "name";
    try {
      return context.kernel().ask(new JailRequest.Get(key, jidOrName, dying));
    } catch (KernelError none) {
      return null;
    }
  }
}
