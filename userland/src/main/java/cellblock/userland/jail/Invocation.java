package cellblock.userland.jail;

import cellblock.userland.misc.Addresses;
import cellblock.userland.misc.GetOpt;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The command line of jail(8), read but not yet understood. */
final class Invocation {
  /** What is to be done; several together mean a choice by the state of the jail. */
  enum Op {
    START,
    SET,
    STOP,
    CLEANUP,
    SHOW
  }

  static final String[] USAGE = {
    "usage: jail [-dhilqv] [-J jid_file] [-u username] [-U username]",
    "            -[cmr] param=value ... [command=command ...]",
    "       jail [-dqv] [-f file] [-p limit] -[cmr] [jail]",
    "       jail [-qv] [-f file] -[C|rR] ['*' | jail ...]",
    "       jail [-dhilqv] [-J jid_file] [-u username] [-U username]",
    "            [-n jailname] [-s securelevel]",
    "            path hostname [ip[,...]] command ...",
    "       jail [-f file] -e separator",
  };

  /** Parameters whose values on the command line are lists. */
  private static final Pattern LISTS =
      Pattern.compile("(ip4\\.addr|ip6\\.addr|vnet\\.interface|depend)=.*", Pattern.DOTALL);

  /** A parameter from the command line; no value for a bare name. */
  record Given(String name, @Nullable String value) {}

  private final Set<Op> ops = EnumSet.noneOf(Op.class);
  private final List<Given> given = new ArrayList<>();
  private List<String> operands = List.of();
  private String file = ConfFiles.DEFAULT;
  private String separator = "";
  private @Nullable String jidFile;
  private Session.Verbosity verbosity = Session.Verbosity.NORMAL;
  private boolean printJid;
  private boolean dying;
  private boolean raw;
  private boolean noFile;
  private boolean oldStyle;
  private @Nullable String complaint;
  private boolean bad;

  Invocation(List<String> args) {
    GetOpt options = new GetOpt(args, "cCde:f:hiJ:lmn:p:qrRs:u:U:v");
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      option(letter, options);
    }
    operands = options.operands();
    if (!bad && ops.isEmpty()) {
      oldStyle();
    }
  }

  private void option(int letter, GetOpt options) {
    String argument = options.argument();
    switch (letter) {
      case 'c' -> ops.add(Op.START);
      case 'C' -> ops.add(Op.CLEANUP);
      case 'm' -> ops.add(Op.SET);
      case 'r' -> ops.add(Op.STOP);
      case 'R' -> {
        ops.add(Op.STOP);
        raw = true;
      }
      case 'e' -> {
        ops.add(Op.SHOW);
        separator = argument;
      }
      case 'd' -> dying = true;
      case 'f' -> file = argument;
      case 'i' -> {
        printJid = true;
        verbosity = Session.Verbosity.QUIET;
      }
      case 'J' -> jidFile = argument;
      case 'p' -> {
        // Jails are worked on one after another: within every limit.
      }
      case 'q' -> verbosity = Session.Verbosity.QUIET;
      case 'v' -> verbosity = Session.Verbosity.VERBOSE;
      case GetOpt.BAD -> {
        complaint = options.complaint();
        bad = true;
      }
      default -> parameterOption(letter, argument);
    }
  }

  /**
   * Options of old that stand for a parameter: such a jail is described by the command line alone.
   */
  private void parameterOption(int letter, String argument) {
    noFile = true;
    switch (letter) {
      case 'h' -> give(CommandParam.IP_HOSTNAME.text(), null);
      case 'l' -> give(CommandParam.EXEC_CLEAN.text(), null);
      case 'n' -> give("name", argument);
      case 's' -> give("securelevel", argument);
      default -> {
        give(CommandParam.EXEC_JAIL_USER.text(), argument);
        give(CommandParam.EXEC_SYSTEM_JAIL_USER.text(), letter == 'u' ? null : "false");
      }
    }
  }

  /** {@code jail path hostname addresses command…}. */
  private void oldStyle() {
    if (operands.size() < 4 || !operands.getFirst().startsWith("/")) {
      bad = true;
      return;
    }
    oldStyle = true;
    noFile = true;
    ops.add(Op.START);
    give("path", operands.get(0));
    give("host.hostname", operands.get(1));
    if (!operands.get(2).isEmpty()) {
      for (String address : operands.get(2).split(",", -1)) {
        give(Addresses.isInet6(address) ? "ip6.addr" : "ip4.addr", address);
      }
    }
    for (String word : operands.subList(3, operands.size())) {
      give(CommandParam.COMMAND.text(), word);
    }
  }

  /** Takes the operands as parameters of one jail; everything from "command" on is its command. */
  void takeParameters() {
    for (int i = 0; i < operands.size(); i++) {
      String word = operands.get(i);
      if (word.equals("command") || word.startsWith("command=")) {
        if (word.length() > 7) {
          give(CommandParam.COMMAND.text(), word.substring(8));
        }
        operands
            .subList(i + 1, operands.size())
            .forEach(rest -> give(CommandParam.COMMAND.text(), rest));
        return;
      }
      int equals = word.indexOf('=');
      if (equals < 0) {
        give(word, null);
      } else if (LISTS.matcher(word).matches()) {
        for (String value : word.substring(equals + 1).split(",", -1)) {
          give(word.substring(0, equals), value);
        }
      } else {
        give(word.substring(0, equals), word.substring(equals + 1));
      }
    }
  }

  private void give(String name, @Nullable String value) {
    given.add(new Given(name, value));
  }

  /** Whether the operands describe one jail instead of naming configured ones. */
  boolean isDescription() {
    boolean parameters =
        operands.size() > 1 || operands.size() == 1 && operands.getFirst().indexOf('=') >= 0;
    return oldStyle || parameters && !ops.equals(EnumSet.of(Op.STOP)) && !has(Op.CLEANUP);
  }

  boolean has(Op op) {
    return ops.contains(op);
  }

  /** Whether only removal is asked for. */
  boolean onlyStop() {
    return ops.equals(EnumSet.of(Op.STOP));
  }

  List<String> operands() {
    return operands;
  }

  List<Given> given() {
    return given;
  }

  String file() {
    return file;
  }

  String separator() {
    return separator;
  }

  @Nullable String jidFile() {
    return jidFile;
  }

  Session.Verbosity verbosity() {
    return verbosity;
  }

  boolean printJid() {
    return printJid;
  }

  boolean dying() {
    return dying;
  }

  boolean raw() {
    return raw;
  }

  boolean noFile() {
    return noFile;
  }

  boolean oldStyleCommand() {
    return oldStyle;
  }

  boolean bad() {
    return bad;
  }

  @Nullable String complaint() {
    return complaint;
  }
}
