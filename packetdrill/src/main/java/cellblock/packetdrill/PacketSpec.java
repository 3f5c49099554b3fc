package cellblock.packetdrill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet as a script writes it. Immutable.
 *
 * @param outbound the stack sends it; else the runner does
 * @param ip what the script says of the IP header
 * @param body the transport's part
 */
record PacketSpec(boolean outbound, IpSpec ip, Body body) implements Event.Action {
  /** How much of the traffic class a script says. */
  enum TosCheck {
    NONE,
    ECN,
    /** Either of the two ECT code points. */
    ECT01,
    DSCP,
    DSCP_ECT01,
    ALL
  }

  /**
   * The IP header.
   *
   * @param tos traffic class, as far as {@code check} goes
   * @param ttl or hop limit; -1 = not said
   * @param flowLabel -1 = not said
   */
  record IpSpec(TosCheck check, int tos, int ttl, int flowLabel) {
    static final IpSpec NONE = new IpSpec(TosCheck.NONE, 0, -1, -1);
  }

  /** Ports of an encapsulation in UDP, or of a packet. */
  record Ports(int source, int destination) {}

  /** What IP carries. */
  sealed interface Body permits Tcp, Udp, Icmp {}

  /**
   * A segment.
   *
   * @param flags bits of TcpHeader
   * @param ace the flags E, W, A were given as a number
   * @param seq ignored where {@code anySeq}
   * @param absoluteSeq not moved by the initial sequence number: {@code !}
   * @param window -1 = not said
   * @param options null = not checked
   * @param encaps null = plain
   */
  record Tcp(
      @Nullable Ports ports,
      int flags,
      boolean ace,
      long seq,
      boolean absoluteSeq,
      boolean anySeq,
      int length,
      long ack,
      int window,
      int urgent,
      @Nullable List<Option> options,
      @Nullable Ports encaps)
      implements Body {}

  /** A datagram. */
  record Udp(@Nullable Ports ports, int length) implements Body {}

  /**
   * An ICMP or ICMPv6 message.
   *
   * @param mtu -1 = not said
   * @param quotedUdp the quoted packet is a datagram
   * @param seq of the quoted segment
   */
  record Icmp(
      int line,
      int column,
      String type,
      @Nullable String code,
      long mtu,
      int id,
      boolean quotes,
      boolean quotedUdp,
      long seq,
      int length,
      @Nullable Ports encaps)
      implements Body {}

  /** An option of a segment: bytes, and what cannot be known before it is sent. */
  sealed interface Option {
    /** Kind, length and value as they stand on the wire. */
    record Raw(byte[] bytes) implements Option {
      int kind() {
        return bytes[0] & 0xff;
      }
    }

    /** Blocks in the script's numbers. */
    record Sack(List<long[]> blocks) implements Option {}

    /**
     * A timestamp.
     *
     * @param anyValue the value is not remembered nor compared
     * @param absoluteEcho the echo is taken as it stands
     */
    record Timestamp(long value, boolean anyValue, long echo, boolean absoluteEcho)
        implements Option {}

    /** A digest that must be the right one. */
    record Md5Valid() implements Option {}
  }
}
