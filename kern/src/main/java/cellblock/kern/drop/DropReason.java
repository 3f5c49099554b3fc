package cellblock.kern.drop;

/** Why a packet was dropped. Every drop leaves by one door with one of these. */
public enum DropReason {
  INBOX_FULL("inbox of the receiving lane full"),
  STALE_INTERFACE("interface left while the packet was under way"),
  QUARANTINED("vnet is quarantined after a fault"),
  VNET_DYING("vnet is going away"),
  INTERFACE_DOWN("interface is down"),
  NO_CARRIER("no carrier"),
  LINK_LOSS("lost on a link with loss"),
  LINK_QUEUE_FULL("queue of a slow link full"),
  NO_BUFFER("no buffer"),
  OVERSIZE("larger than the link's MTU"),
  TRUNCATED("shorter than its headers say"),
  ETHER_UNKNOWN_TYPE("no protocol for the Ethernet type"),
  ETHER_NOT_FOR_US("Ethernet destination is another host"),
  ETHER_VLAN_UNKNOWN("no such VLAN here"),
  ARP_MALFORMED("malformed ARP packet"),
  ARP_UNRESOLVED("link address not resolved"),
  ARP_HELD_OVERFLOW("too many packets waiting for a link address"),
  IP_BAD_VERSION("IP version"),
  IP_BAD_HLEN("IP header length"),
  IP_BAD_LENGTH("IP total length"),
  IP_BAD_CHECKSUM("IP header checksum"),
  IP_BAD_ADDRESS("impossible IP address"),
  IP_BAD_OPTION("malformed IP option"),
  IP_SOURCE_ROUTE("source routing refused"),
  IP_TTL_EXCEEDED("time to live exceeded"),
  IP_NO_ROUTE("no route to host"),
  IP_BLACKHOLE("blackhole route"),
  IP_REJECT("reject route"),
  IP_NOT_FOR_US("not for this host and not forwarding"),
  IP_CANT_FORWARD("may not be forwarded"),
  IP_NEEDS_FRAGMENT("needs fragmentation but DF is set"),
  IP_FRAGMENT_BAD("malformed fragment"),
  IP_FRAGMENT_LIMIT("too many fragments"),
  IP_FRAGMENT_TIMEOUT("reassembly time exceeded"),
  IP_FRAGMENT_OVERLAP("overlapping or duplicate fragment"),
  IP_NO_PROTOCOL("no protocol"),
  IP_MULTICAST_NOT_MEMBER("not a member of the multicast group"),
  IP6_SCOPE("beyond the scope of an address"),
  IP6_BAD_HEADER("malformed IPv6 extension header"),
  IP6_TOO_MANY_HEADERS("too many IPv6 extension headers"),
  IP6_DISABLED("IPv6 is disabled on the interface"),
  IP6_NOT_READY("address is tentative or a duplicate"),
  ND6_MALFORMED("malformed or unwelcome neighbour discovery message"),
  ND6_UNRESOLVED("neighbour not reachable"),
  ND6_HELD_OVERFLOW("too many packets waiting for a neighbour"),
  MLD_MALFORMED("malformed MLD message"),
  PFIL("a packet filter hook"),
  ICMP_TOO_SHORT("ICMP message too short"),
  ICMP_BAD_CHECKSUM("ICMP checksum"),
  ICMP_BAD_CODE("ICMP type or code"),
  ICMP_RATE_LIMIT("ICMP rate limit"),
  ICMP_SUPPRESSED("no ICMP answer is due"),
  IGMP_MALFORMED("malformed IGMP message"),
  UDP_BAD_LENGTH("UDP length"),
  UDP_BAD_CHECKSUM("UDP checksum"),
  UDP_NO_SOCKET("no socket on the port"),
  UDP_NO_SOCKET_BROADCAST("no socket for the broadcast"),
  SOCKBUF_FULL("socket buffer full"),
  TCP_TOO_SHORT("TCP header length"),
  TCP_BAD_CHECKSUM("TCP checksum"),
  TCP_BAD_ADDRESS("TCP segment from or to an impossible address"),
  TCP_NO_SOCKET("no TCP socket on the port"),
  TCP_NOT_ACCEPTABLE("TCP segment not acceptable"),
  TCP_LISTEN_OVERFLOW("listen queue or syncache full"),
  TCP_POLICY("TCP segment refused by a sysctl or option"),
  BRIDGE_KEPT("for nobody on the other side of the bridge"),
  BRIDGE_LOOP("went through too many bridges: there is a loop"),
  TUNNEL_DOWN("tunnel is down or has no ends"),
  TUNNEL_NESTING("tunnels nested in a loop or too deeply"),
  TUNNEL_MALFORMED("malformed tunnel header"),
  TUNNEL_ECN("congestion mark on a tunnel that may not carry it"),
  CONSUMED("done with"),
  MODULE("by a module");

  private final String text;

  DropReason(String text) {
    this.text = text;
  }

  /** In words, for netstat and traces. */
  public String text() {
    return text;
  }
}
