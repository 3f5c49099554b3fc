package cellblock.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ICMP message for IPv4 (RFC 792, 950, 1122, 1191, 1256, 1812): type, code, checksum, one word
 * whose meaning the type decides, data. The value holds no checksum: {@link #emit} computes it.
 * FreeBSD ancestor: {@code struct icmp} and ICMP_ constants of {@code sys/netinet/ip_icmp.h}.
 *
 * @param type see the constants; 0 to 255
 * @param code 0 to 255
 * @param word bytes 4 to 7: id and sequence, gateway, pointer or next-hop MTU
 * @param data what follows: echoed bytes, or the start of the packet that failed
 */
public record Icmp4Message(int type, int code, int word, Octets data) {
  /** Bytes of the fixed part. */
  public static final int LENGTH = 8;

  /** Echo reply. */
  public static final int ECHOREPLY = 0;

  /** Destination unreachable. */
  public static final int UNREACH = 3;

  /** Source quench; obsolete. */
  public static final int SOURCEQUENCH = 4;

  /** Redirect: use another router. */
  public static final int REDIRECT = 5;

  /** Echo request. */
  public static final int ECHO = 8;

  /** Router advertisement. */
  public static final int ROUTERADVERT = 9;

  /** Router solicitation. */
  public static final int ROUTERSOLICIT = 10;

  /** Time exceeded. */
  public static final int TIMXCEED = 11;

  /** Parameter problem. */
  public static final int PARAMPROB = 12;

  /** Timestamp request. */
  public static final int TSTAMP = 13;

  /** Timestamp reply. */
  public static final int TSTAMPREPLY = 14;

  /** Information request; obsolete. */
  public static final int IREQ = 15;

  /** Information reply; obsolete. */
  public static final int IREQREPLY = 16;

  /** Address mask request. */
  public static final int MASKREQ = 17;

  /** Address mask reply. */
  public static final int MASKREPLY = 18;

  /** Largest type that has a counter (ICMP_MAXTYPE). */
  public static final int MAXTYPE = 40;

  /** Unreachable: bad network. */
  public static final int UNREACH_NET = 0;

  /** Unreachable: bad host. */
  public static final int UNREACH_HOST = 1;

  /** Unreachable: no such protocol. */
  public static final int UNREACH_PROTOCOL = 2;

  /** Unreachable: nobody at the port. */
  public static final int UNREACH_PORT = 3;

  /** Unreachable: larger than the link and DF set; the word holds the next-hop MTU. */
  public static final int UNREACH_NEEDFRAG = 4;

  /** Unreachable: source route failed. */
  public static final int UNREACH_SRCFAIL = 5;

  /** Unreachable: unknown network. */
  public static final int UNREACH_NET_UNKNOWN = 6;

  /** Unreachable: unknown host. */
  public static final int UNREACH_HOST_UNKNOWN = 7;

  /** Unreachable: source host isolated. */
  public static final int UNREACH_ISOLATED = 8;

  /** Unreachable: network prohibited. */
  public static final int UNREACH_NET_PROHIB = 9;

  /** Unreachable: host prohibited. */
  public static final int UNREACH_HOST_PROHIB = 10;

  /** Unreachable: network, for this type of service. */
  public static final int UNREACH_TOSNET = 11;

  /** Unreachable: host, for this type of service. */
  public static final int UNREACH_TOSHOST = 12;

  /** Unreachable: a filter forbids it. */
  public static final int UNREACH_FILTER_PROHIB = 13;

  /** Unreachable: host precedence violation. */
  public static final int UNREACH_HOST_PRECEDENCE = 14;

  /** Unreachable: precedence cut off. */
  public static final int UNREACH_PRECEDENCE_CUTOFF = 15;

  /** Redirect for the network. */
  public static final int REDIRECT_NET = 0;

  /** Redirect for the host. */
  public static final int REDIRECT_HOST = 1;

  /** Redirect for type of service and network. */
  public static final int REDIRECT_TOSNET = 2;

  /** Redirect for type of service and host. */
  public static final int REDIRECT_TOSHOST = 3;

  /** Time exceeded: time to live ran out on the way. */
  public static final int TIMXCEED_INTRANS = 0;

  /** Time exceeded: fragments did not all arrive. */
  public static final int TIMXCEED_REASS = 1;

  /** Parameter problem: the pointer says where. */
  public static final int PARAMPROB_ERRATPTR = 0;

  /** Parameter problem: a required option is absent. */
  public static final int PARAMPROB_OPTABSENT = 1;

  /** Parameter problem: bad length. */
  public static final int PARAMPROB_LENGTH = 2;

  private static final List<String> NAMES =
      List.of(
          ("echo reply|#1|#2|destination unreachable|source quench|routing redirect|#6|#7|echo|"
                  + "router advertisement|router solicitation|time exceeded|parameter problem|"
                  + "time stamp|time stamp reply|information request|information request reply|"
                  + "address mask request|address mask reply|#19|#20|#21|#22|#23|#24|#25|#26|#27|"
                  + "#28|#29|icmp traceroute|datagram conversion error|mobile host redirect|"
                  + "IPv6 where-are-you|IPv6 i-am-here|mobile registration req|"
                  + "mobile registration reply|domain name request|domain name reply|icmp SKIP|"
                  + "icmp photuris")
              .split("\\|"));

  /** Rejects a type or code of more than eight bits. */
  public Icmp4Message {
    if ((type | code) >>> 8 != 0) {
      throw new IllegalArgumentException("ICMP type " + type + " code " + code);
    }
  }

  /** An echo request or reply. */
  public static Icmp4Message echo(int type, int id, int sequence, Octets data) {
    return new Icmp4Message(type, 0, id << 16 | sequence & 0xffff, data);
  }

  /** Whether {@code length} bytes hold the fixed part (ICMP_MINLEN). */
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

  /** Computes and stores the checksum over a message of {@code length} bytes. */
  public static void fillChecksum(byte[] buf, int off, int length) {
    putChecksum(buf, off, 0);
    putChecksum(buf, off, Checksum.of(buf, off, length));
  }

  /** Whether a message of {@code length} bytes verifies. */
  public static boolean verifies(byte[] buf, int off, int length) {
    return Checksum.verifies(buf, off, length);
  }

  /** The second word as it is: gateway address, or unused. */
  public static int word(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 4);
  }

  /** Stores the second word. */
  public static void putWord(byte[] buf, int off, int word) {
    BigEndian.put32(buf, off + 4, word);
  }

  /** Gateway of a redirect, address bits. */
  public static int gateway(byte[] buf, int off) {
    return word(buf, off);
  }

  /** Identifier of a query. */
  public static int id(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 4);
  }

  /** Stores the identifier. */
  public static void putId(byte[] buf, int off, int id) {
    BigEndian.put16(buf, off + 4, id);
  }

  /** Sequence number of a query. */
  public static int sequence(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 6);
  }

  /** Stores the sequence number. */
  public static void putSequence(byte[] buf, int off, int sequence) {
    BigEndian.put16(buf, off + 6, sequence);
  }

  /** Next-hop MTU of "fragmentation needed" (RFC 1191); 0 from old routers. */
  public static int nextHopMtu(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 6);
  }

  /** Pointer of a parameter problem: byte of the quoted packet. */
  public static int pointer(byte[] buf, int off) {
    return buf[off + 4] & 0xff;
  }

  /** Whether the type reports an error and so must never be answered by one (RFC 1122 3.2.2). */
  public static boolean isError(int type) {
    return type == UNREACH
        || type == SOURCEQUENCH
        || type == REDIRECT
        || type == TIMXCEED
        || type == PARAMPROB;
  }

  /** Whether the type asks or answers (ICMP_INFOTYPE). */
  public static boolean isQuery(int type) {
    return type == ECHOREPLY
        || type == ECHO
        || type >= ROUTERADVERT && type <= ROUTERSOLICIT
        || type >= TSTAMP && type <= MASKREPLY;
  }

  /**
   * The name in netstat's histograms: {@code echo}, {@code destination unreachable}, {@code #6}.
   */
  public static String typeName(int type) {
    return type >= 0 && type <= MAXTYPE ? NAMES.get(type) : "unknown ICMP #" + type;
  }

  /** The message at {@code off}, null if {@link #check} refuses it. */
  public static @Nullable Icmp4Message parse(byte[] buf, int off, int length) {
    if (check(buf, off, length) != Defect.NONE) {
      return null;
    }
    Octets data = Octets.of(buf, off + LENGTH, length - LENGTH);
    return new Icmp4Message(type(buf, off), code(buf, off), word(buf, off), data);
  }

  /** Length of the whole message in bytes. */
  public int length() {
    return LENGTH + data.length();
  }

  /** Identifier of a query. */
  public int id() {
    return word >>> 16;
  }

  /** Sequence number of a query. */
  public int sequence() {
    return word & 0xffff;
  }

  /** Writes the message with its checksum at {@code off}; returns its length. */
  public int emit(byte[] buf, int off) {
    putType(buf, off, type);
    putCode(buf, off, code);
    putWord(buf, off, word);
    data.emit(buf, off + LENGTH);
    fillChecksum(buf, off, length());
    return length();
  }

  /** {@code ICMP echo request, id 1, seq 2, length 64}. */
  @Override
  public String toString() {
    return Icmp4Text.of(this);
  }
}
