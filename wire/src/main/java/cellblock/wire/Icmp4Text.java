package cellblock.wire;

import org.jspecify.annotations.Nullable;

/** ICMP messages in tcpdump's words. */
final class Icmp4Text {
  private Icmp4Text() {}

  static String of(Icmp4Message message) {
    return "ICMP " + meaning(message) + ", length " + message.length();
  }

  private static String meaning(Icmp4Message m) {
    return switch (m.type()) {
      case Icmp4Message.ECHO -> "echo request" + idSequence(m);
      case Icmp4Message.ECHOREPLY -> "echo reply" + idSequence(m);
      case Icmp4Message.UNREACH -> unreachable(m);
      case Icmp4Message.SOURCEQUENCH -> "source quench";
      case Icmp4Message.REDIRECT -> redirect(m);
      case Icmp4Message.ROUTERADVERT -> "router advertisement";
      case Icmp4Message.ROUTERSOLICIT -> "router solicitation";
      case Icmp4Message.TIMXCEED ->
          switch (m.code()) {
            case Icmp4Message.TIMXCEED_INTRANS -> "time exceeded in-transit";
            case Icmp4Message.TIMXCEED_REASS -> "ip reassembly time exceeded";
            default -> "time exceeded-#" + m.code();
          };
      case Icmp4Message.PARAMPROB ->
          m.code() == Icmp4Message.PARAMPROB_ERRATPTR
              ? "parameter problem - octet " + (m.word() >>> 24)
              : "parameter problem - code " + m.code();
      case Icmp4Message.TSTAMP -> "time stamp query" + idSequence(m);
      case Icmp4Message.TSTAMPREPLY -> "time stamp reply" + idSequence(m);
      case Icmp4Message.IREQ -> "information request";
      case Icmp4Message.IREQREPLY -> "information reply";
      case Icmp4Message.MASKREQ -> "address mask request";
      case Icmp4Message.MASKREPLY ->
          "address mask is " + (m.data().length() >= 4 ? Ip4Address.hexMask(mask(m)) : "missing");
      default -> "type-#" + m.type();
    };
  }

  private static String idSequence(Icmp4Message m) {
    return ", id " + m.id() + ", seq " + m.sequence();
  }

  private static int mask(Icmp4Message m) {
    return BigEndian.get32(m.data().toBytes(), 0);
  }

  private static String redirect(Icmp4Message m) {
    String what =
        switch (m.code()) {
          case Icmp4Message.REDIRECT_NET -> " to net ";
          case Icmp4Message.REDIRECT_HOST -> " to host ";
          case Icmp4Message.REDIRECT_TOSNET -> "-tos to net ";
          case Icmp4Message.REDIRECT_TOSHOST -> "-tos to host ";
          default -> "-#" + m.code() + " to ";
        };
    return "redirect " + quotedDestination(m) + what + Ip4Address.toString(m.word());
  }

  private static String unreachable(Icmp4Message m) {
    String host = quotedDestination(m);
    return switch (m.code()) {
      case Icmp4Message.UNREACH_NET -> "net " + host + " unreachable";
      case Icmp4Message.UNREACH_HOST -> "host " + host + " unreachable";
      case Icmp4Message.UNREACH_PROTOCOL -> host + protocol(m) + " unreachable";
      case Icmp4Message.UNREACH_PORT -> host + port(m) + " unreachable";
      case Icmp4Message.UNREACH_NEEDFRAG ->
          host
              + " unreachable - need to frag"
              + ((m.word() & 0xffff) == 0 ? "" : " (mtu " + (m.word() & 0xffff) + ")");
      case Icmp4Message.UNREACH_SRCFAIL -> host + " unreachable - source route failed";
      case Icmp4Message.UNREACH_NET_UNKNOWN -> "net " + host + " unreachable - unknown";
      case Icmp4Message.UNREACH_HOST_UNKNOWN -> "host " + host + " unreachable - unknown";
      case Icmp4Message.UNREACH_ISOLATED -> host + " unreachable - source host isolated";
      case Icmp4Message.UNREACH_NET_PROHIB -> "net " + host + " unreachable - admin prohibited";
      case Icmp4Message.UNREACH_HOST_PROHIB -> "host " + host + " unreachable - admin prohibited";
      case Icmp4Message.UNREACH_TOSNET -> "net " + host + " unreachable - tos prohibited";
      case Icmp4Message.UNREACH_TOSHOST -> "host " + host + " unreachable - tos prohibited";
      case Icmp4Message.UNREACH_FILTER_PROHIB ->
          "host " + host + " unreachable - admin prohibited filter";
      case Icmp4Message.UNREACH_HOST_PRECEDENCE ->
          "host " + host + " unreachable - host precedence violation";
      case Icmp4Message.UNREACH_PRECEDENCE_CUTOFF ->
          "host " + host + " unreachable - precedence cutoff";
      default -> host + " unreachable - #" + m.code();
    };
  }

  private static @Nullable Ip4Header quoted(Icmp4Message m) {
    return Ip4Header.parse(m.data().toBytes(), 0, m.data().length());
  }

  private static String quotedDestination(Icmp4Message m) {
    Ip4Header quoted = quoted(m);
    return quoted == null ? "[|ip]" : quoted.destination().toString();
  }

  private static String protocol(Icmp4Message m) {
    Ip4Header quoted = quoted(m);
    return quoted == null ? "" : " protocol " + quoted.protocol();
  }

  private static String port(Icmp4Message m) {
    Ip4Header quoted = quoted(m);
    if (quoted == null || m.data().length() < quoted.headerLength() + 4) {
      return " port";
    }
    String name =
        switch (quoted.protocol()) {
          case IpProtocol.UDP -> " udp";
          case IpProtocol.TCP -> " tcp";
          default -> "";
        };
    return name + " port " + BigEndian.get16(m.data().toBytes(), quoted.headerLength() + 2);
  }
}
