package cellblock.inet.socket;

/** What setsockopt(2) and getsockopt(2) name here; each value is an int, addresses their bits. */
public enum SocketOption {
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_BROADCAST,
  SO_DONTROUTE,
  SO_RCVBUF,
  SO_SNDBUF,
  SO_ERROR,
  SO_TYPE,
  SO_PROTOCOL,
  SO_SETFIB,
  SO_TIMESTAMP,
  /** Seconds that close waits for data to leave; 0 resets; -1 = off. */
  SO_LINGER,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SO_ACCEPTCONN,
  IP_TOS,
  IP_TTL,
  IP_MINTTL,
  IP_DONTFRAG,
  IP_HDRINCL,
  IP_ONESBCAST,
  /** Priority code point of the frames that carry its packets, 0 to 7; -1 = the interface's. */
  IP_VLAN_PCP,
  IP_BINDANY,
  IP_PORTRANGE,
  IP_RECVDSTADDR,
  IP_RECVTTL,
  IP_RECVTOS,
  IP_RECVIF,
  IP_MULTICAST_TTL,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_IF,
  TCP_NODELAY,
  TCP_MAXSEG,
  TCP_NOPUSH,
  TCP_NOOPT,
  /** Segments are signed (RFC 2385) with the key that setkey(8) has given for the pair. */
  TCP_MD5SIG,
  TCP_KEEPINIT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_KEEPCNT,
  TCP_MAXUNACKTIME,
  /** A name: {@link Socket#setText}. */
  TCP_CONGESTION,
  /** A name: {@link Socket#setText}. */
  TCP_FUNCTION_BLK,
  TCP_FASTOPEN,
  TCP_REMOTE_UDP_ENCAPS_PORT,
  SO_REUSEPORT_LB,
  IPV6_UNICAST_HOPS,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_LOOP,
  IPV6_MULTICAST_IF,
  IPV6_TCLASS,
  IPV6_V6ONLY,
  IPV6_DONTFRAG,
  IPV6_USE_MIN_MTU,
  IPV6_RECVPKTINFO,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVTCLASS,
  IPV6_VLAN_PCP,
  /** Where in what a raw socket sends and takes the kernel's checksum stands; -1 = nowhere. */
  IPV6_CHECKSUM,
  /** The largest packet that the way to the connected peer carries; read only. */
  IPV6_PATHMTU,
  IP_ORIGDSTADDR,
  IPV6_ORIGDSTADDR,
  IPV6_RECVHOPOPTS,
  IPV6_RECVRTHDR,
  IPV6_RECVDSTOPTS,
  /** Bytes of room from which on a stream counts as writable. */
  SO_SNDLOWAT,
  /** Bytes from which on a stream counts as readable. */
  SO_RCVLOWAT;

  /** IP_PORTRANGE: the default range. */
  public static final int PORTRANGE_DEFAULT = 0;

  /** IP_PORTRANGE: the high range. */
  public static final int PORTRANGE_HIGH = 1;

  /** IP_PORTRANGE: the low, privileged range. */
  public static final int PORTRANGE_LOW = 2;
}
