package cellblock.inet.raw;

import cellblock.inet.ip.Ip4Output;
import cellblock.inet.pcb.Pcb;
import cellblock.inet.socket.Cmsg;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Defect;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The raw side of one socket (ancestor: rip_send, rip_bind, rip_connect of netinet/raw_ip.c). With
 * IP_HDRINCL the header is the program's, but for length, identification 0, source 0 and the
 * checksum. Threading: turns of the vnet's lane.
 */
final class RawPcb extends Pcb {
  private final RawIp raw;

  RawPcb(Socket socket, RawIp raw) {
    super(socket, raw.ip, raw.table);
    this.raw = raw;
  }

  @Override
  public void bind(IpAddress address, int port) throws ErrnoException {
    checkLocal(address);
    localOnly(address);
  }

  @Override
  public void connect(IpAddress address, int port) throws ErrnoException {
    unconnect(false);
    connectTo(address, 0, false);
  }

  @Override
  public void send(
      byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException { // what control says is not looked at, as in rip_send
    if (to != null && isConnected()) {
      throw new ErrnoException(Errno.EISCONN);
    }
    if (to == null && !isConnected()) {
      throw new ErrnoException(Errno.ENOTCONN);
    }
    int destination = to == null ? foreign4() : ((Ip4Address) to).bits();
    boolean included = has(SocketOption.IP_HDRINCL);
    Mbuf m = included ? included(data, off, len) : build(data, off, len, destination);
    int flags = outputFlags() | (included ? Ip4Output.RAW : 0) | Ip4Output.ALLOWBROADCAST;
    m.fib = fib();
    m.priority = priority();
    Errno error = ip.output.output(m, flags, multicastOptions());
    if (error != null) {
      throw new ErrnoException(error);
    }
  }

  private Mbuf build(byte[] data, int off, int len, int destination) throws ErrnoException {
    byte[] options = ipOptions();
    int header = Ip4Header.LENGTH + options.length;
    if (header + len > Ip4Header.MAXIMUM_PACKET) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    Mbuf m = ip.vnet.mbufs().alloc(header + len);
    System.arraycopy(options, 0, m.buf, m.off + Ip4Header.LENGTH, options.length);
    System.arraycopy(data, off, m.buf, m.off + header, len);
    int protocol = socket.protocol() == 0 ? IpProtocol.RAW : socket.protocol();
    int fragment = has(SocketOption.IP_DONTFRAG) ? Ip4Header.DF : 0;
    Ip4Header.put(m.buf, m.off, tos(), m.len, 0, fragment, ttl(), protocol, local4(), destination);
    Ip4Header.putHeaderLength(m.buf, m.off, header);
    return m;
  }

  private Mbuf included(byte[] data, int off, int len) throws ErrnoException {
    if (len > Ip4Header.MAXIMUM_PACKET) {
      throw new ErrnoException(Errno.EMSGSIZE);
    }
    if (Ip4Header.checkHeader(data, off, len) != Defect.NONE
        || Ip4Header.totalLength(data, off) != len) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Mbuf m = ip.vnet.mbufs().alloc(len);
    System.arraycopy(data, off, m.buf, m.off, len);
    if (Ip4Header.id(m.buf, m.off) == 0) {
      Ip4Header.putId(m.buf, m.off, ip.fillId(Ip4Header.offsetField(m.buf, m.off)));
    }
    if (Ip4Header.source(m.buf, m.off) == 0 && !isAnyLocal()) {
      Ip4Header.putSource(m.buf, m.off, local4());
    }
    ip.stats.rawout++;
    return m;
  }

  @Override
  public void detach() {
    super.detach();
    raw.forget(this);
  }

  @Override
  public String name() {
    return socket.protocol() == IpProtocol.ICMP ? "icm4" : "ip4";
  }
}
