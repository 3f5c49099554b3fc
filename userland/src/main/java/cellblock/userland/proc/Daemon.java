package cellblock.userland.proc;

import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import cellblock.userland.misc.GetOpt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * daemon(8): runs a program in the background of the caller's jail. Descends from
 * usr.sbin/daemon/daemon.c; the supervisor is a shell of the host, and there is no syslog.
 */
public final class Daemon implements Tool {
  private static final String[] USAGE = {
    "usage: daemon [-cfHrS] [-p child_pidfile] [-P supervisor_pidfile]",
    "              [-u user] [-o output_file] [-t title]",
    "              [-l syslog_facility] [-s syslog_priority]",
    "              [-T syslog_tag] [-m output_mask] [-R restart_delay_secs]",
    "command arguments ...",
  };

  /** Runs "$@" under watch: pid files while it lives, again after its end if asked for. */
  private static final String SUPERVISOR =
      """
      child_file=$1 own_file=$2 delay=$3
      shift 3
      stop=
      trap 'stop=1; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM INT
      [ -n "$own_file" ] && echo $$ >"$own_file"
      while :; do
        "$@" &
        child=$!
        [ -n "$child_file" ] && echo "$child" >"$child_file"
        wait "$child"
        [ -z "$stop" ] && [ -n "$delay" ] || break
        sleep "$delay" &
        child=$!
        wait "$child"
        [ -z "$stop" ] || break
      done
      [ -n "$child_file" ] && rm -f "$child_file"
      [ -n "$own_file" ] && rm -f "$own_file"
      exit 0
      """;

  @Override
  public int run(ToolContext context) throws InterruptedException {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "cfHSp:P:ru:o:s:l:t:m:R:T:h");
    Plan plan = new Plan();
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'c' -> plan.root = true;
        case 'f' -> plan.silent = true;
        case 'p' -> plan.childFile = options.argument();
        case 'P' -> plan.ownFile = options.argument();
        case 'o' -> plan.output = options.argument();
        case 'u' -> plan.user = options.argument();
        case 'r' -> plan.delay = plan.delay.isEmpty() ? "1" : plan.delay;
        case 'R' -> plan.delay = options.argument();
        case 'm' -> plan.mask = options.argument();
        case 'H', 'S', 's', 'l', 't', 'T' -> {
          // There is no syslog to write to, and no title to set.
        }
        case 'h' -> {
          err.print(USAGE);
          return 0;
        }
        default -> {
          err.option(options);
          err.print(USAGE);
          return 1;
        }
      }
    }
    if (!plan.delay.isEmpty() && !plan.delay.matches("[1-9][0-9]{0,8}")) {
      err.warnx("invalid restart delay");
      return 6;
    }
    if (!plan.mask.matches("[0-3]")) {
      err.warnx("unrecognized listening mask");
      return 6;
    }
    if (options.operands().isEmpty()) {
      err.print(USAGE);
      return 1;
    }
    return start(context, err, plan, options.operands());
  }

  private static final class Plan {
    private String childFile = "";
    private String ownFile = "";
    private String delay = "";
    private String mask = "3";
    private @Nullable String output;
    private @Nullable String user;
    private boolean root;
    private boolean silent;

    boolean supervised() {
      return !childFile.isEmpty() || !ownFile.isEmpty() || !delay.isEmpty() || output != null;
    }
  }

  private static int start(ToolContext context, Err err, Plan plan, List<String> command)
      throws InterruptedException {
    ProcRequest.ProcInfo self;
    try {
      self = context.kernel().ask(new ProcRequest.Self());
    } catch (KernelError e) {
      err.warnx(e.text());
      return 1;
    }
    String output = plan.output;
    Path log = output == null ? null : context.cwd().resolve(output);
    Path folder = log == null ? null : log.getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      err.warnx("open: No such file or directory");
      return 7;
    }
    context.out().flush();
    return context.spawn(
        new HostCommand(
            argv(context, plan, log, command),
            context.env(),
            plan.root ? Path.of("/") : null,
            self.jid(),
            self.fib(),
            plan.user,
            null,
            null,
            true));
  }

  private static List<String> argv(
      ToolContext context, Plan plan, @Nullable Path log, List<String> command) {
    StringBuilder script = new StringBuilder();
    if (plan.silent) {
      script.append("exec </dev/null >/dev/null 2>&1\n");
    }
    if (log != null) {
      String file = "'" + log.toString().replace("'", "'\\''") + "'";
      int mask = Integer.parseInt(plan.mask);
      script.append((mask & 1) != 0 ? "exec >>" + file + "\n" : "");
      script.append((mask & 2) != 0 ? "exec 2>>" + file + "\n" : "");
    }
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c"));
    if (plan.supervised()) {
      argv.add(script + SUPERVISOR);
      argv.addAll(List.of("daemon", absolute(context, plan.childFile)));
      argv.addAll(List.of(absolute(context, plan.ownFile), plan.delay));
    } else {
      argv.add(script + "exec \"$@\"");
      argv.add("daemon");
    }
    argv.addAll(command);
    return argv;
  }

  private static String absolute(ToolContext context, String file) {
    return file.isEmpty() ? file : context.cwd().resolve(file).toString();
  }
}
