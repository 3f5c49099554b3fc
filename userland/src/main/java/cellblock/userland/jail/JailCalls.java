package cellblock.userland.jail;

import cellblock.control.JailRequest;
import cellblock.control.JailRequest.Param;
import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.ProcRequest.ProcInfo;
import cellblock.userland.misc.Err;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one jail asks of the kernel: make, change, end. Descends from create_jail(), update_jail(),
 * clear_persist() of usr.sbin/jail/jail.c and term_procs() of command.c.
 */
final class JailCalls {
  private static final int DEFAULT_STOP_SECONDS = 10;
  private static final Duration POLL = Duration.ofMillis(10);

  private final Session session;
  private final JailRecord jail;
  private final List<Param> params;
  private boolean lentPersist;

  JailCalls(Session session, JailRecord jail, List<Param> params) {
    this.session = session;
    this.jail = jail;
    this.params = params;
  }

  /** jail_set(JAIL_CREATE). "persist" is lent for as long as there are commands to run. */
  boolean create() {
    if (!pathIsGood()) {
      return false;
    }
    boolean lend =
        !jail.isTrue("persist")
            && (jail.isSet(CommandParam.EXEC_START)
                || jail.isSet(CommandParam.COMMAND)
                || jail.isSet(CommandParam.EXEC_POSTSTART));
    List<Param> all = new ArrayList<>();
    if (lend) {
      all.add(new Param("persist", null));
    }
    for (Param param : params) {
      if (!lend || !Names.same(param.name(), "persist")) {
        all.add(param);
      }
    }
    if (!set(all, true)) {
      return false;
    }
    lentPersist = lend;
    if (session.printJid()) {
      session.context().out().println(jail.jid());
    }
    if (!session.quiet() && (jail.name() != null || session.verbose())) {
      session.note(jail, "created");
    }
    return true;
  }

  private boolean pathIsGood() {
    String path = jail.string("path");
    if (path == null) {
      return true;
    }
    if (jail.name() != null && !path.startsWith("/")) {
      jail.warnx("path " + path + ": not an absolute pathname");
      return false;
    }
    Path folder = session.context().cwd().resolve(path);
    if (!Files.isDirectory(folder)) {
      boolean file = Files.exists(folder);
      jail.warnx("path " + path + ": " + (file ? "Not a directory" : "No such file or directory"));
      return false;
    }
    return true;
  }

  private boolean set(List<Param> all, boolean create) {
    try {
      int jid =
          session
              .context()
              .kernel()
              .ask(new JailRequest.Set(List.copyOf(all), create, !create, false));
      jail.setJid(jid);
      noteSet(all, create, "");
      return true;
    } catch (KernelError e) {
      noteSet(all, create, ": " + e.text());
      jail.warnx(Err.words("jail_set", e));
      return false;
    }
  }

  private void noteSet(List<Param> all, boolean create, String outcome) {
    if (session.verbose()) {
      StringBuilder text = new StringBuilder("jail_set(JAIL_");
      text.append(create ? "CREATE)" : "UPDATE)");
      for (Param param : all) {
        text.append(' ').append(param.name());
        String value = param.value();
        if (value != null) {
          text.append('=').append(Quoting.quoted(value));
        }
      }
      session.note(jail, text + outcome);
    }
  }

  /** Takes "persist" back after a start: a jail without a process then ends by itself. */
  void clearPersist() {
    if (!lentPersist) {
      return;
    }
    lentPersist = false;
    String jid = Integer.toString(jail.jid());
    String outcome = "";
    try {
      session
          .context()
          .kernel()
          .ask(
              new JailRequest.Set(
                  List.of(new Param("jid", jid), new Param("nopersist", null)),
                  false,
                  true,
                  false));
    } catch (KernelError e) {
      outcome = ": " + e.text();
    }
    if (session.verbose()) {
      session.note(jail, "jail_set(JAIL_UPDATE) jid=" + jid + " nopersist" + outcome);
    }
  }

  /** jail_set(JAIL_UPDATE) of what may change. */
  boolean update() {
    if (!createOnlyUnchanged(true)) {
      return false;
    }
    List<Param> all = new ArrayList<>();
    all.add(new Param("jid", Integer.toString(jail.jid())));
    for (Param param : params) {
      if (!param.name().equals("jid") && !KernelParams.CREATE_ONLY.contains(param.name())) {
        all.add(param);
      }
    }
    if (all.size() > 1 && !set(all, false)) {
      return false;
    }
    if (!session.quiet() && (jail.name() != null || session.verbose())) {
      session.note(jail, "updated");
    }
    return true;
  }

  /** Whether nothing that is fixed at creation would change. */
  boolean createOnlyUnchanged(boolean complain) {
    JailRequest.@Nullable JailInfo now = session.running(Integer.toString(jail.jid()), true);
    for (Param param : params) {
      String old = now == null ? null : now.params().get(param.name());
      boolean fixed = KernelParams.CREATE_ONLY.contains(param.name());
      if (fixed && old != null && !old.equals(param.value())) {
        if (complain) {
          jail.warnx(param.name() + " cannot be changed after creation");
        }
        return false;
      }
    }
    return true;
  }

  /** jail_remove(2). A jail that is gone already is as good as removed. */
  boolean remove() {
    try {
      askToRemove();
    } catch (KernelError e) {
      switch (e.errno()) {
        case "EPERM", "EBUSY", "ETIMEDOUT", "EINTR", "EIO" -> {
          String words = e.errno().equals("EPERM") ? e.text() : e.getMessage();
          jail.warnx("jail_remove: " + words);
          return false;
        }
        default -> {
          // EINVAL and ESRCH: somebody else was quicker.
        }
      }
    }
    jail.setJid(JailRecord.NOT_RUNNING);
    if (session.verbose() || !session.quiet() && noteRemoval()) {
      session.note(jail, "removed");
    }
    lentPersist = false;
    return true;
  }

  /** While a start is being undone, an interrupt does not end the wait. */
  private void askToRemove() throws KernelError {
    JailRequest.Remove request = new JailRequest.Remove(jail.jid());
    try {
      session.context().kernel().ask(request);
    } catch (KernelError e) {
      if (!session.deaf() || !e.errno().equals("EINTR")) {
        throw e;
      }
      session.shutEars();
      session.context().kernel().ask(request);
    }
  }

  private boolean noteRemoval() {
    return jail.failed() ? jail.name() != null : session.noteRemove();
  }

  /** The name by which ifconfig(8) is told of the jail. */
  String shownTo() {
    String jid = jail.string("jid");
    String name = jid == null ? jail.string("name") : jid;
    return name == null ? Integer.toString(jail.jid()) : name;
  }

  /** SIGTERM to every process of the jail, and some seconds for them to end. */
  boolean terminate() throws InterruptedException {
    int seconds = jail.integer(CommandParam.STOP_TIMEOUT, DEFAULT_STOP_SECONDS);
    List<ProcInfo> victims = seconds == 0 ? List.of() : processes();
    if (victims.isEmpty()) {
      return true;
    }
    StringBuilder pids = new StringBuilder();
    for (ProcInfo victim : victims) {
      try {
        session.context().kernel().ask(new ProcRequest.Kill(victim.pid(), "TERM"));
        pids.append(' ').append(victim.pid());
      } catch (KernelError gone) {
        // It ended first.
      }
    }
    if (session.verbose() && !pids.isEmpty()) {
      session.note(jail, "sent SIGTERM to:" + pids);
    }
    long deadline = session.context().nowNanos() + Duration.ofSeconds(seconds).toNanos();
    while (!processes().isEmpty()) {
      if (session.context().nowNanos() >= deadline) {
        if (session.verbose()) {
          session.note(jail, "timed out");
        }
        return true;
      }
      session.context().sleep(POLL);
    }
    return true;
  }

  private List<ProcInfo> processes() {
    try {
      return session.context().kernel().ask(new ProcRequest.ListAll()).stream()
          .filter(proc -> proc.jid() == jail.jid() && proc.pid() != session.self().pid())
          .toList();
    } catch (KernelError e) {
      return List.of();
    }
  }
}
