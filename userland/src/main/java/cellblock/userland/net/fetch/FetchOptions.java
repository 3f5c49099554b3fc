package cellblock.userland.net.fetch;

import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command line of fetch(1). */
final class FetchOptions {
  private static final String LETTERS = "146AaB:bc:dFf:Hh:i:lMmN:nPpo:qRrS:sT:tUvw:";

  private static final Map<String, Character> LONG =
      Map.ofEntries(
          Map.entry("one-file", '1'),
          Map.entry("ipv4-only", '4'),
          Map.entry("ipv6-only", '6'),
          Map.entry("no-redirect", 'A'),
          Map.entry("retry", 'a'),
          Map.entry("buffer-size", 'B'),
          Map.entry("direct", 'd'),
          Map.entry("force-restart", 'F'),
          Map.entry("if-modified-since", 'i'),
          Map.entry("symlink", 'l'),
          Map.entry("mirror", 'm'),
          Map.entry("netrc", 'N'),
          Map.entry("no-mtime", 'n'),
          Map.entry("output", 'o'),
          Map.entry("passive", 'p'),
          Map.entry("quiet", 'q'),
          Map.entry("keep-output", 'R'),
          Map.entry("restart", 'r'),
          Map.entry("require-size", 'S'),
          Map.entry("print-size", 's'),
          Map.entry("timeout", 'T'),
          Map.entry("verbose", 'v'),
          Map.entry("retry-delay", 'w'));

  private static final String USAGE =
      """
      usage: fetch [-146AadFlMmnPpqRrsUv] [-B bytes] [--bind-address=host]
             [--ca-cert=file] [--ca-path=dir] [--cert=file] [--crl=file]
             [-i file] [--key=file] [-N file] [--no-passive] [--no-proxy=list]
             [--no-sslv3] [--no-tlsv1] [--no-verify-hostname] [--no-verify-peer]
             [-o file] [--referer=URL] [-S bytes] [-T seconds]
             [--user-agent=agent-string] [-w seconds] URL ...
             fetch [-146AadFlMmnPpqRrsUv] [-B bytes] [--bind-address=host]
             [--ca-cert=file] [--ca-path=dir] [--cert=file] [--crl=file]
             [-i file] [--key=file] [-N file] [--no-passive] [--no-proxy=list]
             [--no-sslv3] [--no-tlsv1] [--no-verify-hostname] [--no-verify-peer]
             [-o file] [--referer=URL] [-S bytes] [-T seconds]
             [--user-agent=agent-string] [-w seconds] -h host -f file [-c dir]
      """;

  AddrInfo.Family family = AddrInfo.Family.UNSPEC;
  boolean once;
  boolean noRedirect;
  boolean again;
  boolean force;
  boolean mirror;
  boolean keepTime;
  boolean precious;
  boolean restart;
  boolean printSize;
  int verbosity = 1;
  long wantedSize;
  long timeout;
  long delay;
  @Nullable String modifiedSince;
  @Nullable String output;
  @Nullable String bind;
  @Nullable String referer;
  @Nullable String agent;
  List<String> urls = List.of();

  private final Stdio io;

  private FetchOptions(Stdio io) {
    this.io = io;
  }

  static FetchOptions parse(Stdio io) {
    FetchOptions options = new FetchOptions(io);
    Getopt getopt = new Getopt(io, "fetch", options.shorten(io.context().args()), LETTERS);
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      options.option(c, getopt);
    }
    options.urls = getopt.rest();
    if (options.urls.isEmpty()) {
      throw options.usage();
    }
    return options;
  }

  /** Long options become letters; those without one are taken here. */
  private List<String> shorten(List<String> words) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--") || !word.startsWith("-")) {
        all.addAll(words.subList(i, words.size()));
        return all;
      }
      if (!word.startsWith("--")) {
        all.add(word);
        boolean takesNext =
            LETTERS.indexOf(word.charAt(word.length() - 1) + ":") >= 0 && !valueInside(word);
        if (takesNext && i + 1 < words.size()) {
          all.add(words.get(++i));
        }
        continue;
      }
      int equals = word.indexOf('=');
      String name = word.substring(2, equals < 0 ? word.length() : equals);
      String value = equals < 0 ? null : word.substring(equals + 1);
      Character letter = LONG.get(name);
      boolean valued = letter != null ? LETTERS.indexOf(letter + ":") >= 0 : valued(name);
      if (valued && value == null) {
        if (++i >= words.size()) {
          io.eprint("fetch: option requires an argument -- " + name + "\n");
          throw usage();
        }
        value = words.get(i);
      }
      if (letter == null) {
        named(name, value);
      } else {
        all.add(value == null ? "-" + letter : "-" + letter + value);
      }
    }
    return all;
  }

  /** Whether an earlier letter of the word takes the rest of it as its value. */
  private static boolean valueInside(String word) {
    for (int i = 1; i < word.length() - 1; i++) {
      if (LETTERS.indexOf(word.charAt(i) + ":") >= 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean valued(String name) {
    return List.of("bind-address", "referer", "user-agent", "no-proxy", "ca-cert", "ca-path")
            .contains(name)
        || List.of("cert", "key", "crl").contains(name);
  }

  private void named(String name, @Nullable String value) {
    switch (name) {
      case "bind-address" -> bind = value;
      case "referer" -> referer = value;
      case "user-agent" -> agent = value;
      case "no-proxy", "no-passive", "ca-cert", "ca-path", "cert", "key", "crl" -> {
        // No proxy is used, and there is no TLS.
      }
      case "no-sslv3", "no-tlsv1", "no-verify-hostname", "no-verify-peer" -> {
        // The same.
      }
      default -> {
        io.eprint("fetch: illegal option -- " + name + "\n");
        throw usage();
      }
    }
  }

  private void option(int c, Getopt getopt) {
    switch (c) {
      case '1' -> once = true;
      case '4' -> family = AddrInfo.Family.INET;
      case '6' -> family = AddrInfo.Family.INET6;
      case 'A' -> noRedirect = true;
      case 'a' -> again = true;
      case 'F' -> force = true;
      case 'i' -> modifiedSince = getopt.value();
      case 'M', 'm' -> mirror = true;
      case 'n' -> keepTime = true;
      case 'o' -> output = getopt.value();
      case 'q' -> verbosity = 0;
      case 'R' -> precious = true;
      case 'r' -> restart = true;
      case 's' -> printSize = true;
      case 'v' -> verbosity++;
      case 'B' -> number(getopt.value(), "buffer size");
      case 'S' -> wantedSize = number(getopt.value(), "size");
      case 'T' -> timeout = number(getopt.value(), "timeout");
      case 'w' -> {
        again = true;
        delay = number(getopt.value(), "delay");
      }
      case 'b', 't' -> io.warnx("warning: the -" + (char) c + " option is deprecated");
      case 'H' -> io.warnx("the -H option is now implicit, use -U to disable");
      case 'd', 'l', 'N', 'P', 'p', 'U' -> {
        // Of proxies, symbolic links, ftp and its passwords: there are none.
      }
      case 'c', 'f', 'h' -> throw io.errx(1, "ftp is not supported");
      default -> throw usage();
    }
    if (mirror && restart) {
      throw io.errx(1, "the -m and -r flags are mutually exclusive");
    }
  }

  private long number(String text, String what) {
    if (!text.matches("[0-9]{1,18}")) {
      throw io.errx(1, "invalid " + what + " (" + text + ")");
    }
    return Long.parseLong(text);
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }
}
