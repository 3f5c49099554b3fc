package cellblock.userland.jexec;

import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.CleanEnvironment;
import cellblock.userland.misc.Err;
import cellblock.userland.misc.GetOpt;
import cellblock.userland.misc.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * jexec(8): enters a jail and becomes a program there. Descends from usr.sbin/jexec/jexec.c; the
 * directory stays the caller's, because a jail here has no root of its own.
 */
public final class Jexec implements Tool {
  private static final String[] USAGE = {
    "usage: jexec [-l] [-d working-directory] [-e name=value] [-u username | -U username] jail"
        + " [command ...]",
  };

  @Override
  public int run(ToolContext context) throws InterruptedException {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "d:e:lnu:U:");
    Map<String, String> added = new LinkedHashMap<>();
    String folder = null;
    String user = null;
    boolean clean = false;
    int users = 0;
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      switch (letter) {
        case 'd' -> folder = options.argument();
        case 'e' -> {
          String[] pair = options.argument().split("=", 2);
          if (pair.length < 2) {
            err.warnx(options.argument() + ": not a name=value");
            return usage(err);
          }
          added.put(pair[0], pair[1]);
        }
        case 'l' -> clean = true;
        case 'n' -> {
          // The jail is named, as it always is.
        }
        case 'u', 'U' -> {
          user = options.argument();
          users++;
        }
        default -> {
          err.option(options);
          return usage(err);
        }
      }
    }
    if (options.operands().isEmpty() || users > 1) {
      return usage(err);
    }
    Map<String, String> env =
        new LinkedHashMap<>(clean ? CleanEnvironment.of(context.env()) : context.env());
    env.putAll(added);
    List<String> operands = options.operands();
    List<String> argv =
        operands.size() > 1
            ? operands.subList(1, operands.size())
            : List.of(env.getOrDefault("SHELL", "/bin/sh"), "-i");
    return enter(context, err, operands.getFirst(), argv, env, folder, user);
  }

  private static int enter(
      ToolContext context,
      Err err,
      String jail,
      List<String> argv,
      Map<String, String> env,
      @Nullable String folder,
      @Nullable String user)
      throws InterruptedException {
    int jid;
    int fib;
    String path;
    try {
      fib = context.kernel().ask(new ProcRequest.Self()).fib();
      String key = jail.matches("[0-9]*[1-9][0-9]*") ? "jid" : "name";
      JailRequest.JailInfo info = context.kernel().ask(new JailRequest.Get(key, jail, false));
      jid = info.jid();
      path = info.params().getOrDefault("path", "/");
    } catch (KernelError e) {
      err.warnx(Err.words("jail_get", e));
      return 1;
    }
    try {
      context.kernel().ask(new JailRequest.Attach(jid));
    } catch (KernelError e) {
      err.warn("jail_attach(" + jid + ")", e);
      return 1;
    }
    Path directory = folder == null ? null : context.cwd().resolve(folder);
    if (directory != null && !Files.isDirectory(directory)) {
      err.warnx("chdir(" + folder + "): No such file or directory");
      return 1;
    }
    Launcher launcher = new Launcher(context);
    if (launcher.lookup(argv.getFirst(), env) == null) {
      err.warnx("execvp: " + argv.getFirst() + ": No such file or directory");
      return 1;
    }
    HostCommand command = new HostCommand(argv, env, directory, jid, fib, user, null, null, false);
    if (launcher.inProcess(command)) {
      env.put("JPATH", path); // our tools read hosts(5) and rc.conf(5) below the jail's path
    }
    try {
      return launcher.become(command);
    } catch (IOException e) {
      err.warnx("execvp: " + argv.getFirst() + ": " + Err.strerror(e));
      return 1;
    }
  }

  private static int usage(Err err) {
    err.print(USAGE);
    return 1;
  }
}
