package cellblock.userland.net.inetd;

import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import cellblock.userland.net.ToolExit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The command line of inetd(8). */
final class InetdOptions {
  private static final String CONF = "/etc/inetd.conf";

  boolean debug;
  boolean log;
  int tooMany = 256;
  int maxChild = -1;
  int maxRate = -1;
  int maxPerSource = -1;
  @Nullable String address;
  @Nullable String pidFile;
  String conf = CONF;

  private final Consumer<String> complain;

  private InetdOptions(Consumer<String> complain) {
    this.complain = complain;
  }

  static InetdOptions parse(Stdio io, Consumer<String> complain) {
    InetdOptions options = new InetdOptions(complain);
    Getopt getopt = new Getopt(io, "inetd", io.context().args(), "dlwWR:a:c:C:p:s:");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'd' -> options.debug = true;
        case 'l' -> options.log = true;
        case 'w', 'W' -> {
          // There are no access files: nothing is refused by them.
        }
        case 'R' ->
            options.tooMany =
                options.value(
                    getopt, options.tooMany, "-R %s: bad value for service invocation rate");
        case 'c' ->
            options.maxChild =
                options.value(getopt, options.maxChild, "-c %s: bad value for maximum children");
        case 'C' ->
            options.maxRate =
                options.value(
                    getopt, options.maxRate, "-C %s: bad value for maximum children/minute");
        case 's' ->
            options.maxPerSource =
                options.value(
                    getopt,
                    options.maxPerSource,
                    "-s %s: bad value for maximum children per source address");
        case 'a' -> options.address = getopt.value();
        case 'p' -> options.pidFile = getopt.value();
        default -> {
          complain.accept(
              "usage: inetd [-dlwW] [-a address] [-R rate] [-c maximum] [-C rate] [-p pidfile]"
                  + " [conf-file]");
          throw new ToolExit(Sysexits.EX_USAGE);
        }
      }
    }
    if (!getopt.rest().isEmpty()) {
      options.conf = getopt.rest().getFirst();
    }
    return options;
  }

  /** A number as strtol(3) reads it; another is told of, and changes nothing. */
  private int value(Getopt getopt, int before, String whine) {
    String text = getopt.value();
    try {
      int number = Integer.decode(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    complain.accept(whine.replace("%s", text));
    return before;
  }
}
