package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.wire.WgKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * {@link TunnelLab} with WireGuard: a wg0 in {@code a} and one in {@code b} that know each other,
 * over the router between them. Keys follow from the seed and lie in files, as wg(8) wants them.
 */
final class WgLab implements AutoCloseable {
  static final int PORT_A = 51820;
  static final int PORT_B = 51821;

  final TunnelLab tunnels;
  final Lab lab;
  private final Path folder;
  private final Random random;
  private final Map<String, WgKey> keys = new LinkedHashMap<>();

  WgLab(long seed, Path folder) {
    this.tunnels = new TunnelLab(seed, "if_wg");
    this.lab = tunnels.lab;
    this.folder = folder;
    this.random = new Random(seed);
  }

  /** The private key of that name. */
  private WgKey key(String name) {
    return keys.computeIfAbsent(
        name,
        n -> {
          byte[] bytes = new byte[WgKey.LENGTH];
          random.nextBytes(bytes);
          return WgKey.of(bytes).clamped();
        });
  }

  /** The public key of that name. */
  String pub(String name) {
    return key(name).publicKey().base64();
  }

  /** A file with the private key of that name. */
  String file(String name) {
    return write(name + ".key", key(name).base64() + "\n");
  }

  String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes both ends, each with the other as its peer; {@code six}: over IPv6. */
  void both(boolean six) {
    end("a", PORT_A, "b", six ? "[2001:db8:2::1]:" + PORT_B : "198.51.100.1:" + PORT_B, 2);
    end("b", PORT_B, "a", six ? "[2001:db8:1::1]:" + PORT_A : "192.0.2.1:" + PORT_A, 1);
    address("a", "wg0", 1);
    address("b", "wg0", 2);
  }

  private void end(String jail, int port, String peer, String endpoint, int host) {
    lab.ok("jexec " + jail + " ifconfig wg0 create");
    lab.ok(
        "jexec %s wg set wg0 listen-port %d private-key %s peer %s endpoint %s allowed-ips %s"
            .formatted(jail, port, file(jail), pub(peer), endpoint, inner(host)));
  }

  /** The addresses that end number {@code host} may send from. */
  static String inner(int host) {
    return "10.0.0." + host + "/32,2001:db8:f::" + host + "/128";
  }

  /** Inner addresses, and up. */
  void address(String jail, String ifname, int host) {
    lab.ok("jexec " + jail + " ifconfig " + ifname + " inet 10.0.0." + host + "/24");
    lab.ok("jexec " + jail + " ifconfig " + ifname + " inet6 2001:db8:f::" + host + "/64");
    lab.ok("jexec " + jail + " ifconfig " + ifname + " up");
  }

  void pings() {
    tunnels.pings();
  }

  /** One column of {@code wg show}. */
  String show(String jail, String column) {
    return lab.ok("jexec " + jail + " wg show wg0 " + column).strip();
  }

  /** The last word of it. */
  String last(String jail, String column) {
    String all = show(jail, column);
    return all.substring(all.lastIndexOf('\t') + 1);
  }

  /** Lets virtual time pass. */
  void pass(int seconds) {
    lab.ok("sleep " + seconds);
  }

  /** One ping of IPv4 from {@code a}. */
  boolean reaches() {
    return lab.run("jexec a ping -c 1 -W 1000 10.0.0.2").status() == 0;
  }

  void reached() {
    assertThat(lab.ok("jexec a ping -c 2 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
  }

  @Override
  public void close() {
    tunnels.close();
  }
}
