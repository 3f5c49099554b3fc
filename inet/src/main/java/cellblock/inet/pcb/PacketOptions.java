package cellblock.inet.pcb;

import cellblock.inet.ip6.Ip6Output;
import cellblock.inet.socket.ByteOption;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.CmsgType;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Privilege;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the packets of one socket, or one of them, carry besides their data (ancestor: struct
 * ip6_pktopts, netinet6/ip6_output.c; RFC 3542 section 6). Threading: turns of the vnet's lane.
 */
final class PacketOptions {
  private static final byte[] NOTHING = {};

  /** In the order in which they travel (RFC 8200 section 4.1). */
  private static final List<ByteOption> HEADERS =
      List.of(
          ByteOption.IPV6_HOPOPTS,
          ByteOption.IPV6_RTHDRDSTOPTS,
          ByteOption.IPV6_RTHDR,
          ByteOption.IPV6_DSTOPTS);

  private final Map<ByteOption, byte[]> values = new EnumMap<>(ByteOption.class);
  private int length;
  private int hopLimit = -1;
  private int trafficClass = -1;
  private int fragmentFlags = -1;

  /** These options and what is said of one packet, which goes first: ip6_setpktopts. */
  static PacketOptions of(@Nullable PacketOptions sticky, List<Cmsg> control, Credential credential)
      throws ErrnoException {
    PacketOptions one = new PacketOptions();
    if (sticky != null) {
      one.values.putAll(sticky.values);
    }
    for (Cmsg c : control) {
      switch (c.type()) {
        case IPV6_HOPLIMIT -> one.hopLimit = c.number(-1, 255);
        case IPV6_TCLASS -> one.trafficClass = c.number(-1, 255);
        case IPV6_DONTFRAG -> one.fragment(Ip6Output.DONTFRAG, c.number(0, 1) != 0);
        case IPV6_USE_MIN_MTU -> one.fragment(Ip6Output.MINMTU, c.number(-1, 1) > 0);
        default -> one.set(named(c.type()), c.value(), credential);
      }
    }
    one.measure();
    return one;
  }

  private void fragment(int flag, boolean on) {
    int before = Math.max(fragmentFlags, 0);
    fragmentFlags = on ? before | flag : before & ~flag;
  }

  private static ByteOption named(CmsgType type) throws ErrnoException {
    return switch (type) {
      case IPV6_PKTINFO -> ByteOption.IPV6_PKTINFO;
      case IPV6_NEXTHOP -> ByteOption.IPV6_NEXTHOP;
      case IPV6_HOPOPTS -> ByteOption.IPV6_HOPOPTS;
      case IPV6_RTHDRDSTOPTS -> ByteOption.IPV6_RTHDRDSTOPTS;
      case IPV6_RTHDR -> ByteOption.IPV6_RTHDR;
      case IPV6_DSTOPTS -> ByteOption.IPV6_DSTOPTS;
      default -> throw new ErrnoException(Errno.EINVAL);
    };
  }

  /** The hop limit of the one packet, -1 = as always; likewise the next. */
  public int hopLimit() {
    return hopLimit;
  }

  public int trafficClass() {
    return trafficClass;
  }

  /** Flags of {@link Ip6Output} in the place of the socket's, -1 = those. */
  public int fragmentFlags() {
    return fragmentFlags;
  }

  /** Sets one: EPERM for a header without the privilege; the rest as the next. */
  public void set(ByteOption option, byte[] value, Credential credential) throws ErrnoException {
    if (option != ByteOption.IPV6_PKTINFO && !credential.has(Privilege.RAW)) {
      throw new ErrnoException(Errno.EPERM);
    }
    set(option, value);
  }

  /** Sets one, EINVAL when its form is wrong; an empty value takes it away. */
  private void set(ByteOption option, byte[] value) throws ErrnoException {
    if (value.length == 0) {
      values.remove(option);
    } else {
      check(option, value);
      values.put(option, value);
    }
    measure();
  }

  private void measure() {
    length = 0;
    for (ByteOption h : HEADERS) {
      length += header(h) ? values.getOrDefault(h, NOTHING).length : 0;
    }
  }

  private static void check(ByteOption option, byte[] v) throws ErrnoException {
    boolean right =
        option == ByteOption.IPV6_PKTINFO || option == ByteOption.IPV6_NEXTHOP
            ? v.length == 20
            : v.length >= 8 && v.length == (v[1] & 0xff) + 1 << 3;
    if (right && option == ByteOption.IPV6_RTHDR) {
      int addresses = (v[1] & 0xff) / 2;
      right = v[2] == 0 && v[1] > 0 && v[1] % 2 == 0 && (v[3] & 0xff) == addresses;
    }
    if (right && option == ByteOption.IPV6_NEXTHOP) {
      right = !Ip6Address.isMulticast(BigEndian.get64(v, 0));
    }
    if (!right) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** Destination options for the hops of a routing header mean nothing without one. */
  private boolean header(ByteOption option) {
    return option != ByteOption.IPV6_RTHDRDSTOPTS || values.containsKey(ByteOption.IPV6_RTHDR);
  }

  public byte[] get(ByteOption option) {
    return values.getOrDefault(option, NOTHING);
  }

  /** The source address that IPV6_PKTINFO asks for, or null. */
  public @Nullable Ip6Address source() {
    byte[] v = get(ByteOption.IPV6_PKTINFO);
    if (v.length == 0) {
      return null;
    }
    Ip6Address a = new Ip6Address(BigEndian.get64(v, 0), BigEndian.get64(v, 8), 0);
    return a.isUnspecified() ? null : a;
  }

  /** The interface that IPV6_PKTINFO asks for, or 0. */
  public int ifindex() {
    byte[] v = get(ByteOption.IPV6_PKTINFO);
    return v.length == 0 ? 0 : BigEndian.get32(v, 16);
  }

  /** The neighbour that IPV6_NEXTHOP names, with its zone, or null. */
  public @Nullable Ip6Address nextHop() {
    byte[] v = get(ByteOption.IPV6_NEXTHOP);
    return v.length == 0
        ? null
        : new Ip6Address(BigEndian.get64(v, 0), BigEndian.get64(v, 8), BigEndian.get32(v, 16));
  }

  /** Bytes of extension headers. */
  public int length() {
    return length;
  }

  /**
   * Puts the headers behind the IPv6 header of {@code m}, where there is room for them. What stands
   * in that is the final destination and the upper protocol; a routing header changes the former.
   */
  public void write(Mbuf m) {
    int upper = Ip6Header.nextHeader(m.buf, m.off);
    int field = m.off + 6;
    int at = m.off + Ip6Header.LENGTH;
    for (ByteOption h : HEADERS) {
      byte[] v = header(h) ? get(h) : NOTHING;
      if (v.length > 0) {
        System.arraycopy(v, 0, m.buf, at, v.length);
        m.buf[field] = (byte) number(h);
        if (h == ByteOption.IPV6_RTHDR) {
          route(m, at, v.length);
        }
        field = at;
        at += v.length;
      }
    }
    m.buf[field] = (byte) upper;
  }

  private static int number(ByteOption header) {
    return switch (header) {
      case IPV6_HOPOPTS -> IpProtocol.HOPOPTS;
      case IPV6_RTHDR -> IpProtocol.ROUTING;
      default -> IpProtocol.DSTOPTS;
    };
  }

  /** The first hop becomes the destination, the destination the last of the hops. */
  private static void route(Mbuf m, int at, int length) {
    int first = at + 8;
    long hi = BigEndian.get64(m.buf, first);
    long lo = BigEndian.get64(m.buf, first + 8);
    int rest = length - 8 - Ip6Address.LENGTH;
    System.arraycopy(m.buf, first + Ip6Address.LENGTH, m.buf, first, rest);
    Ip6Address.put(
        m.buf,
        first + rest,
        Ip6Header.destinationHi(m.buf, m.off),
        Ip6Header.destinationLo(m.buf, m.off));
    Ip6Header.putDestination(m.buf, m.off, hi, lo);
  }
}
