package cellblock.packetdrill;

import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a script is run with: packetdrill's options, from the command line and, stronger, from the
 * script. Immutable.
 *
 * @param version family of socket and wire
 * @param local address of the stack under test
 * @param prefixLength of its network
 * @param remote the network behind the gateway, and the peer's address in it
 * @param toleranceMicros how far a packet may be off
 * @param tolerancePercent the same, of the time since the event before
 * @param tickMicros of a tick of the timestamp clock; 0 = values of timestamps are not compared
 * @param nonFatalPackets a packet that does not match is a warning
 * @param nonFatalCalls a call that does not match is a warning
 * @param md5Secret key of digests, or null
 * @param udpEncapsulation segments travel in UDP where the script says so
 */
record Settings(
    Version version,
    IpAddress local,
    int prefixLength,
    IpAddress gateway,
    IpPrefix remoteNet,
    IpAddress remote,
    int bindPort,
    int connectPort,
    int mtu,
    long toleranceMicros,
    double tolerancePercent,
    long tickMicros,
    boolean nonFatalPackets,
    boolean nonFatalCalls,
    @Nullable String md5Secret,
    boolean udpEncapsulation) {
  /** Names that are known; those of a real network, of code and of clean-up change nothing. */
  static final Set<String> NAMES =
      Set.of(
          "ip_version",
          "bind_port",
          "code_command",
          "code_format",
          "code_sockopt",
          "connect_port",
          "remote_ip",
          "local_ip",
          "local_linklocal_ip",
          "gateway_ip",
          "gateway_linklocal_ip",
          "netmask_ip",
          "init_scripts",
          "speed",
          "mtu",
          "tolerance_usecs",
          "tolerance_percent",
          "tcp_ts_tick_usecs",
          "non_fatal",
          "dry_run",
          "define",
          "verbose",
          "debug",
          "tcp_md5_secret",
          "udp_encapsulation",
          "no_cleanup",
          "send_omit_free",
          "feature",
          "strict_segments");

  /** --ip_version. */
  enum Version {
    IPV4,
    IPV4_MAPPED_IPV6,
    IPV6;

    /** By packetdrill's word, with dashes or underscores; null = no such. */
    static @Nullable Version named(String word) {
      return switch (word.replace('-', '_')) {
        case "ipv4" -> IPV4;
        case "ipv4_mapped_ipv6" -> IPV4_MAPPED_IPV6;
        case "ipv6" -> IPV6;
        default -> null;
      };
    }

    /** Whether packets are IPv6's. */
    boolean six() {
      return this == IPV6;
    }
  }

  /** An option with a value that makes no sense. */
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(String message) {
      super(message);
    }
  }

  /** Reads options; those not given have packetdrill's defaults on FreeBSD. */
  static Settings of(Map<String, String> options) throws Invalid {
    Version version = Version.named(options.getOrDefault("ip_version", "ipv4"));
    if (version == null) {
      throw new Invalid("bad --ip_version: " + options.get("ip_version"));
    }
    boolean six = version.six();
    String remote = options.getOrDefault("remote_ip", six ? "2001:db8::1/32" : "192.0.2.1/24");
    int slash = remote.indexOf('/');
    IpAddress peer = address(slash < 0 ? remote : remote.substring(0, slash));
    int bits = slash < 0 ? peer.width() : Integer.parseInt(remote.substring(slash + 1));
    String mask = options.getOrDefault("netmask_ip", "255.255.0.0");
    String nonFatal = options.getOrDefault("non_fatal", "");
    return new Settings(
        version,
        address(options.getOrDefault("local_ip", six ? "fd3d:fa7b:d17d::1" : "192.168.0.1")),
        six ? 48 : IpPrefix.maskLength(address(mask)),
        address(options.getOrDefault("gateway_ip", six ? "fd3d:fa7b:d17d::2" : "192.168.0.2")),
        new IpPrefix(peer, bits).canonical(),
        peer,
        (int) number(options, "bind_port", 8080),
        (int) number(options, "connect_port", 8080),
        (int) number(options, "mtu", 1500),
        number(options, "tolerance_usecs", 4000),
        Double.parseDouble(options.getOrDefault("tolerance_percent", "5")),
        number(options, "tcp_ts_tick_usecs", 0),
        nonFatal.contains("packet"),
        nonFatal.contains("syscall"),
        options.get("tcp_md5_secret"),
        options.containsKey("udp_encapsulation"));
  }

  private static long number(Map<String, String> options, String name, long otherwise)
      throws Invalid {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Invalid("bad --" + name + ": " + text);
    }
  }

  private static IpAddress address(String text) throws Invalid {
    IpAddress a = Ip4Address.tryParse(text);
    if (a == null) {
      a = Ip6Address.tryOf(text);
    }
    if (a == null) {
      throw new Invalid("bad address: " + text);
    }
    return a;
  }

  /** The address that bind(2) gets. */
  IpAddress bindAddress() {
    return mapped(local);
  }

  /** The address that connect(2) gets. */
  IpAddress connectAddress() {
    return mapped(remote);
  }

  /** As the program sees it: of the family of its sockets. */
  IpAddress mapped(IpAddress wire) {
    return version == Version.IPV4_MAPPED_IPV6 && wire instanceof Ip4Address four
        ? Ip6Address.mapped(four.bits())
        : wire;
  }
}
