package cellblock.userland.net.wg;

import cellblock.control.KernelError;
import cellblock.userland.misc.Err;
import cellblock.userland.net.Stdio;
import cellblock.wire.WgKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * wg set, setconf, addconf and syncconf (ancestor: set.c, setconf.c of wireguard-tools). One
 * thread.
 */
final class Set {
  private static final String USAGE =
      "<interface> [listen-port <port>] [fwmark <mark>] [private-key <file path>] [peer <base64"
          + " public key> [remove] [preshared-key <file path>] [endpoint <ip>:<port>]"
          + " [persistent-keepalive <interval seconds>] [allowed-ips"
          + " <ip1>/<cidr1>[,<ip2>/<cidr2>]...] ]...";

  private final Stdio io;

  Set(Stdio io) {
    this.io = io;
  }

  /** {@code args} are what follows "set". */
  int arguments(List<String> args) throws InterruptedException {
    if (args.size() < 2) {
      io.eprint("Usage: wg set " + USAGE + "\n");
      return 1;
    }
    Config c = new Config(io);
    c.arguments(args.subList(1, args.size()));
    return apply(c.device, args.getFirst());
  }

  private int apply(WgDevice d, String name) {
    try {
      d.set(io, name);
      return 0;
    } catch (KernelError e) {
      io.eprint("Unable to modify interface: " + e.text() + "\n");
      return 1;
    }
  }

  /** {@code command} is "setconf", "addconf" or "syncconf"; {@code args} are what follows it. */
  int file(String command, List<String> args) throws InterruptedException {
    if (args.size() != 2) {
      io.eprint("Usage: wg " + command + " <interface> <configuration filename>\n");
      return 1;
    }
    String text;
    try (InputStream in = Config.open(io, args.get(1))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      io.eprint("fopen: " + Err.strerror(e) + "\n");
      return 1;
    }
    Config c = new Config(io);
    if (!command.equals("addconf")) { // what the file does not say is not
      c.device.replacePeers = true;
      c.device.privateKey = WgKey.zero();
      c.device.fwmark = 0;
      c.device.port = 0;
    }
    for (String line : text.lines().toList()) {
      if (!c.line(line)) {
        io.eprint("Configuration parsing error\n");
        return 1;
      }
    }
    if (!c.complete()) {
      io.eprint("Invalid configuration\n");
      return 1;
    }
    if (command.equals("syncconf") && !sync(c.device, args.getFirst())) {
      return 1;
    }
    return apply(c.device, args.getFirst());
  }

  /** Peers that stay keep their sessions: only what differs is changed. */
  private boolean sync(WgDevice wanted, String name) {
    WgDevice now;
    try {
      now = WgDevice.get(io, name);
    } catch (KernelError e) {
      io.eprint("Unable to retrieve current interface configuration: " + e.text() + "\n");
      return false;
    }
    wanted.replacePeers = false;
    int gone = 0; // those that go, go first
    for (WgPeer p : now.peers) {
      WgPeer same = wanted.find(p.key);
      if (same == null) {
        WgPeer leaving = new WgPeer();
        leaving.key = p.key;
        leaving.remove = true;
        wanted.peers.add(gone++, leaving);
      } else if (p.hasPsk() && same.psk == null) {
        same.psk = WgKey.zero();
      }
    }
    return true;
  }
}
