package cellblock.inet.socket;

/**
 * What can be said with one packet besides its data (ancestor: the types of struct cmsghdr,
 * netinet/in.h and netinet6/in6.h; RFC 3542). Some are received, each only while its option is set;
 * some are sent. Numbers are four bytes, all in big-endian order.
 */
public enum CmsgType {
  /** Where the packet went: an address. */
  IP_RECVDSTADDR,
  /** The same and the port: an address, two bytes. */
  IP_ORIGDSTADDR,
  /** Index of the interface that it came by. */
  IP_RECVIF,
  IP_RECVTTL,
  IP_RECVTOS,
  /** When it came: eight bytes of seconds since 1970, eight of microseconds. */
  SCM_TIMESTAMP,
  /** Received: destination and interface. Sent: source and interface. 16 bytes and an index. */
  IPV6_PKTINFO,
  IPV6_HOPLIMIT,
  IPV6_TCLASS,
  /** A whole extension header, as it travels; likewise the next two. */
  IPV6_HOPOPTS,
  IPV6_RTHDR,
  IPV6_DSTOPTS,
  /** Where the packet went: an address, two bytes of port. */
  IPV6_ORIGDSTADDR,
  /** Sent: the source address of an IPv4 datagram. */
  IP_SENDSRCADDR,
  /** Sent; FreeBSD knows it of no datagram. */
  IP_TTL,
  /** Sent. */
  IP_TOS,
  /** Sent: destination options in front of a routing header. */
  IPV6_RTHDRDSTOPTS,
  /** Sent: the neighbour that takes the packet on, 16 bytes and the index of its zone. */
  IPV6_NEXTHOP,
  /** Sent: 1 = no fragments. */
  IPV6_DONTFRAG,
  /** Sent: 1 = fragments of the smallest MTU. */
  IPV6_USE_MIN_MTU;

  /** Bits of those that are extension headers. */
  static final int HEADERS = IPV6_HOPOPTS.bit() | IPV6_RTHDR.bit() | IPV6_DSTOPTS.bit();

  int bit() {
    return 1 << ordinal();
  }

  /** The bit that an option asks for; 0 where it asks for nothing. */
  public static int bit(SocketOption option) {
    return switch (option) {
      case IP_RECVDSTADDR -> IP_RECVDSTADDR.bit();
      case IP_ORIGDSTADDR -> IP_ORIGDSTADDR.bit();
      case IP_RECVIF -> IP_RECVIF.bit();
      case IP_RECVTTL -> IP_RECVTTL.bit();
      case IP_RECVTOS -> IP_RECVTOS.bit();
      case SO_TIMESTAMP -> SCM_TIMESTAMP.bit();
      case IPV6_RECVPKTINFO -> IPV6_PKTINFO.bit();
      case IPV6_RECVHOPLIMIT -> IPV6_HOPLIMIT.bit();
      case IPV6_RECVTCLASS -> IPV6_TCLASS.bit();
      case IPV6_RECVHOPOPTS -> IPV6_HOPOPTS.bit();
      case IPV6_RECVRTHDR -> IPV6_RTHDR.bit();
      case IPV6_RECVDSTOPTS -> IPV6_DSTOPTS.bit();
      case IPV6_ORIGDSTADDR -> IPV6_ORIGDSTADDR.bit();
      default -> 0;
    };
  }
}
