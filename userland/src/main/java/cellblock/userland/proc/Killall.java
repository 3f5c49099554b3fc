package cellblock.userland.proc;

import cellblock.control.JailRequest;
import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.ProcRequest.ProcInfo;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * killall(1): signals processes by the name of their program. Descends from
 * usr.bin/killall/killall.c; only processes of the caller's jail and below are seen, and users and
 * terminals are not told apart.
 */
public final class Killall implements Tool {
  private static final String[] USAGE = {
    "usage: killall [-delmsqvz] [-help] [-I] [-j jail]",
    "               [-u user] [-t tty] [-c cmd] [-SIGNAL] [cmd]...",
    "At least one option or argument to specify processes must be given.",
  };

  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    Request request = new Request();
    int at = 0;
    List<String> args = context.args();
    while (at < args.size() && args.get(at).startsWith("-")) {
      String word = args.get(at++);
      if (word.equals("-l")) {
        context.out().println(Signals.list());
        return 0;
      }
      if (word.length() > 1 && "jutc".indexOf(word.charAt(1)) >= 0 && takesValue(word)) {
        String value =
            word.length() > 2 ? word.substring(2) : at < args.size() ? args.get(at++) : null;
        if (value == null || !request.value(word.charAt(1), value)) {
          return usage(err);
        }
      } else if (!request.flag(word)) {
        return unknown(err, word);
      }
    }
    request.names.addAll(args.subList(at, args.size()));
    if (request.names.isEmpty() && request.command == null && request.jail == null) {
      return usage(err);
    }
    try {
      return kill(context, err, request);
    } catch (KernelError e) {
      err.warnx(Err.words("jail_get", e));
      return 1;
    }
  }

  /** A short option with a value, not the name of a signal that begins with the same letter. */
  private static boolean takesValue(String word) {
    return word.length() == 2 || Signals.named(word.substring(1)) == null;
  }

  private static final class Request {
    private final List<String> names = new ArrayList<>();
    private String signal = "TERM";
    private @Nullable String jail;
    private @Nullable String command;
    private boolean show;
    private boolean dry;
    private boolean quiet;
    private boolean regex;

    boolean value(char letter, String value) {
      switch (letter) {
        case 'j' -> jail = value;
        case 'c' -> command = value;
        default -> {
          // Every process belongs to the one user who owns the kernel, and to no terminal.
        }
      }
      return true;
    }

    boolean flag(String word) {
      switch (word) {
        case "-v" -> show = true;
        case "-s" -> {
          show = true;
          dry = true;
        }
        case "-d" -> dry = true;
        case "-m" -> regex = true;
        case "-q" -> quiet = true;
        case "-e", "-z", "-I" -> {
          // Nothing here depends on them.
        }
        default -> {
          String named = Signals.named(word.substring(1));
          if (named == null) {
            return false;
          }
          signal = named;
        }
      }
      return true;
    }

    boolean wants(String program) {
      String wanted = command;
      if (wanted != null && !matches(wanted, program)) {
        return false;
      }
      return names.isEmpty() || names.stream().anyMatch(name -> matches(name, program));
    }

    private boolean matches(String wanted, String program) {
      if (!regex) {
        return wanted.equals(program);
      }
      try {
        return Pattern.compile(wanted).matcher(program).find();
      } catch (PatternSyntaxException e) {
        return wanted.equals(program);
      }
    }
  }

  private static int kill(ToolContext context, Err err, Request request) throws KernelError {
    ProcInfo self = context.kernel().ask(new ProcRequest.Self());
    int jid = 0;
    String jail = request.jail;
    if (jail != null) {
      String key = jail.matches("[0-9]*[1-9][0-9]*") ? "jid" : "name";
      jid = context.kernel().ask(new JailRequest.Get(key, jail, false)).jid();
    }
    int found = 0;
    int status = 0;
    for (ProcInfo proc : context.kernel().ask(new ProcRequest.ListAll())) {
      boolean here = jail == null || proc.jid() == jid;
      if (proc.pid() == self.pid() || !here || !request.wants(program(proc.command()))) {
        continue;
      }
      found++;
      if (request.show) {
        context.out().println("kill -" + request.signal + " " + proc.pid());
      }
      if (!request.dry) {
        try {
          context.kernel().ask(new ProcRequest.Kill(proc.pid(), request.signal));
        } catch (KernelError e) {
          err.warn("warning: kill -" + request.signal + " " + proc.pid(), e);
          status = 1;
        }
      }
    }
    if (found == 0) {
      if (!request.quiet) {
        err.print("No matching processes were found");
      }
      status = 1;
    }
    return status;
  }

  /** The program's name: the last component of its first word. */
  private static String program(String command) {
    String first = command.strip().split("\\s+", 2)[0];
    return first.substring(first.lastIndexOf('/') + 1);
  }

  private static int unknown(Err err, String word) {
    if (word.equals("-help")) {
      return usage(err);
    }
    err.warnx("unknown signal " + word.substring(1) + "; valid signals:");
    err.print(Signals.list());
    return 1;
  }

  private static int usage(Err err) {
    err.print(USAGE);
    return 1;
  }
}
