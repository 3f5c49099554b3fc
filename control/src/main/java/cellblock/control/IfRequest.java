package cellblock.control;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What ifconfig(8) asks: the SIOC* ioctls of an interface, by name. */
public sealed interface IfRequest<R> extends Request<R> {
  /** SIOCIFCREATE2: "epair" or "epair0" or "lo1"; replies with the name made ("epair0a"). */
  record Create(String name, Map<String, String> params) implements IfRequest<String> {}

  /** SIOCIFDESTROY. */
  record Destroy(String name) implements IfRequest<Done> {}

  /** getifaddrs(3) with everything ifconfig prints; {@code name} null for all. */
  record Get(@Nullable String name) implements IfRequest<List<IfInfo>> {}

  /** SIOCIFGCLONERS. */
  record Cloners() implements IfRequest<List<String>> {}

  /** SIOCSIFFLAGS: sets and clears bits of if_flags ({@link IfInfo} has the constants). */
  record Flags(String name, int set, int clear) implements IfRequest<Done> {}

  /** SIOCSIFCAP: sets and clears bits of if_capenable. */
  record Capabilities(String name, int set, int clear) implements IfRequest<Done> {}

  /** SIOCSIFMTU, bytes. */
  record Mtu(String name, int mtu) implements IfRequest<Done> {}

  /** SIOCSIFMETRIC. */
  record Metric(String name, int metric) implements IfRequest<Done> {}

  /** SIOCSIFFIB. */
  record Fib(String name, int fib) implements IfRequest<Done> {}

  /** SIOCSIFLLADDR: "aa:bb:cc:dd:ee:ff". */
  record LinkAddress(String name, String address) implements IfRequest<Done> {}

  /** SIOCSIFNAME. */
  record Rename(String name, String newName) implements IfRequest<Done> {}

  /** SIOCSIFDESCR; null removes. */
  record Description(String name, @Nullable String text) implements IfRequest<Done> {}

  /** SIOCAIFGROUP and SIOCDIFGROUP. */
  record Group(String name, String group, boolean add) implements IfRequest<Done> {}

  /** SIOCSIFVNET (lend to a jail) and SIOCSIFRVNET (reclaim from a jail). */
  record Vnet(String name, String jail, boolean reclaim) implements IfRequest<Done> {}

  /** Pulls the cable's plug, or puts it back: link state down or up while the interface stays. */
  record Plug(String name, boolean plugged) implements IfRequest<Done> {}

  /** What the cable of an epair end does to the frames that it sends; EOPNOTSUPP elsewhere. */
  record Link(String name) implements IfRequest<LinkInfo> {}

  /** Changes that from the next frame on; {@link LinkModel#NONE} takes it away. */
  record SetLink(String name, LinkModel model) implements IfRequest<Done> {}

  /**
   * A cable's behaviour, one way. Chances in millionths; rate in bits a second, 0 = unlimited;
   * queue in frames, 0 = default.
   */
  record LinkModel(
      long delayNanos,
      long jitterNanos,
      int lossPpm,
      int duplicatePpm,
      int reorderPpm,
      int corruptPpm,
      long rateBits,
      int queue) {
    /** A perfect cable. */
    public static final LinkModel NONE = new LinkModel(0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The model in force, and what it did: frames lost full duplicated reordered corrupted held, in
   * this order.
   */
  record LinkInfo(LinkModel model, Map<String, Long> counters) {}

  /**
   * SIOCAIFADDR and SIOCAIFADDR_IN6. {@code alias} false replaces the first address of the family,
   * as SIOCSIFADDR does. {@code prefixLength} -1 for the default of the address's class. {@code
   * options} are IPv6's words (no_dad, anycast, pltime=N, …) or vhid and such.
   */
  record AddAddress(
      String name,
      String address,
      int prefixLength,
      @Nullable String broadcast,
      @Nullable String destination,
      boolean alias,
      Map<String, String> options)
      implements IfRequest<Done> {}

  /**
   * SIOCDIFADDR; {@code address} null deletes the first address of the family ("inet", "inet6").
   */
  record DeleteAddress(String name, String family, @Nullable String address)
      implements IfRequest<Done> {}

  /**
   * SIOCGDRVSPEC and friends by key: what one driver alone knows ("bridge", "vlan", "tunnel", …).
   */
  record DriverGet(String name, String key) implements IfRequest<Map<String, String>> {}

  /** SIOCSDRVSPEC and friends by key. */
  record DriverSet(String name, String key, List<String> args) implements IfRequest<Done> {}

  /** Multicast memberships of one interface, or of all: ifmcstat(8), netstat -g. */
  record Multicast(@Nullable String name) implements IfRequest<List<MulticastInfo>> {}

  /** One membership; {@code mode} is "exclude", "include" or "" for link-layer groups. */
  record MulticastInfo(
      String ifname,
      String family,
      String group,
      @Nullable String linkAddress,
      String mode,
      List<String> sources,
      String flags,
      int references,
      int igmpVersion) {}

  /** The neighbour table: arp(8), ndp(8). */
  record Neighbors(String family, @Nullable String ifname)
      implements IfRequest<List<NeighborInfo>> {}

  /**
   * Adds a static entry; {@code temporary} makes it expire, {@code published} is proxy ARP ("pub").
   */
  record SetNeighbor(
      String address,
      String linkAddress,
      boolean temporary,
      boolean published,
      boolean blackhole,
      boolean reject)
      implements IfRequest<Done> {}

  /** Deletes an entry; ENOENT when there is none (arp prints "no entry"). */
  record DeleteNeighbor(String address, @Nullable String ifname)
      implements IfRequest<NeighborInfo> {}

  /** One neighbour. {@code expiresSeconds} -1 = permanent; linkAddress null = incomplete. */
  record NeighborInfo(
      String address,
      @Nullable String linkAddress,
      String ifname,
      boolean permanent,
      boolean published,
      long expiresSeconds,
      String state) {}
}
