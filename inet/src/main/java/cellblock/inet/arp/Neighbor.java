package cellblock.inet.arp;

import cellblock.wire.Ip4Address;
import cellblock.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * One line of arp(8).
 *
 * @param link null while nobody has answered
 * @param expires seconds from now, -1 for a permanent one
 */
public record Neighbor(
    Ip4Address address,
    @Nullable MacAddress link,
    String ifname,
    boolean permanent,
    boolean published,
    long expires) {}
