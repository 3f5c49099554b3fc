package cellblock.userland.jail;

import java.util.ArrayList;
import java.util.List;

/**
 * Words of the commands that jail(8) runs: those of a hook, cut as FreeBSD cuts them, and those
 * that it makes up itself. Descends from run_command() of usr.sbin/jail/command.c.
 */
final class CommandLines {
  private static final String IFCONFIG = "/sbin/ifconfig";
  private static final String SHELL_CHARACTERS = "!\"$&'()*;<>?[\\]`{|}~";

  private CommandLines() {}

  /** Words, and whether nobody waits for them. */
  record Command(List<String> argv, boolean background) {}

  /** A hook: words cut at blanks, or a shell where a character needs one. */
  static Command hook(String text) {
    int at = 0;
    while (at < text.length() && SHELL_CHARACTERS.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    boolean background = at == text.length() - 1 && text.charAt(at) == '&';
    if (at < text.length() && !background) {
      return new Command(List.of("/bin/sh", "-c", text), false);
    }
    return new Command(words(text.substring(0, at)), background);
  }

  /** Lends an interface to a jail, or takes it back. */
  static List<String> lend(String ifname, String jail, boolean back) {
    return List.of(IFCONFIG, ifname, back ? "-vnet" : "vnet", jail);
  }

  /** Puts an IPv4 address of a jail on an interface, or takes it away. */
  static List<String> inet(String value, String defaultInterface, boolean down) {
    Alias alias = Alias.of(value, defaultInterface);
    List<String> argv = new ArrayList<>(List.of(IFCONFIG, alias.ifname, "inet"));
    int slash = alias.address.indexOf('/');
    if (slash < 0) {
      argv.addAll(List.of(alias.address, "netmask", "255.255.255.255"));
    } else if (alias.address.indexOf('.', slash) > 0) {
      argv.add(alias.address.substring(0, slash));
      argv.addAll(List.of("netmask", alias.address.substring(slash + 1)));
    } else {
      argv.add(alias.address);
    }
    return alias.finish(argv, down);
  }

  /** Puts an IPv6 address of a jail on an interface, or takes it away. */
  static List<String> inet6(String value, String defaultInterface, boolean down) {
    Alias alias = Alias.of(value, defaultInterface);
    List<String> argv = new ArrayList<>(List.of(IFCONFIG, alias.ifname, "inet6", alias.address));
    if (alias.address.indexOf('/') < 0) {
      argv.addAll(List.of("prefixlen", "128"));
    }
    return alias.finish(argv, down);
  }

  /** Cuts at blanks. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("[ \\t\\f\\x0B\\r\\n]+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  /** {@code ifname|address/len options…}, the interface and the options left out at will. */
  private record Alias(String ifname, String address, List<String> options) {
    static Alias of(String value, String defaultInterface) {
      List<String> words = words(value);
      String first = words.isEmpty() ? "" : words.getFirst();
      int bar = first.indexOf('|');
      return new Alias(
          bar < 0 ? defaultInterface : first.substring(0, bar),
          first.substring(bar + 1),
          words.isEmpty() ? words : words.subList(1, words.size()));
    }

    List<String> finish(List<String> argv, boolean down) {
      if (!down) {
        argv.addAll(options);
      }
      argv.add(down ? "-alias" : "alias");
      return argv;
    }
  }
}
