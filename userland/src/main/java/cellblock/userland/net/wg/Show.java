package cellblock.userland.net.wg;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Stdio;
import cellblock.wire.WgKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** wg show and wg showconf (ancestor: show.c, showconf.c of wireguard-tools). One thread. */
final class Show {
  private static final String USAGE =
      "{ <interface> | all | interfaces } [public-key | private-key | listen-port | fwmark | peers |"
          + " preshared-keys | endpoints | allowed-ips | latest-handshakes | transfer |"
          + " persistent-keepalive | dump]";

  private static final String RESET = "\u001b[0m";
  private static final String BOLD = "\u001b[1m";
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String CYAN = "\u001b[36m";

  private final Stdio io;
  private final boolean colours;

  Show(Stdio io) {
    this.io = io;
    String mode = io.context().env().getOrDefault("WG_COLOR_MODE", "");
    this.colours = mode.equals("always") || !mode.equals("never") && io.context().tty();
  }

  /** {@code args} are what follows "show". */
  int run(List<String> args) {
    if (args.size() == 1 && Wg.isHelp(args.getFirst())) {
      usage();
      return 0;
    }
    if (args.size() > 2) {
      usage();
      return 1;
    }
    String what = args.isEmpty() ? "all" : args.getFirst();
    String column = args.size() == 2 ? args.get(1) : null;
    return switch (what) {
      case "all" -> all(column);
      case "interfaces" -> interfaces(column);
      default -> one(what, column);
    };
  }

  private void usage() {
    io.eprint("Usage: wg show " + USAGE + "\n");
  }

  /** The devices that this vnet has: the members of the group "wg". */
  private List<String> names() {
    return io.ask(new IfRequest.Get(null), "Unable to list interfaces").stream()
        .filter(i -> i.groups().contains("wg"))
        .map(IfInfo::name)
        .toList();
  }

  private int all(@Nullable String column) {
    List<String> names = names();
    int status = names.isEmpty() ? 0 : 1;
    for (int i = 0; i < names.size(); i++) {
      try {
        WgDevice d = WgDevice.get(io, names.get(i));
        if (column != null) {
          if (!column(d, column, names.get(i) + "\t")) {
            return 1;
          }
        } else {
          pretty(d, names.get(i));
          if (i + 1 < names.size()) {
            io.print("\n");
          }
        }
        status = 0;
      } catch (KernelError e) {
        io.eprint("Unable to access interface " + names.get(i) + ": " + e.text() + "\n");
      }
    }
    return status;
  }

  private int interfaces(@Nullable String column) {
    if (column != null) {
      usage();
      return 1;
    }
    List<String> names = names();
    if (!names.isEmpty()) {
      io.print(String.join(" ", names) + "\n");
    }
    return 0;
  }

  private int one(String name, @Nullable String column) {
    try {
      WgDevice d = WgDevice.get(io, name);
      if (column == null) {
        pretty(d, name);
        return 0;
      }
      return column(d, column, "") ? 0 : 1;
    } catch (KernelError e) {
      io.eprint("Unable to access interface: " + e.text() + "\n");
      return 1;
    }
  }

  // ---- for people ----

  private void paint(String text) {
    io.print(colours ? text : text.replaceAll("\u001b\\[[0-9]+m", ""));
  }

  private void field(String name, String value) {
    paint("  " + BOLD + name + RESET + ": " + value + "\n");
  }

  private String masked(WgKey key) {
    return "never".equals(io.context().env().get("WG_HIDE_KEYS")) ? key.base64() : "(hidden)";
  }

  private void pretty(WgDevice d, String name) {
    paint(RESET + GREEN + BOLD + "interface" + RESET + ": " + GREEN + name + RESET + "\n");
    if (d.publicKey != null) {
      field("public key", d.publicKey.base64());
    }
    if (d.privateKey != null) {
      field("private key", masked(d.privateKey));
    }
    if (d.port != 0) {
      field("listening port", Integer.toString(d.port));
    }
    if (d.fwmark != 0) {
      field("fwmark", "0x" + Long.toHexString(d.fwmark));
    }
    List<WgPeer> peers = new ArrayList<>(d.peers);
    peers.sort((a, b) -> {
      int c = Long.compare(b.handshakeSeconds, a.handshakeSeconds);
      return c != 0 ? c : Long.compare(b.handshakeNanos, a.handshakeNanos);
    });
    for (WgPeer p : peers) {
      io.print("\n");
      pretty(p);
    }
  }

  private void pretty(WgPeer p) {
    String key = base64(p.key);
    paint(YELLOW + BOLD + "peer" + RESET + ": " + YELLOW + key + RESET + "\n");
    if (p.psk != null && p.hasPsk()) {
      field("preshared key", masked(p.psk));
    }
    if (p.endpoint != null) {
      field("endpoint", p.endpoint);
    }
    List<String> allowed = p.allowed.stream().map(a -> a.replace("/", CYAN + "/" + RESET)).toList();
    field("allowed ips", allowed.isEmpty() ? "(none)" : String.join(", ", allowed));
    if (p.handshakeSeconds != 0) {
      field("latest handshake", ago(p.handshakeSeconds));
    }
    if (p.received != 0 || p.sent != 0) {
      field("transfer", bytes(p.received) + " received, " + bytes(p.sent) + " sent");
    }
    if (p.keepalive > 0) {
      field("persistent keepalive", "every " + time(p.keepalive));
    }
  }

  private String ago(long then) {
    long now = io.context().nowNanos() / 1_000_000_000L;
    if (now == then) {
      return "Now";
    }
    return now < then
        ? "(" + RED + "System clock wound backward; connection problems may ensue." + RESET + ")"
        : time(now - then) + " ago";
  }

  private static String time(long seconds) {
    List<String> parts = new ArrayList<>();
    part(parts, seconds / (365 * 24 * 60 * 60), "year");
    part(parts, seconds / (24 * 60 * 60) % 365, "day");
    part(parts, seconds / (60 * 60) % 24, "hour");
    part(parts, seconds / 60 % 60, "minute");
    part(parts, seconds % 60, "second");
    return String.join(", ", parts);
  }

  private static void part(List<String> parts, long count, String unit) {
    if (count != 0) {
      parts.add(count + " " + CYAN + unit + (count == 1 ? "" : "s") + RESET);
    }
  }

  private static String bytes(long n) {
    if (n < 1024) {
      return n + " " + CYAN + "B" + RESET;
    }
    double value = n;
    for (String unit : List.of("KiB", "MiB", "GiB")) {
      value /= 1024;
      if (value < 1024) {
        return String.format(Locale.ROOT, "%.2f %s%s%s", value, CYAN, unit, RESET);
      }
    }
    return String.format(Locale.ROOT, "%.2f %sTiB%s", value / 1024, CYAN, RESET);
  }

  // ---- for programs ----

  private static String base64(@Nullable WgKey key) {
    return key == null ? "(none)" : key.base64();
  }

  private static String psk(WgPeer p) {
    return base64(p.hasPsk() ? p.psk : null);
  }

  /** One column of every peer; {@code prefix} is the interface's name where several are listed. */
  private boolean column(WgDevice d, String column, String prefix) {
    String mark = d.fwmark == 0 ? "off" : "0x" + Long.toHexString(d.fwmark);
    switch (column) {
      case "public-key" -> io.print(prefix + base64(d.publicKey) + "\n");
      case "private-key" -> io.print(prefix + base64(d.privateKey) + "\n");
      case "listen-port" -> io.print(prefix + d.port + "\n");
      case "fwmark" -> io.print(prefix + mark + "\n");
      case "dump" -> dump(d, mark, prefix);
      case "endpoints" -> { // the interface is named once, as there
        io.print(prefix);
        d.peers.forEach(p -> io.print(peerColumn(p, column) + "\n"));
      }
      case "peers",
          "preshared-keys",
          "allowed-ips",
          "latest-handshakes",
          "transfer",
          "persistent-keepalive" ->
          d.peers.forEach(p -> io.print(prefix + peerColumn(p, column) + "\n"));
      default -> {
        io.eprint("Invalid parameter: `" + column + "'\n");
        usage();
        return false;
      }
    }
    return true;
  }

  private static String peerColumn(WgPeer p, String column) {
    String key = base64(p.key);
    return switch (column) {
      case "peers" -> key;
      case "preshared-keys" -> key + "\t" + psk(p);
      case "endpoints" -> key + "\t" + (p.endpoint == null ? "(none)" : p.endpoint);
      case "allowed-ips" ->
          key + "\t" + (p.allowed.isEmpty() ? "(none)" : String.join(" ", p.allowed));
      case "latest-handshakes" -> key + "\t" + p.handshakeSeconds;
      case "transfer" -> key + "\t" + p.received + "\t" + p.sent;
      default -> key + "\t" + keepalive(p);
    };
  }

  private static String keepalive(WgPeer p) {
    return p.keepalive > 0 ? Integer.toString(p.keepalive) : "off";
  }

  private void dump(WgDevice d, String mark, String prefix) {
    io.print(
        prefix
            + String.join(
                "\t", base64(d.privateKey), base64(d.publicKey), Integer.toString(d.port), mark)
            + "\n");
    for (WgPeer p : d.peers) {
      io.print(
          prefix
              + String.join(
                  "\t",
                  base64(p.key),
                  psk(p),
                  p.endpoint == null ? "(none)" : p.endpoint,
                  p.allowed.isEmpty() ? "(none)" : String.join(",", p.allowed),
                  Long.toString(p.handshakeSeconds),
                  Long.toString(p.received),
                  Long.toString(p.sent),
                  keepalive(p))
              + "\n");
    }
  }

  // ---- showconf ----

  /** {@code args} are what follows "showconf". */
  int configuration(List<String> args) {
    if (args.size() != 1) {
      io.eprint("Usage: wg showconf <interface>\n");
      return 1;
    }
    try {
      configuration(WgDevice.get(io, args.getFirst()));
      return 0;
    } catch (KernelError e) {
      io.eprint("Unable to access interface: " + e.text() + "\n");
      return 1;
    }
  }

  private void configuration(WgDevice d) {
    StringBuilder out = new StringBuilder("[Interface]\n");
    if (d.port != 0) {
      out.append("ListenPort = ").append(d.port).append('\n');
    }
    if (d.fwmark != 0) {
      out.append("FwMark = 0x").append(Long.toHexString(d.fwmark)).append('\n');
    }
    if (d.privateKey != null) {
      out.append("PrivateKey = ").append(d.privateKey.base64()).append('\n');
    }
    for (WgPeer p : d.peers) {
      out.append("\n[Peer]\nPublicKey = ").append(base64(p.key)).append('\n');
      if (p.hasPsk()) {
        out.append("PresharedKey = ").append(psk(p)).append('\n');
      }
      if (!p.allowed.isEmpty()) {
        out.append("AllowedIPs = ").append(String.join(", ", p.allowed)).append('\n');
      }
      if (p.endpoint != null) {
        out.append("Endpoint = ").append(p.endpoint).append('\n');
      }
      if (p.keepalive > 0) {
        out.append("PersistentKeepalive = ").append(p.keepalive).append('\n');
      }
    }
    if (d.peers.isEmpty()) {
      out.append('\n');
    }
    io.print(out.toString());
  }
}
