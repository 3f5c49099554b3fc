package cellblock.inet.socket;

/**
 * Options whose value is a run of bytes (RFC 3542): what every packet of the socket carries besides
 * its data. Extension headers are whole, as they travel, the first byte without meaning; an empty
 * value takes one away.
 */
public enum ByteOption {
  /** Source address and interface: 16 bytes and an index in big-endian order. */
  IPV6_PKTINFO,
  /** Hop-by-hop options. */
  IPV6_HOPOPTS,
  /** Destination options in front of a routing header. */
  IPV6_RTHDRDSTOPTS,
  /** A routing header, of type 0. */
  IPV6_RTHDR,
  /** Destination options. */
  IPV6_DSTOPTS,
  /** The neighbour that takes packets on: 16 bytes, and the index of its zone or 0. */
  IPV6_NEXTHOP,
  /** Which types of ICMPv6 a raw socket takes: 256 bits, type 0 the lowest of the first byte. */
  ICMP6_FILTER
}
