package cellblock.inet.nd6;

import cellblock.wire.Ip6Address;
import cellblock.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour as ndp(8) shows it.
 *
 * @param address with its zone
 * @param link null while it is not resolved
 * @param expires seconds until the state changes, -1 = never
 * @param state "incomplete", "reachable", "stale", "delay", "probe"
 */
public record Nd6Neighbor(
    Ip6Address address,
    @Nullable MacAddress link,
    String ifname,
    boolean permanent,
    boolean published,
    boolean router,
    long expires,
    String state) {}
