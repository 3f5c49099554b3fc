package cellblock.wire;

/** Internet protocol numbers: the IPv4 protocol and IPv6 next-header field (IPPROTO_). */
public final class IpProtocol {
  /** IPv6 hop-by-hop options. */
  public static final int HOPOPTS = 0;

  /** ICMP for IPv4. */
  public static final int ICMP = 1;

  /** Group management. */
  public static final int IGMP = 2;

  /** IPv4 in something. */
  public static final int IPV4 = 4;

  /** TCP. */
  public static final int TCP = 6;

  /** UDP. */
  public static final int UDP = 17;

  /** IPv6 in something. */
  public static final int IPV6 = 41;

  /** IPv6 routing header. */
  public static final int ROUTING = 43;

  /** IPv6 fragment header. */
  public static final int FRAGMENT = 44;

  /** Generic routing encapsulation. */
  public static final int GRE = 47;

  /** Encapsulating security payload. */
  public static final int ESP = 50;

  /** Authentication header. */
  public static final int AH = 51;

  /** ICMP for IPv6. */
  public static final int ICMPV6 = 58;

  /** Nothing follows. */
  public static final int NONE = 59;

  /** IPv6 destination options. */
  public static final int DSTOPTS = 60;

  /** OSPF. */
  public static final int OSPF = 89;

  /** Ethernet in IP. */
  public static final int ETHERIP = 97;

  /** Protocol independent multicast. */
  public static final int PIM = 103;

  /** CARP and VRRP. */
  public static final int CARP = 112;

  /** SCTP. */
  public static final int SCTP = 132;

  /** UDP-Lite. */
  public static final int UDPLITE = 136;

  /** Raw IP as a socket protocol. */
  public static final int RAW = 255;

  private IpProtocol() {}

  /** The name in /etc/protocols, upper case as tcpdump prints it; a decimal number if unknown. */
  public static String name(int protocol) {
    return switch (protocol) {
      case HOPOPTS -> "HOPOPT";
      case ICMP -> "ICMP";
      case IGMP -> "IGMP";
      case IPV4 -> "IPIP";
      case TCP -> "TCP";
      case UDP -> "UDP";
      case IPV6 -> "IPv6";
      case GRE -> "GRE";
      case ESP -> "ESP";
      case AH -> "AH";
      case ICMPV6 -> "ICMP6";
      case OSPF -> "OSPF";
      case ETHERIP -> "EtherIP";
      case PIM -> "PIM";
      case CARP -> "CARP";
      case SCTP -> "SCTP";
      case UDPLITE -> "UDPLite";
      default -> Integer.toString(protocol);
    };
  }
}
