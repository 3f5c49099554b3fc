package cellblock.inet.raw;

import cellblock.inet.pcb.Pcb6;
import cellblock.inet.socket.ByteOption;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.BigEndian;
import cellblock.wire.Checksum;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The raw side of one IPv6 socket (ancestor: rip6_send, rip6_bind, rip6_connect of
 * netinet6/raw_ip6.c). ICMPv6's checksum is always the kernel's. Threading: the vnet's lane.
 */
final class Raw6Pcb extends Pcb6 {
  private static final int ICMP6_CHECKSUM = 2;
  private static final int FILTER_LENGTH = 32;

  private final RawIp6 raw;
  private int checksumOffset = -1;
  private byte @Nullable [] filter;

  Raw6Pcb(Socket socket, RawIp6 raw) {
    super(socket, raw.ip, raw.ip6, raw.table);
    this.raw = raw;
  }

  @Override
  public void bind(IpAddress address, int port) throws ErrnoException {
    checkLocal(address);
    Ip6Address a = address instanceof Ip6Address six ? six : Ip6Address.ANY;
    localOnly(a);
    localZone(a);
  }

  @Override
  public void connect(IpAddress address, int port) throws ErrnoException {
    unconnect(false);
    connectTo(address, 0, false);
  }

  @Override
  public void send(
      byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException {
    saying(control);
    try {
      send(data, off, len, to);
    } finally {
      saidAll();
    }
  }

  private void send(byte[] data, int off, int len, @Nullable IpAddress to) throws ErrnoException {
    if (to != null && isConnected()) {
      throw new ErrnoException(Errno.EISCONN);
    }
    IpAddress peer = to == null ? foreignAddress() : to;
    if (peer == null) {
      throw new ErrnoException(Errno.ENOTCONN);
    }
    if (!(peer instanceof Ip6Address destination)) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    if (len > 0xffff) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    IpAddress source = sourceTo(destination);
    int protocol = socket.protocol() == 0 ? IpProtocol.RAW : socket.protocol();
    checkRoom(protocol, len);
    int headers = Ip6Header.LENGTH + extensions();
    Mbuf m = ip6.vnet.mbufs().alloc(headers + len);
    int at = m.off + headers;
    System.arraycopy(data, off, m.buf, at, len);
    Ip6Header.putFlow(m.buf, m.off, trafficClass(), 0);
    Ip6Header.putPayloadLength(m.buf, m.off, len);
    Ip6Header.putNextHeader(m.buf, m.off, protocol);
    Ip6Header.putHopLimit(m.buf, m.off, hopsTo(destination));
    Ip6Header.putSource(m.buf, m.off, source.hi(), source.lo());
    Ip6Header.putDestination(m.buf, m.off, destination.hi(), destination.lo());
    int field = checksumAt(protocol);
    if (field >= 0) {
      BigEndian.put16(m.buf, at + field, 0);
      int pseudo = Ip6Header.pseudo(m.buf, m.off, protocol, len);
      int sum = Checksum.finish(Checksum.add(pseudo, Checksum.sum(m.buf, at, len)));
      BigEndian.put16(m.buf, at + field, sum);
    }
    extend(m);
    m.fib = fib();
    m.priority = priority();
    ip6.stats.rawout++;
    transmit(m, destination);
  }

  // ---- options ----

  /** Where the kernel's checksum stands in what is sent and taken; -1 = nowhere. */
  private int checksumAt(int protocol) {
    return protocol == IpProtocol.ICMPV6 ? ICMP6_CHECKSUM : checksumOffset;
  }

  private void checkRoom(int protocol, int len) throws ErrnoException {
    int field = checksumAt(protocol);
    if (field >= 0 && field + 2 > len) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  public void setOption(SocketOption option, int value) throws ErrnoException {
    if (option != SocketOption.IPV6_CHECKSUM) {
      super.setOption(option, value);
      return;
    }
    boolean icmp = socket.protocol() == IpProtocol.ICMPV6;
    if (icmp ? value != ICMP6_CHECKSUM : value < -1 || value > 0 && value % 2 != 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    checksumOffset = icmp ? -1 : value;
  }

  @Override
  public int getOption(SocketOption option) throws ErrnoException {
    return option == SocketOption.IPV6_CHECKSUM
        ? checksumAt(socket.protocol())
        : super.getOption(option);
  }

  @Override
  public void setBytes(ByteOption option, byte[] value) throws ErrnoException {
    if (option != ByteOption.ICMP6_FILTER || socket.protocol() != IpProtocol.ICMPV6) {
      super.setBytes(option, value);
      return;
    }
    if (value.length != FILTER_LENGTH) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    filter = value;
  }

  @Override
  public byte[] getBytes(ByteOption option) throws ErrnoException {
    boolean ours = option == ByteOption.ICMP6_FILTER && socket.protocol() == IpProtocol.ICMPV6;
    return ours ? filter == null ? allTypes() : filter : super.getBytes(option);
  }

  private static byte[] allTypes() {
    byte[] all = new byte[FILTER_LENGTH];
    java.util.Arrays.fill(all, (byte) 0xff);
    return all;
  }

  /** Whether what is behind the headers is wanted: its type of ICMPv6, and its checksum. */
  boolean takes(Mbuf m, int header, int protocol) {
    int len = m.len - header;
    byte[] types = filter;
    if (types != null && protocol == IpProtocol.ICMPV6 && len > 0) {
      int type = m.buf[m.off + header] & 0xff;
      return (types[type >> 3] & 1 << (type & 7)) != 0;
    }
    if (checksumOffset < 0 || protocol == IpProtocol.ICMPV6) {
      return true;
    }
    int pseudo = Ip6Header.pseudo(m.buf, m.off, protocol, len);
    return checksumOffset + 2 <= len
        && Checksum.add(pseudo, Checksum.sum(m.buf, m.off + header, len)) == 0xffff;
  }

  @Override
  public void detach() {
    super.detach();
    raw.forget(this);
  }

  @Override
  public String name() {
    return socket.protocol() == IpProtocol.ICMPV6 ? "icm6" : "ip6";
  }
}
