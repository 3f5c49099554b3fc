package cellblock.tunnel.wg;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.Zones;
import cellblock.tunnel.Words;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import cellblock.wire.WgKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What wg(8) sets and reads, as lines of {@code key=value} (ancestor: wgc_set, wgc_get of if_wg.c,
 * whose form is an nvlist; the words are those of WireGuard's cross-platform interface). Keys are
 * 64 hexadecimal digits. Everything is read before anything is changed. Threading: the lane of the
 * home vnet.
 */
final class WgConfig {
  private static final long SECOND = 1_000_000_000L;

  /** One peer's part of a request. */
  private static final class PeerChange {
    private final WgKey key;
    private boolean remove;
    private boolean replaceAllowed;
    private @Nullable WgKey psk;
    private @Nullable Endpoint endpoint;
    private int keepalive = -1;
    private final List<IpPrefix> allowed = new ArrayList<>();

    private PeerChange(WgKey key) {
      this.key = key;
    }
  }

  private final WgDevice device;
  private @Nullable WgKey privateKey;
  private int port = -1;
  private long userCookie = -1;
  private boolean replacePeers;
  private final List<PeerChange> peers = new ArrayList<>();

  private WgConfig(WgDevice device) {
    this.device = device;
  }

  // ---- set ----

  /**
   * Changes a device.
   *
   * @throws ErrnoException EINVAL: a word or value that cannot be; EADDRINUSE: the port is taken
   */
  static void set(WgDevice device, List<String> lines) throws ErrnoException {
    WgConfig c = new WgConfig(device);
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        throw new ErrnoException(Errno.EINVAL);
      }
      c.line(line.substring(0, equals), line.substring(equals + 1));
    }
    c.apply();
  }

  private void line(String word, String value) throws ErrnoException {
    if (word.equals("public_key")) {
      peers.add(new PeerChange(key(value)));
    } else if (peers.isEmpty()) {
      interfaceLine(word, value);
    } else {
      peerLine(peers.getLast(), word, value);
    }
  }

  private void interfaceLine(String word, String value) throws ErrnoException {
    switch (word) {
      case "private_key" -> privateKey = key(value);
      case "listen_port" -> port = Words.number(value, 0, 65535);
      case "fwmark" -> userCookie = number32(value);
      case "replace_peers" -> replacePeers = isTrue(value);
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  private void peerLine(PeerChange p, String word, String value) throws ErrnoException {
    switch (word) {
      case "remove" -> p.remove = isTrue(value);
      case "replace_allowed_ips" -> p.replaceAllowed = isTrue(value);
      case "preshared_key" -> p.psk = key(value);
      case "endpoint" -> p.endpoint = endpoint(value);
      case "persistent_keepalive_interval" -> p.keepalive = Words.number(value, 0, 65535);
      case "allowed_ip" -> p.allowed.add(prefix(value));
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  private static boolean isTrue(String value) throws ErrnoException {
    if (!value.equals("true")) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return true;
  }

  private static long number32(String value) throws ErrnoException {
    try {
      return Integer.toUnsignedLong(Integer.parseUnsignedInt(value));
    } catch (NumberFormatException e) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  private static WgKey key(String hex) throws ErrnoException {
    try {
      byte[] bytes = HexFormat.of().parseHex(hex);
      if (bytes.length == WgKey.LENGTH) {
        return WgKey.of(bytes);
      }
    } catch (IllegalArgumentException e) {
      // falls through
    }
    throw new ErrnoException(Errno.EINVAL);
  }

  private static IpPrefix prefix(String text) throws ErrnoException {
    IpPrefix p = IpPrefix.tryParse(text);
    if (p == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return p;
  }

  /** "192.0.2.1:51820" or "[2001:db8::1]:51820" or "[fe80::1%epair0a]:51820". */
  private Endpoint endpoint(String text) throws ErrnoException {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new ErrnoException(Errno.EINVAL);
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    IpAddress a = Zones.parse(device.home, bracketed ? host.substring(1, host.length() - 1) : host);
    if (bracketed != (a.family() == Family.INET6)) {
      throw new ErrnoException(Errno.EINVAL);
    }
    int zone = a instanceof Ip6Address six ? six.scopeId() : 0;
    Endpoint e = new Endpoint();
    e.set(bracketed, a.hi(), a.lo(), zone, Words.number(text.substring(colon + 1), 1, 65535));
    return e;
  }

  // ---- the change itself, in the order of wgc_set ----

  private void apply() throws ErrnoException {
    if (replacePeers) {
      device.removeAll();
    }
    if (port >= 0) {
      device.port(port);
    }
    WgKey secret = privateKey;
    if (secret != null && !secret.clamped().equals(device.local.privateKey())) {
      WgPeer self = secret.isZero() ? null : device.find(secret.clamped().publicKey());
      if (self != null) {
        device.remove(self); // nobody is a peer of himself
      }
      device.local.privateKey(secret);
    }
    if (userCookie >= 0) {
      device.userCookie((int) userCookie);
    }
    for (PeerChange p : peers) {
      apply(p);
    }
  }

  private void apply(PeerChange c) {
    if (c.remove) {
      WgPeer gone = device.find(c.key);
      if (gone != null) {
        device.remove(gone);
      }
      return;
    }
    WgPeer p = device.peer(c.key);
    if (p == null) {
      return; // our own key: ignored
    }
    if (c.replaceAllowed) {
      device.disallow(p);
    }
    if (c.psk != null) {
      p.remote.psk(c.psk);
    }
    if (c.endpoint != null) {
      p.moved(c.endpoint);
    }
    for (IpPrefix prefix : c.allowed) {
      device.allow(p, prefix);
    }
    if (c.keepalive >= 0) {
      p.timers.interval(c.keepalive);
    }
    p.sendStaged();
  }

  // ---- get ----

  /**
   * What a device is set to and has seen.
   *
   * @param privileged secrets, too
   */
  static List<String> get(WgDevice device, boolean privileged) {
    List<String> lines = new ArrayList<>();
    WgKey secret = device.local.privateKey();
    WgKey known = device.local.publicKey();
    if (secret != null && privileged) {
      lines.add("private_key=" + hex(secret));
    }
    if (known != null) {
      lines.add("own_public_key=" + hex(known));
    }
    if (device.sockets.port() != 0) {
      lines.add("listen_port=" + device.sockets.port());
    }
    if (device.userCookie() != 0) {
      lines.add("fwmark=" + Integer.toUnsignedString(device.userCookie()));
    }
    for (WgPeer p : device.peers()) {
      peer(device.home, p, privileged, lines);
    }
    return lines;
  }

  private static void peer(Vnet home, WgPeer p, boolean privileged, List<String> lines) {
    lines.add("public_key=" + hex(p.remote.key()));
    if (privileged) {
      lines.add("preshared_key=" + hex(p.remote.psk()));
    }
    if (p.endpoint.known) {
      lines.add("endpoint=" + text(home, p.endpoint));
    }
    lines.add("last_handshake_time_sec=" + p.completedAt() / SECOND);
    lines.add("last_handshake_time_nsec=" + p.completedAt() % SECOND);
    lines.add("tx_bytes=" + p.sent());
    lines.add("rx_bytes=" + p.received());
    lines.add("persistent_keepalive_interval=" + p.timers.interval());
    for (IpPrefix a : p.allowed) {
      lines.add("allowed_ip=" + a);
    }
  }

  private static String text(Vnet home, Endpoint e) {
    if (!e.six) {
      return e.address() + ":" + e.port;
    }
    Ifnet zone = e.zone == 0 ? null : Interfaces.of(home).byIndex(e.zone);
    return "[" + e.address() + (zone == null ? "" : "%" + zone.name()) + "]:" + e.port;
  }

  private static String hex(WgKey key) {
    return HexFormat.of().formatHex(key.bytes());
  }
}
