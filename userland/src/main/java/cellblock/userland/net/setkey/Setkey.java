package cellblock.userland.net.setkey;

import cellblock.control.Done;
import cellblock.control.KernelError;
import cellblock.control.KeyRequest;
import cellblock.control.Request;
import cellblock.userland.net.Getopt;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Inet6;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.userland.net.setkey.Words.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * setkey(8), as far as TCP's MD5 option goes: {@code add}, {@code delete}, {@code flush} and {@code
 * dump}. Ancestors: sbin/setkey/setkey.c, parse.y.
 */
public final class Setkey {
  private static final String USAGE =
      """
      usage: setkey [-v] -c
             setkey [-v] -f filename
             setkey [-v] -D
             setkey [-v] -F
             setkey -h
      """;

  private final Stdio io;
  private List<Word> words = List.of();
  private int at;

  private Setkey(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Setkey(io).main();
  }

  private int main() {
    char mode = 0;
    String file = "";
    Getopt getopt = new Getopt(io, "setkey", io.context().args(), "cDFf:hv");
    for (int c = getopt.next(); c != Getopt.END; c = getopt.next()) {
      switch (c) {
        case 'c', 'D', 'F' -> mode = (char) c;
        case 'f' -> {
          mode = 'f';
          file = getopt.value();
        }
        case 'v' -> {
          // Says more about messages of PF_KEY, of which there are none.
        }
        default -> throw usage();
      }
    }
    switch (mode) {
      case 'c' -> program(input());
      case 'f' -> program(contents(file));
      case 'D' -> dump();
      case 'F' -> make(new KeyRequest.Flush(), 0);
      default -> throw usage();
    }
    return 0;
  }

  private ToolExit usage() {
    io.eprint(USAGE);
    return new ToolExit(1);
  }

  private String input() {
    try {
      return new String(io.context().in().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw io.errx(1, "stdin: " + e.getMessage());
    }
  }

  private String contents(String file) {
    try {
      return io.context().readText(file);
    } catch (IOException e) {
      throw io.errx(1, "fopen: No such file or directory");
    }
  }

  // ---- the language ----

  private void program(String text) {
    words = Words.of(text);
    while (at < words.size()) {
      if (!words.get(at).ends()) {
        statement();
      }
      end();
    }
  }

  private void statement() {
    Word verb = next();
    switch (verb.text()) {
      case "add" -> {
        String from = address();
        String to = address();
        int spi = association();
        byte[] key = algorithm();
        make(new KeyRequest.Add(from, to, spi, key), verb.line());
      }
      case "delete" -> {
        String from = address();
        String to = address();
        make(new KeyRequest.Delete(from, to, association()), verb.line());
      }
      case "flush" -> {
        protocolIfThere();
        make(new KeyRequest.Flush(), verb.line());
      }
      case "dump" -> {
        protocolIfThere();
        dump();
      }
      default -> throw syntax(verb);
    }
  }

  private void end() {
    Word last = next();
    if (!last.ends()) {
      throw syntax(last);
    }
  }

  private Word next() {
    if (at >= words.size()) {
      int line = words.isEmpty() ? 1 : words.getLast().line();
      throw syntax(new Word("", false, line));
    }
    return words.get(at++);
  }

  private @Nullable Word peek() {
    return at < words.size() ? words.get(at) : null;
  }

  private ToolExit syntax(Word where) {
    io.eprint("line " + where.line() + ": syntax error at [" + where.text() + "]\n");
    io.eprint("parse failed, line " + where.line() + ".\n");
    return new ToolExit(1);
  }

  private String address() {
    Word word = next();
    if (Inet4.aton(word.text()).isEmpty() && !Inet6.isAddress(word.text())) {
      throw syntax(word);
    }
    return word.text();
  }

  private void protocolIfThere() {
    Word word = peek();
    if (word != null && word.text().equals("tcp")) {
      at++;
    }
  }

  /** The protocol, which must be tcp, and the number behind it. */
  private int association() {
    Word protocol = next();
    if (!protocol.text().equals("tcp")) {
      throw syntax(protocol);
    }
    Word number = next();
    try {
      return Integer.decode(number.text());
    } catch (NumberFormatException e) {
      throw syntax(number);
    }
  }

  /** {@code -A tcp-md5 KEY}, with {@code -m any} or {@code -u id} before it. */
  private byte[] algorithm() {
    Word option = next();
    while (List.of("-m", "-u", "-r").contains(option.text())) {
      next();
      option = next();
    }
    if (!option.text().equals("-A")) {
      throw syntax(option);
    }
    Word name = next();
    if (!name.text().equals("tcp-md5")) {
      throw syntax(name);
    }
    Word key = next();
    if (key.quoted()) {
      return key.text().getBytes(StandardCharsets.UTF_8);
    }
    try {
      return HexFormat.of().parseHex(key.text().substring(key.text().startsWith("0x") ? 2 : 0));
    } catch (IllegalArgumentException e) {
      throw syntax(key);
    }
  }

  // ---- the kernel ----

  private void make(Request<Done> request, int line) {
    try {
      io.kernel().ask(request);
    } catch (KernelError e) {
      if (line == 0) {
        throw io.err(1, "send", e);
      }
      io.print("The result of line " + line + ": " + e.text() + ".\n");
    }
  }

  private void dump() {
    List<KeyRequest.Add> all = io.ask(new KeyRequest.Dump(), "send");
    if (all.isEmpty()) {
      io.print("No SAD entries.\n");
    }
    for (KeyRequest.Add a : all) {
      io.printf("%s %s \n", a.from(), a.to());
      io.printf("\ttcp mode=any spi=%d(0x%08x) reqid=0(0x00000000)\n", a.spi(), a.spi());
      io.printf("\tA: tcp-md5  %s\n", hex(a.key()));
      io.print("\tseq=0x00000000 replay=0 flags=0x00000040 state=mature \n");
    }
  }

  /** Groups of four octets. */
  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key).replaceAll("(.{8})(?=.)", "$1 ");
  }
}
