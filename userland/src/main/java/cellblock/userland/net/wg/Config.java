package cellblock.userland.net.wg;

import cellblock.userland.misc.Err;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import cellblock.wire.WgKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a device from arguments or from a file's lines (ancestor: config.c of wireguard-tools).
 * What cannot be read ends the run with the message of its ancestor. One thread.
 */
final class Config {
  private final Stdio io;
  final WgDevice device = new WgDevice();
  private boolean inInterface;
  private @Nullable WgPeer peer;

  Config(Stdio io) {
    this.io = io;
  }

  private ToolExit fail(String message) {
    io.eprint(message + "\n");
    return new ToolExit(1);
  }

  // ---- arguments of set ----

  /** config_read_cmd. */
  void arguments(List<String> args) throws InterruptedException {
    int at = 0;
    while (at < args.size()) {
      String word = args.get(at);
      WgPeer p = peer;
      if (word.equals("remove") && p != null) {
        p.remove = true;
        at++;
        continue;
      }
      if (at + 1 >= args.size()) {
        throw fail("Invalid argument: " + word);
      }
      String value = args.get(at + 1);
      if (word.equals("peer")) {
        WgPeer made = new WgPeer();
        made.key = key(value);
        device.peers.add(made);
        peer = made;
      } else if (p == null) {
        interfaceArgument(word, value);
      } else {
        peerArgument(p, word, value);
      }
      at += 2;
    }
  }

  private void interfaceArgument(String word, String value) {
    switch (word) {
      case "listen-port" -> device.port = port(value);
      case "fwmark" -> device.fwmark = fwmark(value);
      case "private-key" -> device.privateKey = keyFile(value);
      default -> throw fail("Invalid argument: " + word);
    }
  }

  private void peerArgument(WgPeer p, String word, String value) throws InterruptedException {
    switch (word) {
      case "endpoint" -> p.endpoint = endpoint(value);
      case "allowed-ips" -> allowed(p, stripped(value));
      case "persistent-keepalive" -> p.keepalive = keepalive(value);
      case "preshared-key" -> p.psk = keyFile(value);
      default -> throw fail("Invalid argument: " + word);
    }
  }

  // ---- lines of a file ----

  /** One line; false: it is none of a configuration, and that was said. */
  boolean line(String raw) throws InterruptedException {
    int hash = raw.indexOf('#');
    String line = stripped(hash < 0 ? raw : raw.substring(0, hash));
    if (line.isEmpty()) {
      return true;
    }
    if (line.equalsIgnoreCase("[Interface]")) {
      inInterface = true;
      peer = null;
      return true;
    }
    if (line.equalsIgnoreCase("[Peer]")) {
      inInterface = false;
      WgPeer made = new WgPeer();
      made.replaceAllowed = true;
      device.peers.add(made);
      peer = made;
      return true;
    }
    int equals = line.indexOf('=');
    String word =
        equals < 0 || equals == line.length() - 1
            ? ""
            : line.substring(0, equals).toLowerCase(Locale.ROOT);
    try {
      boolean known = value(word, line.substring(equals + 1));
      if (!known) {
        io.eprint("Line unrecognized: `" + line + "'\n");
      }
      return known;
    } catch (ToolExit said) {
      return false;
    }
  }

  private boolean value(String word, String value) throws InterruptedException {
    WgPeer p = peer;
    if (inInterface) {
      switch (word) {
        case "listenport" -> device.port = port(value);
        case "fwmark" -> device.fwmark = fwmark(value);
        case "privatekey" -> device.privateKey = key(value);
        default -> {
          return false;
        }
      }
      return true;
    }
    if (p == null) {
      return false;
    }
    switch (word) {
      case "endpoint" -> p.endpoint = endpoint(value);
      case "publickey" -> p.key = key(value);
      case "allowedips" -> allowed(p, value);
      case "persistentkeepalive" -> p.keepalive = keepalive(value);
      case "presharedkey" -> p.psk = key(value);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether every peer has a key; says so where one has not. */
  boolean complete() {
    for (WgPeer p : device.peers) {
      if (p.key == null) {
        io.eprint("A peer is missing a public key\n");
        return false;
      }
    }
    return true;
  }

  private static String stripped(String text) {
    return text.replaceAll("[ \\t\\n\\x0b\\f\\r]", "");
  }

  // ---- values ----

  private int port(String value) {
    if (value.isEmpty()) {
      throw fail("Unable to parse empty port");
    }
    int port = AddrInfo.port(value, "udp");
    if (port < 0) {
      throw fail(AddrInfo.SERVICE + ": `" + value + "'");
    }
    return port;
  }

  private long fwmark(String value) {
    if (value.equalsIgnoreCase("off")) {
      return 0;
    }
    if (value.matches("[0-9]+|0x[0-9a-fA-F]+") && value.length() <= 18) {
      long mark = value.startsWith("0x") ? Long.parseLong(value.substring(2), 16) : decimal(value);
      if (mark <= 0xffff_ffffL) {
        return mark;
      }
    }
    throw fail("Fwmark is neither 0/off nor 0-0xffffffff: `" + value + "'");
  }

  private static long decimal(String value) {
    return Long.parseLong(value);
  }

  private int keepalive(String value) {
    if (value.equalsIgnoreCase("off")) {
      return 0;
    }
    if (value.matches("[0-9]{1,9}") && Integer.parseInt(value) <= 65535) {
      return Integer.parseInt(value);
    }
    throw fail("Persistent keepalive interval is neither 0/off nor 1-65535: `" + value + "'");
  }

  private WgKey key(String value) {
    WgKey k = WgKey.tryParse(value);
    if (k == null) {
      throw fail("Key is not the correct length or format: `" + value + "'");
    }
    return k;
  }

  /** A key from a file of the caller's; an empty file is no key. */
  private WgKey keyFile(String name) {
    String text;
    try (InputStream in = open(io, name)) {
      text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw fail("fopen: " + Err.strerror(e));
    }
    if (text.isEmpty()) {
      return WgKey.zero();
    }
    if (text.length() < WgKey.TEXT) {
      throw fail("Invalid length key in key file");
    }
    String rest = stripped(text.substring(WgKey.TEXT));
    if (!rest.isEmpty()) {
      throw fail("Found trailing character in key file: `" + rest.charAt(0) + "'");
    }
    return key(text.substring(0, WgKey.TEXT));
  }

  /** A file of the caller's; its standard input by the names that shells have for it. */
  static InputStream open(Stdio io, String name) throws IOException {
    return name.equals("/dev/stdin") || name.equals("/dev/fd/0")
        ? io.context().in()
        : Files.newInputStream(io.context().cwd().resolve(name));
  }

  /** "host:port" or "[host]:port", with names looked up. */
  private String endpoint(String value) throws InterruptedException {
    if (value.isEmpty()) {
      throw fail("Unable to parse empty endpoint");
    }
    String host;
    String service;
    if (value.startsWith("[")) {
      int end = value.indexOf(']');
      if (end < 0) {
        throw fail("Unable to find matching brace of endpoint: `" + value + "'");
      }
      host = value.substring(1, end);
      service = value.startsWith(":", end + 1) ? value.substring(end + 2) : "";
    } else {
      int colon = value.lastIndexOf(':');
      host = colon < 0 ? value : value.substring(0, colon);
      service = colon < 0 ? "" : value.substring(colon + 1);
    }
    if (service.isEmpty()) {
      throw fail("Unable to find port of endpoint: `" + value + "'");
    }
    int port = AddrInfo.port(service, "udp");
    if (port < 0) {
      throw fail(AddrInfo.SERVICE + ": `" + value + "'");
    }
    List<String> found = AddrInfo.lookup(io, host, AddrInfo.Family.UNSPEC, false);
    if (found.isEmpty()) {
      throw fail(AddrInfo.NONAME + ": `" + value + "'");
    }
    String address = found.getFirst();
    return (AddrInfo.isInet6(address) ? "[" + address + "]:" : address + ":") + port;
  }

  private void allowed(WgPeer p, String value) {
    p.replaceAllowed = true;
    if (value.isEmpty()) {
      return;
    }
    for (String entry : value.split(",", -1)) {
      p.allowed.add(prefix(entry));
    }
  }

  private String prefix(String entry) {
    int slash = entry.indexOf('/');
    String ip = slash < 0 ? entry : entry.substring(0, slash);
    IpAddress a =
        ip.indexOf(':') >= 0 ? (ip.indexOf('%') < 0 ? six(ip) : null) : Ip4Address.tryParse(ip);
    if (a == null) {
      throw fail("Unable to parse IP address: `" + ip + "'");
    }
    int length = a.width();
    if (slash >= 0) {
      String mask = entry.substring(slash + 1);
      length = mask.matches("[0-9]{1,9}") ? Integer.parseInt(mask) : -1;
      if (length < 0 || length > a.width()) {
        throw fail("AllowedIP is not in the correct format: `" + entry + "'");
      }
    }
    IpPrefix prefix = new IpPrefix(a, length);
    if (!prefix.isCanonical()) {
      String mask = entry.substring(slash + 1);
      io.eprint("Warning: AllowedIP has nonzero host part: " + ip + "/" + mask + "\n");
    }
    return a + "/" + length;
  }

  private static @Nullable IpAddress six(String text) {
    Ip6Address.Zoned z = Ip6Address.tryParse(text);
    return z == null ? null : z.address();
  }
}
