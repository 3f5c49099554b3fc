package cellblock.wire;

import java.util.Locale;

/**
 * One line a packet, in tcpdump's words, for traces and test failures. Never throws on any bytes:
 * what is cut off or broken is said in brackets. FreeBSD ancestor: {@code contrib/tcpdump}
 * print-*.c in its terse form.
 */
public final class PacketPrinter {
  private static final int MAXIMUM_NESTING = 8;

  /** How many IP headers deep in a tunnel the printing is. */
  private int nesting;

  private PacketPrinter() {}

  /**
   * An Ethernet frame without its link header: {@code ARP, Request who-has ...}, {@code IP ...}.
   */
  public static String frame(byte[] buf, int off, int length) {
    return new PacketPrinter().frame(buf, off, length, false);
  }

  /** An Ethernet frame with its link header, as {@code tcpdump -e}. */
  public static String frameWithLink(byte[] buf, int off, int length) {
    return new PacketPrinter().frame(buf, off, length, true);
  }

  /** An IP packet of either version. */
  public static String packet(byte[] buf, int off, int length) {
    return new PacketPrinter().any(buf, off, length);
  }

  private String any(byte[] buf, int off, int length) {
    if (++nesting > MAXIMUM_NESTING) {
      return "[more headers], length " + length;
    }
    if (length < 1) {
      return "[|ip]";
    }
    return switch (Ip4Header.version(buf, off)) {
      case Ip4Header.VERSION -> "IP " + packet4(buf, off, length);
      case Ip6Header.VERSION -> "IP6 " + packet6(buf, off, length);
      default -> "IP%d [bad version], length %d".formatted(Ip4Header.version(buf, off), length);
    };
  }

  private String frame(byte[] buf, int off, int length, boolean link) {
    EtherHeader header = EtherHeader.parse(buf, off, length);
    if (header == null) {
      return "[|ether]";
    }
    StringBuilder text = new StringBuilder(128);
    int type = header.type();
    int at = off + EtherHeader.LENGTH;
    if (link) {
      text.append(header).append(", length ").append(length).append(": ");
    }
    while ((type == EtherHeader.TYPE_VLAN || type == EtherHeader.TYPE_QINQ)
        && off + length - at >= EtherHeader.TAG_LENGTH) {
      appendTag(text, BigEndian.get16(buf, at));
      type = BigEndian.get16(buf, at + 2);
      at += EtherHeader.TAG_LENGTH;
    }
    text.append(link ? "" : prefix(type));
    return text.append(payload(type, buf, at, off + length - at)).toString();
  }

  private static void appendTag(StringBuilder text, int tag) {
    text.append("vlan ").append(EtherHeader.vlan(tag));
    text.append(", p ").append(EtherHeader.priority(tag));
    text.append(EtherHeader.dropEligible(tag) == 0 ? ", " : ", DEI, ");
  }

  /** What stands before a payload whose link header is not shown. */
  private static String prefix(int type) {
    return switch (type) {
      case EtherHeader.TYPE_IP -> "IP ";
      case EtherHeader.TYPE_IPV6 -> "IP6 ";
      case EtherHeader.TYPE_ARP -> "ARP, ";
      default -> "";
    };
  }

  private String payload(int type, byte[] buf, int off, int length) {
    return switch (type) {
      case EtherHeader.TYPE_IP -> packet4(buf, off, length);
      case EtherHeader.TYPE_IPV6 -> packet6(buf, off, length);
      case EtherHeader.TYPE_ARP -> arp(buf, off, length);
      default ->
          type < EtherHeader.TYPE_MINIMUM
              ? "802.3, length " + length
              : "ethertype %s (0x%04x), length %d"
                  .formatted(EtherHeader.typeName(type), type, length);
    };
  }

  private static String arp(byte[] buf, int off, int length) {
    ArpPacket packet = ArpPacket.parse(buf, off, length);
    if (packet != null) {
      return packet.toString();
    }
    return "[" + ArpPacket.check(buf, off, length).text() + "], length " + length;
  }

  private String packet4(byte[] buf, int off, int length) {
    Defect defect = Ip4Header.checkHeader(buf, off, length);
    if (defect != Defect.NONE) {
      return "[" + defect.text() + "], length " + length;
    }
    String source = Ip4Address.toString(Ip4Header.source(buf, off));
    String destination = Ip4Address.toString(Ip4Header.destination(buf, off));
    int header = Ip4Header.headerLength(buf, off);
    int total = Ip4Header.totalLength(buf, off);
    if (total < header) {
      return source + " > " + destination + ": [bad length " + total + "]";
    }
    int at = off + header;
    int data = Math.min(total, length) - header;
    int fragment = Ip4Header.fragmentOffset(buf, off);
    String body;
    if (fragment != 0) {
      String name = IpProtocol.name(Ip4Header.protocol(buf, off)).toLowerCase(Locale.ROOT);
      body = source + " > " + destination + ": " + name;
    } else {
      body = upper(Ip4Header.protocol(buf, off), source, destination, buf, at, data);
    }
    String suffix = Ip4Header.isFragment(buf, off) ? fragmentText(buf, off, total - header) : "";
    suffix += total > length ? " [|ip " + (total - length) + " bytes missing]" : "";
    return body + suffix + (Ip4Header.verifies(buf, off) ? "" : " [bad ip cksum]");
  }

  private static String fragmentText(byte[] buf, int off, int data) {
    return " (frag %d:%d@%d%s)"
        .formatted(
            Ip4Header.id(buf, off),
            data,
            Ip4Header.fragmentOffset(buf, off),
            Ip4Header.moreFragments(buf, off) ? "+" : "");
  }

  private String packet6(byte[] buf, int off, int length) {
    Defect defect = Ip6Header.checkHeader(buf, off, length);
    if (defect != Defect.NONE) {
      return "[" + defect.text() + "], length " + length;
    }
    String source = Ip6Address.get(buf, off + 8).toString();
    String destination = Ip6Address.get(buf, off + 24).toString();
    int end = off + Math.min(length, Ip6Header.LENGTH + Ip6Header.payloadLength(buf, off));
    int at = off + Ip6Header.LENGTH;
    int next = Ip6Header.nextHeader(buf, off);
    while (Ip6Header.isExtension(next)) {
      int after = Ip6Header.skip(buf, next, at, end);
      if (after < 0) {
        return source + " > " + destination + ": [|ext " + next + "]";
      }
      if (next == IpProtocol.FRAGMENT) {
        return source + " > " + destination + ": " + fragment6(buf, at, end);
      }
      next = buf[at] & 0xff;
      at = after;
    }
    return upper(next, source, destination, buf, at, end - at);
  }

  private static String fragment6(byte[] buf, int at, int end) {
    int field = BigEndian.get16(buf, at + 2);
    return "frag (0x%08x:%d|%d%s) %s"
        .formatted(
            BigEndian.get32(buf, at + 4),
            field & 0xfff8,
            end - at - Ip6Header.FRAGMENT_LENGTH,
            (field & 1) != 0 ? "+" : "",
            IpProtocol.name(buf[at] & 0xff));
  }

  private String upper(
      int protocol, String source, String destination, byte[] buf, int off, int length) {
    return switch (protocol) {
      case IpProtocol.UDP -> udp(source, destination, buf, off, length);
      case IpProtocol.TCP -> tcp(source, destination, buf, off, length);
      default -> source + " > " + destination + ": " + other(protocol, buf, off, length);
    };
  }

  private String other(int protocol, byte[] buf, int off, int length) {
    Object value =
        switch (protocol) {
          case IpProtocol.ICMP -> Icmp4Message.parse(buf, off, length);
          case IpProtocol.ICMPV6 -> Icmp6Message.parse(buf, off, length);
          case IpProtocol.IGMP -> IgmpMessage.parse(buf, off, length);
          case IpProtocol.IPV4, IpProtocol.IPV6 -> any(buf, off, length);
          default -> "ip-proto-" + protocol + " " + length;
        };
    return value != null
        ? value.toString()
        : IpProtocol.name(protocol) + " [bad], length " + length;
  }

  private static String udp(String source, String destination, byte[] buf, int off, int length) {
    UdpHeader header = UdpHeader.parse(buf, off, length);
    if (header == null) {
      return source + " > " + destination + ": [|udp]";
    }
    String ends = ends(source, header.sourcePort(), destination, header.destinationPort());
    Defect defect = UdpHeader.check(buf, off, length);
    if (defect == Defect.BAD_LENGTH) {
      return ends + "UDP, bad length " + header.length() + " < 8";
    }
    return ends + "UDP, length " + (header.length() - UdpHeader.LENGTH);
  }

  private static String tcp(String source, String destination, byte[] buf, int off, int length) {
    TcpHeader header = TcpHeader.parse(buf, off, length);
    if (header == null) {
      return source + " > " + destination + ": [|tcp]";
    }
    int data = length - header.headerLength();
    return ends(source, header.sourcePort(), destination, header.destinationPort())
        + header
        + ", length "
        + data;
  }

  private static String ends(String source, int from, String destination, int to) {
    return source + "." + from + " > " + destination + "." + to + ": ";
  }
}
