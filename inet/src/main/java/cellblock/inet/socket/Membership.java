package cellblock.inet.socket;

import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request about a multicast group (ancestor: struct ip_mreq_source and MCAST_* of netinet/in.h).
 *
 * @param what the operation
 * @param group the group
 * @param ifname the interface, or null for the one that routing chooses
 * @param source the source of a source operation, else null
 */
public record Membership(
    Operation what, IpAddress group, @Nullable String ifname, @Nullable IpAddress source) {
  /** The operations. */
  public enum Operation {
    /** IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP, MCAST_JOIN_GROUP. */
    JOIN,
    /** IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP, MCAST_LEAVE_GROUP. */
    LEAVE,
    /** IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP. */
    JOIN_SOURCE,
    /** IP_DROP_SOURCE_MEMBERSHIP, MCAST_LEAVE_SOURCE_GROUP. */
    LEAVE_SOURCE,
    /** IP_BLOCK_SOURCE, MCAST_BLOCK_SOURCE. */
    BLOCK_SOURCE,
    /** IP_UNBLOCK_SOURCE, MCAST_UNBLOCK_SOURCE. */
    UNBLOCK_SOURCE
  }
}
