package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One item of what is sent or received with a datagram (ancestor: struct cmsghdr, and for the
 * received ones ip_savecontrol and ip6_savecontrol).
 *
 * @param type what it is
 * @param value its bytes, as {@link CmsgType} tells
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, nobody else holds it
public record Cmsg(CmsgType type, byte[] value) {
  /** One whose value is a number. */
  public static Cmsg of(CmsgType type, int number) {
    byte[] value = new byte[4];
    BigEndian.put32(value, 0, number);
    return new Cmsg(type, value);
  }

  /** One whose value is an address. */
  public static Cmsg of(CmsgType type, IpAddress address) {
    return new Cmsg(type, address.bytes());
  }

  /** One whose value is an address and what follows it, four bytes. */
  public static Cmsg of(CmsgType type, IpAddress address, int more) {
    byte[] a = address.bytes();
    byte[] value = Arrays.copyOf(a, a.length + 4);
    BigEndian.put32(value, a.length, more);
    return new Cmsg(type, value);
  }

  /** The number that it is: EINVAL where it is none from {@code low} to {@code high}. */
  public int number(int low, int high) throws ErrnoException {
    int n = value.length == 4 ? BigEndian.get32(value, 0) : low - 1;
    if (n < low || n > high) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return n;
  }

  /**
   * What was asked for of a packet that came.
   *
   * @param asked bits of {@link CmsgType}
   * @param d the datagram
   * @param headers the extension headers behind an IPv6 header, from {@code off} on
   * @param first what the first of them is
   */
  static List<Cmsg> received(int asked, Datagram d, byte[] headers, int off, int len, int first) {
    List<Cmsg> all = new ArrayList<>(4);
    boolean four = d.to() instanceof Ip4Address;
    add(all, asked, CmsgType.SCM_TIMESTAMP, nanos(d.nanos()));
    if (four) {
      add(all, asked, CmsgType.IP_RECVDSTADDR, d.to().bytes());
      add(all, asked, CmsgType.IP_RECVIF, number(d.ifindex()));
      add(all, asked, CmsgType.IP_RECVTTL, number(d.ttl()));
      add(all, asked, CmsgType.IP_RECVTOS, number(d.tos()));
      add(all, asked, CmsgType.IP_ORIGDSTADDR, withPort(d));
      return all;
    }
    add(all, asked, CmsgType.IPV6_PKTINFO, of(CmsgType.IPV6_PKTINFO, d.to(), d.ifindex()).value);
    add(all, asked, CmsgType.IPV6_HOPLIMIT, number(d.ttl()));
    add(all, asked, CmsgType.IPV6_TCLASS, number(d.tos()));
    headers(all, asked, headers, off, off + len, first);
    add(all, asked, CmsgType.IPV6_ORIGDSTADDR, withPort(d));
    return all;
  }

  private static void add(List<Cmsg> all, int asked, CmsgType type, byte[] value) {
    if ((asked & type.bit()) != 0) {
      all.add(new Cmsg(type, value));
    }
  }

  private static byte[] number(int n) {
    byte[] value = new byte[4];
    BigEndian.put32(value, 0, n);
    return value;
  }

  private static byte[] nanos(long n) {
    byte[] value = new byte[8];
    BigEndian.put64(value, 0, n);
    return value;
  }

  private static byte[] withPort(Datagram d) {
    byte[] a = d.to().bytes();
    byte[] value = Arrays.copyOf(a, a.length + 2);
    BigEndian.put16(value, a.length, d.toPort());
    return value;
  }

  private static void headers(List<Cmsg> all, int asked, byte[] buf, int from, int end, int first) {
    int next = first;
    int at = from;
    while (at + 8 <= end) {
      int length = next == IpProtocol.FRAGMENT ? 8 : (buf[at + 1] & 0xff) + 1 << 3;
      CmsgType type = headerType(next);
      if (type != null && at + length <= end) {
        add(all, asked, type, Arrays.copyOfRange(buf, at, at + length));
      }
      next = buf[at] & 0xff;
      at += length;
    }
  }

  private static @Nullable CmsgType headerType(int next) {
    return switch (next) {
      case IpProtocol.HOPOPTS -> CmsgType.IPV6_HOPOPTS;
      case IpProtocol.ROUTING -> CmsgType.IPV6_RTHDR;
      case IpProtocol.DSTOPTS -> CmsgType.IPV6_DSTOPTS;
      default -> null;
    };
  }
}
