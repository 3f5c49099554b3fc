package cellblock.userland.net.wg;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Stdio;
import cellblock.wire.WgKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device, as the kernel tells of it or as it is to be changed (ancestor: struct wgdevice with
 * ipc_get_device and ipc_set_device). One thread.
 */
final class WgDevice {
  private static final HexFormat HEX = HexFormat.of();

  @Nullable WgKey privateKey;
  @Nullable WgKey publicKey;

  /** -1 = as it is. */
  int port = -1;

  /** -1 = as it is. */
  long fwmark = -1;

  boolean replacePeers;
  final List<WgPeer> peers = new ArrayList<>();

  // ---- from the kernel ----

  /** Asks for a device. */
  static WgDevice get(Stdio io, String name) throws KernelError {
    WgDevice d = new WgDevice();
    d.port = 0;
    d.fwmark = 0;
    d.read(io.kernel().ask(new IfRequest.DriverGet(name, "wg")).values());
    return d;
  }

  private void read(Collection<String> lines) {
    for (String line : lines) {
      int equals = line.indexOf('=');
      String value = line.substring(equals + 1);
      switch (line.substring(0, equals)) {
        case "private_key" -> privateKey = key(value);
        case "own_public_key" -> publicKey = key(value);
        case "listen_port" -> port = Integer.parseInt(value);
        case "fwmark" -> fwmark = Long.parseLong(value);
        case "public_key" -> {
          WgPeer p = new WgPeer();
          p.key = key(value);
          p.keepalive = 0;
          peers.add(p);
        }
        default -> read(peers.getLast(), line.substring(0, equals), value);
      }
    }
  }

  private static void read(WgPeer p, String word, String value) {
    switch (word) {
      case "preshared_key" -> p.psk = key(value);
      case "endpoint" -> p.endpoint = value;
      case "allowed_ip" -> p.allowed.add(value);
      case "persistent_keepalive_interval" -> p.keepalive = Integer.parseInt(value);
      case "last_handshake_time_sec" -> p.handshakeSeconds = Long.parseLong(value);
      case "last_handshake_time_nsec" -> p.handshakeNanos = Long.parseLong(value);
      case "rx_bytes" -> p.received = Long.parseLong(value);
      case "tx_bytes" -> p.sent = Long.parseLong(value);
      default -> {} // a later kernel's
    }
  }

  private static WgKey key(String hex) {
    return WgKey.of(HEX.parseHex(hex));
  }

  // ---- to the kernel ----

  /** Asks for this change. */
  void set(Stdio io, String name) throws KernelError {
    List<String> lines = new ArrayList<>();
    if (privateKey != null) {
      lines.add("private_key=" + hex(privateKey));
    }
    if (port >= 0) {
      lines.add("listen_port=" + port);
    }
    if (fwmark >= 0) {
      lines.add("fwmark=" + fwmark);
    }
    if (replacePeers) {
      lines.add("replace_peers=true");
    }
    for (WgPeer p : peers) {
      write(p, lines);
    }
    io.kernel().ask(new IfRequest.DriverSet(name, "wg", lines));
  }

  private static void write(WgPeer p, List<String> lines) {
    WgKey key = p.key;
    if (key == null) {
      throw new IllegalStateException("a peer without a key");
    }
    lines.add("public_key=" + hex(key));
    if (p.remove) {
      lines.add("remove=true");
      return;
    }
    if (p.psk != null) {
      lines.add("preshared_key=" + hex(p.psk));
    }
    if (p.endpoint != null) {
      lines.add("endpoint=" + p.endpoint);
    }
    if (p.keepalive >= 0) {
      lines.add("persistent_keepalive_interval=" + p.keepalive);
    }
    if (p.replaceAllowed) {
      lines.add("replace_allowed_ips=true");
    }
    p.allowed.forEach(a -> lines.add("allowed_ip=" + a));
  }

  private static String hex(WgKey key) {
    return HEX.formatHex(key.bytes());
  }

  /** The peer of a key, or null. */
  @Nullable WgPeer find(@Nullable WgKey key) {
    for (WgPeer p : peers) {
      if (key != null && key.equals(p.key)) {
        return p;
      }
    }
    return null;
  }
}
