package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * An ICMPv6 message (RFC 4443), neighbour discovery (RFC 4861) and MLD (RFC 2710, 3810) types
 * included: type, code, checksum, one word, data. The checksum covers a pseudo-header: {@link
 * #emit} needs the two addresses. FreeBSD ancestor: {@code struct icmp6_hdr} of {@code
 * sys/netinet/icmp6.h}.
 *
 * @param type see the constants; 0 to 255
 * @param code 0 to 255
 * @param word bytes 4 to 7: id and sequence, MTU, pointer or flags
 * @param data what follows
 */
public record Icmp6Message(int type, int code, int word, Octets data) {
  /** Bytes of the fixed part. */
  public static final int LENGTH = 8;

  /** Destination unreachable. */
  public static final int UNREACH = 1;

  /** Packet too big; the word is the MTU. */
  public static final int PACKET_TOO_BIG = 2;

  /** Time exceeded. */
  public static final int TIME_EXCEEDED = 3;

  /** Parameter problem; the word is the pointer. */
  public static final int PARAM_PROB = 4;

  /** Echo request. */
  public static final int ECHO_REQUEST = 128;

  /** Echo reply. */
  public static final int ECHO_REPLY = 129;

  /** Multicast listener query. */
  public static final int LISTENER_QUERY = 130;

  /** Multicast listener report, version 1. */
  public static final int LISTENER_REPORT = 131;

  /** Multicast listener done. */
  public static final int LISTENER_DONE = 132;

  /** Router solicitation. */
  public static final int ROUTER_SOLICIT = 133;

  /** Router advertisement. */
  public static final int ROUTER_ADVERT = 134;

  /** Neighbour solicitation. */
  public static final int NEIGHBOR_SOLICIT = 135;

  /** Neighbour advertisement. */
  public static final int NEIGHBOR_ADVERT = 136;

  /** Redirect. */
  public static final int REDIRECT = 137;

  /** Multicast listener report, version 2. */
  public static final int LISTENER_REPORT2 = 143;

  /** Unreachable: no route. */
  public static final int UNREACH_NOROUTE = 0;

  /** Unreachable: forbidden by a filter. */
  public static final int UNREACH_ADMIN = 1;

  /** Unreachable: beyond the scope of the source. */
  public static final int UNREACH_BEYONDSCOPE = 2;

  /** Unreachable: no such neighbour. */
  public static final int UNREACH_ADDR = 3;

  /** Unreachable: nobody at the port. */
  public static final int UNREACH_NOPORT = 4;

  /** Time exceeded: hop limit ran out on the way. */
  public static final int TIME_EXCEED_TRANSIT = 0;

  /** Time exceeded: fragments did not all arrive. */
  public static final int TIME_EXCEED_REASSEMBLY = 1;

  /** Parameter problem: a field has no meaning. */
  public static final int PARAMPROB_HEADER = 0;

  /** Parameter problem: unknown next header. */
  public static final int PARAMPROB_NEXTHEADER = 1;

  /** Parameter problem: unknown option. */
  public static final int PARAMPROB_OPTION = 2;

  /** Rejects a type or code of more than eight bits. */
  public Icmp6Message {
    if ((type | code) >>> 8 != 0) {
      throw new IllegalArgumentException("ICMPv6 type " + type + " code " + code);
    }
  }

  /** Whether {@code length} bytes hold the fixed part. */
  public static Defect check(byte[] buf, int off, int length) {
    return length < LENGTH ? Defect.TOO_SMALL : Defect.NONE;
  }

  /** The type. */
  public static int type(byte[] buf, int off) {
    return buf[off] & 0xff;
  }

  /** Stores the type, not the checksum. */
  public static void putType(byte[] buf, int off, int type) {
    buf[off] = (byte) type;
  }

  /** The code. */
  public static int code(byte[] buf, int off) {
    return buf[off + 1] & 0xff;
  }

  /** Stores the code, not the checksum. */
  public static void putCode(byte[] buf, int off, int code) {
    buf[off + 1] = (byte) code;
  }

  /** The checksum. */
  public static int checksum(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 2);
  }

  /** Stores the checksum. */
  public static void putChecksum(byte[] buf, int off, int checksum) {
    BigEndian.put16(buf, off + 2, checksum);
  }

  /** The second word. */
  public static int word(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 4);
  }

  /** Stores the second word. */
  public static void putWord(byte[] buf, int off, int word) {
    BigEndian.put32(buf, off + 4, word);
  }

  /** Computes and stores the checksum; {@code pseudo} is the pseudo-header's partial sum. */
  public static void fillChecksum(byte[] buf, int off, int pseudo, int length) {
    putChecksum(buf, off, 0);
    int sum = Checksum.add(pseudo, Checksum.sum(buf, off, length));
    putChecksum(buf, off, Checksum.finish(sum));
  }

  /** Whether a message verifies; arguments as of {@link #fillChecksum}. */
  public static boolean verifies(byte[] buf, int off, int pseudo, int length) {
    return Checksum.add(pseudo, Checksum.sum(buf, off, length)) == 0xffff;
  }

  /** Whether the type reports an error: below 128. */
  public static boolean isError(int type) {
    return type < 128;
  }

  /** The message at {@code off}, null if {@link #check} refuses it. */
  public static @Nullable Icmp6Message parse(byte[] buf, int off, int length) {
    if (check(buf, off, length) != Defect.NONE) {
      return null;
    }
    Octets data = Octets.of(buf, off + LENGTH, length - LENGTH);
    return new Icmp6Message(type(buf, off), code(buf, off), word(buf, off), data);
  }

  /** Length of the whole message in bytes. */
  public int length() {
    return LENGTH + data.length();
  }

  /** Writes the message with its checksum for these addresses at {@code off}; its length. */
  public int emit(byte[] buf, int off, Ip6Address source, Ip6Address destination) {
    putType(buf, off, type);
    putCode(buf, off, code);
    putWord(buf, off, word);
    data.emit(buf, off + LENGTH);
    int pseudo =
        Checksum.pseudo6(
            source.hi(),
            source.lo(),
            destination.hi(),
            destination.lo(),
            IpProtocol.ICMPV6,
            length());
    fillChecksum(buf, off, pseudo, length());
    return length();
  }

  /** {@code ICMP6, echo request, id 1, seq 2, length 64}. */
  @Override
  public String toString() {
    return "ICMP6, " + meaning() + ", length " + length();
  }

  private String meaning() {
    String query = ", id " + (word >>> 16) + ", seq " + (word & 0xffff);
    return switch (type) {
      case UNREACH -> "destination unreachable, " + unreachable();
      case PACKET_TOO_BIG -> "packet too big, mtu " + Integer.toUnsignedString(word);
      case TIME_EXCEEDED ->
          code == TIME_EXCEED_TRANSIT ? "time exceeded in-transit" : "time exceeded, code " + code;
      case PARAM_PROB ->
          "parameter problem, code " + code + ", pointer " + Integer.toUnsignedString(word);
      case ECHO_REQUEST -> "echo request" + query;
      case ECHO_REPLY -> "echo reply" + query;
      case LISTENER_QUERY -> "multicast listener query";
      case LISTENER_REPORT -> "multicast listener report";
      case LISTENER_DONE -> "multicast listener done";
      case ROUTER_SOLICIT -> "router solicitation";
      case ROUTER_ADVERT -> "router advertisement";
      case NEIGHBOR_SOLICIT -> "neighbor solicitation, who has " + target();
      case NEIGHBOR_ADVERT -> "neighbor advertisement, tgt is " + target();
      case REDIRECT -> "redirect, " + target();
      case LISTENER_REPORT2 -> "multicast listener report v2";
      default -> "type-#" + type;
    };
  }

  private String unreachable() {
    return switch (code) {
      case UNREACH_NOROUTE -> "no route";
      case UNREACH_ADMIN -> "administratively prohibited";
      case UNREACH_BEYONDSCOPE -> "beyond scope";
      case UNREACH_ADDR -> "address";
      case UNREACH_NOPORT -> "port";
      default -> "code " + code;
    };
  }

  private String target() {
    return data.length() < Ip6Address.LENGTH
        ? "[|icmp6]"
        : Ip6Address.get(data.toBytes(), 0).toString();
  }
}
