package cellblock.userland.net.wg;

import cellblock.userland.net.Stdio;
import java.util.List;

/** wg(8). Ancestor: wg.c of wireguard-tools 1.0.20210914. */
public final class Wg {
  private static final String USAGE =
      """
      Usage: wg <cmd> [<args>]

      Available subcommands:
        show: Shows the current configuration and device information
        showconf: Shows the current configuration of a given WireGuard interface, for use with `setconf'
        set: Change the current configuration, add peers, remove peers, or change peers
        setconf: Applies a configuration file to a WireGuard interface
        addconf: Appends a configuration file to a WireGuard interface
        syncconf: Synchronizes a configuration file to a WireGuard interface
        genkey: Generates a new private key and writes it to stdout
        genpsk: Generates a new preshared key and writes it to stdout
        pubkey: Reads a private key from stdin and writes a public key to stdout
      You may pass `--help' to any of these subcommands to view usage.
      """;

  private Wg() {}

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    List<String> args = io.context().args();
    if (args.isEmpty()) {
      return new Show(io).run(args);
    }
    String command = args.getFirst();
    List<String> rest = args.subList(1, args.size());
    if (rest.isEmpty() && List.of("-v", "--version", "version").contains(command)) {
      io.print("wireguard-tools v1.0.20210914 - https://git.zx2c4.com/wireguard-tools/\n");
      return 0;
    }
    if (rest.isEmpty() && isHelp(command)) {
      io.print(USAGE);
      return 0;
    }
    return switch (command) {
      case "show" -> new Show(io).run(rest);
      case "showconf" -> new Show(io).configuration(rest);
      case "set" -> new Set(io).arguments(rest);
      case "setconf", "addconf", "syncconf" -> new Set(io).file(command, rest);
      case "genkey" -> new Keys(io).generate(command, rest, true);
      case "genpsk" -> new Keys(io).generate(command, rest, false);
      case "pubkey" -> new Keys(io).publicKey(rest);
      default -> {
        io.eprint("Invalid subcommand: `" + command + "'\n" + USAGE);
        yield 1;
      }
    };
  }

  static boolean isHelp(String word) {
    return word.equals("-h") || word.equals("--help") || word.equals("help");
  }
}
