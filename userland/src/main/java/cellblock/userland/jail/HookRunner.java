package cellblock.userland.jail;

import cellblock.control.tool.HostCommand;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.CleanEnvironment;
import cellblock.userland.misc.Err;
import cellblock.userland.misc.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs the commands of one jail, inside it or beside it, with the environment, user, FIB, time and
 * log that its parameters ask for. Descends from the second half of run_command() of
 * usr.sbin/jail/command.c.
 */
final class HookRunner {
  private final Session session;
  private final JailRecord jail;

  HookRunner(Session session, JailRecord jail) {
    this.session = session;
    this.jail = jail;
  }

  /**
   * Runs a command and waits, unless it is for the background.
   *
   * @return whether it succeeded; a failure has been printed
   */
  boolean run(List<String> argv, boolean inside, boolean background) throws InterruptedException {
    String line = String.join(" ", argv);
    Path log = inside ? consoleLog() : null;
    if (inside && log == null && jail.string(CommandParam.EXEC_CONSOLELOG) != null) {
      return false;
    }
    HostCommand command = command(argv, inside, background, log);
    if (session.verbose()) {
      String user = command.user();
      String as = user == null ? "" : " as " + user;
      session.note(jail, "run command" + (inside ? " in jail" : "") + as + ": " + line);
    }
    Launcher launcher = session.launcher();
    if (!launcher.inProcess(command) && launcher.lookup(argv.getFirst(), command.env()) == null) {
      jail.warnx("exec " + argv.getFirst() + ": No such file or directory");
      jail.warnx(line + ": failed");
      return false;
    }
    try {
      return judge(line, launcher.run(withFib(command)));
    } catch (IOException e) {
      jail.warnx("exec.consolelog: " + Err.strerror(e));
      return false;
    }
  }

  private boolean judge(String line, int status) {
    if (status == 0) {
      return true;
    }
    if (status == Launcher.TIMED_OUT) {
      jail.warnx(line + ": timed out");
    } else if (status > 128 && status < 128 + 65) {
      jail.warnx(line + ": exited on signal " + (status - 128));
    } else {
      jail.warnx(line + ": failed");
    }
    return false;
  }

  private HostCommand command(
      List<String> argv, boolean inside, boolean background, @Nullable Path log) {
    ToolContext context = session.context();
    boolean clean = jail.isTrue(CommandParam.EXEC_CLEAN);
    Map<String, String> env =
        new LinkedHashMap<>(clean ? CleanEnvironment.of(context.env()) : context.env());
    String user = jail.string(inside ? CommandParam.EXEC_JAIL_USER : CommandParam.EXEC_SYSTEM_USER);
    if (user != null) {
      env.put("USER", user);
    }
    boolean standIn = !Launcher.standIn(argv).equals(argv);
    if (!inside || standIn) {
      marks(env);
    }
    int seconds = jail.integer(CommandParam.EXEC_TIMEOUT, 0);
    return new HostCommand(
        argv,
        env,
        inside ? directory() : null,
        inside ? jail.jid() : session.self().jid(),
        inside ? jail.integer(CommandParam.EXEC_FIB, session.self().fib()) : session.self().fib(),
        user,
        seconds > 0 ? Duration.ofSeconds(seconds) : null,
        log,
        background);
  }

  /** The variables that tell a hook which jail it is for. */
  private void marks(Map<String, String> env) {
    int jid = jail.lastJid();
    String number = jid > 0 ? Integer.toString(jid) : jail.string("jid");
    if (number != null) {
      env.put("JID", number);
    }
    String name = jail.string("name");
    if (name == null) {
      name = jail.name() == null ? number : jail.name();
    }
    env.put("JNAME", name == null ? "" : name);
    String path = jail.string("path");
    env.put("JPATH", path == null ? "" : path);
  }

  private @Nullable Path directory() {
    String path = jail.string("path");
    Path folder = path == null ? null : session.context().cwd().resolve(path);
    return folder != null && Files.isDirectory(folder) ? folder : null;
  }

  private @Nullable Path consoleLog() {
    String log = jail.string(CommandParam.EXEC_CONSOLELOG);
    if (log == null || log.startsWith("/")) {
      return log == null ? null : Path.of(log);
    }
    jail.warnx("exec.consolelog: " + log + ": not an absolute pathname");
    return null;
  }

  /** A tool gets another FIB the way a shell gives it one: by setfib(1). */
  private HostCommand withFib(HostCommand command) {
    if (command.fib() == session.self().fib() || !session.launcher().inProcess(command)) {
      return command;
    }
    List<String> argv = new ArrayList<>(List.of("setfib", Integer.toString(command.fib())));
    argv.addAll(Launcher.standIn(command.argv()));
    return command.running(argv);
  }
}
