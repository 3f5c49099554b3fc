package cellblock.inet.tcp;

import cellblock.inet.icmp.IcmpLimit;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.Ip4Control;
import cellblock.inet.ip.Ip4Protocol;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.ip6.Ip6Protocol;
import cellblock.inet.socket.ProtoSwitch;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.inet.udp.UdpTunnel;
import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.Declarations;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where TCP of one vnet begins: its rooms are made when the first socket, segment or knob asks for
 * them, so that an idle vnet does not pay for them. Threading: turns of the vnet's lane.
 */
public final class TcpDoor
    implements Ip4Protocol, Ip6Protocol, ProtoSwitch.Attach, UdpTunnel.Guest {
  private final Ip4 ip;
  private final ProtoSwitch sockets;
  private final IcmpLimit limit;
  private @Nullable Tcp tcp;
  private @Nullable Ip6 ip6;

  public TcpDoor(Ip4 ip, ProtoSwitch sockets, IcmpLimit limit) {
    this.ip = ip;
    this.sockets = sockets;
    this.limit = limit;
  }

  /** What all vnets of a machine share: the lists of congestion control and of stacks. */
  public static void declare(Declarations d) {
    d.variable(ModuleList.CC_LIST);
    d.variable(ModuleList.T_FUNCTIONS);
  }

  /** The rooms. */
  public Tcp open() {
    Tcp t = tcp;
    if (t == null) {
      t = new Tcp(ip, new TcpStats(), new TcpSettings(), sockets, limit);
      t.inet6(ip6);
      tcp = t;
    }
    return t;
  }

  /** IPv6 comes, or leaves when null; its sockets are gone then. */
  public void inet6(@Nullable Ip6 with) {
    ip6 = with;
    if (tcp != null) {
      tcp.inet6(with);
    }
  }

  /** tcp_usr_attach. */
  @Override
  public SocketProtocol attach(Socket socket) {
    return open().attach(socket);
  }

  /** Adds the counters to {@code to} by netstat's names. */
  public void list(Map<String, Long> to) {
    (tcp == null ? new TcpStats() : tcp.stats).list(to);
  }

  /** Sets the counters to zero: netstat -z. */
  public void clear() {
    if (tcp != null) {
      tcp.stats.clear();
    }
  }

  /** Lets sockets forget an interface that leaves. */
  public void purge(InIfinfo gone) {
    if (tcp != null) {
      tcp.purge(gone);
    }
  }

  /** A stack is unloaded. */
  void leaveStack(String name) {
    if (tcp != null) {
      tcp.leaveStack(name);
    }
  }

  /** The shutdown stage. */
  public void stop() {
    if (tcp != null) {
      tcp.stop();
    }
  }

  @Override
  public void input(Mbuf m, int headerLength, InIfinfo in) {
    open().input(m, headerLength, in);
  }

  @Override
  public void control(Ip4Control what, Mbuf m, int quoted, int quotedLength, int mtu) {
    if (tcp != null) {
      tcp.control(what, m, quoted, quotedLength, mtu);
    }
  }

  @Override
  public void input(Mbuf m, int header, int protocol, In6Ifinfo in) {
    open().input(m, header, protocol, in);
  }

  @Override
  public void control(@Nullable Errno error, Mbuf m, int quoted, int upper, int mtu, In6Ifinfo in) {
    if (tcp != null) {
      tcp.control(error, m, quoted, upper, mtu, in);
    }
  }

  @Override
  public void tunneled(Mbuf m, int header, int fromPort, @Nullable In6Ifinfo in) {
    open().tunneled(m, header, fromPort, in);
  }

  @Override
  public void tunneledError(
      Errno error, Mbuf m, int quoted, int at, int toPort, int mtu, @Nullable In6Ifinfo in) {
    if (tcp != null) {
      tcp.tunneledError(error, m, quoted, at, toPort, mtu, in);
    }
  }
}
