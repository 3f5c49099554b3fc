package cellblock.inet.socket;

import cellblock.inet.mcast.Wanted;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's side of one socket: its pcb (ancestor: struct protosw's pr_* functions).
 * Threading: turns of the vnet's lane.
 */
public interface SocketProtocol {
  /** pr_bind; port 0 lets the protocol choose. */
  void bind(IpAddress address, int port) throws ErrnoException;

  /** pr_connect. */
  void connect(IpAddress address, int port) throws ErrnoException;

  /** pr_disconnect. */
  void disconnect() throws ErrnoException;

  /** pr_listen; streams only. */
  default void listen(int backlog) throws ErrnoException {
    throw new ErrnoException(Errno.EOPNOTSUPP);
  }

  /** pr_accept: a connection that waits, or null; streams only. */
  default @Nullable Socket accept() throws ErrnoException {
    throw new ErrnoException(Errno.EOPNOTSUPP);
  }

  /** The program wrote into the send ring: pr_send of a stream. */
  default void written() {}

  /** The last byte in the send ring is urgent: PRUS_OOB. */
  default void urgent() {}

  /** The program read from the receive ring: pr_rcvd. */
  default void consumed() {}

  /** pr_shutdown of the sending side. */
  default void shutdownSend() {}

  /**
   * pr_close: the program has let go of a stream. The protocol goes on by itself, and ends the
   * socket by {@link Socket#abort} when it is done.
   */
  default void closed() {}

  /** How many connections may wait for accept: so_qlimit; -1 where it does not listen. */
  default int backlog() {
    return -1;
  }

  /** netstat's state of the connection, or null where there is none. */
  default @Nullable String state() {
    return null;
  }

  /** TCP_INFO, or null where there is none. */
  default @Nullable StreamInfo info() {
    return null;
  }

  /** What a connection counted, and its timers; null where there is none. */
  default @Nullable StreamCounts counts() {
    return null;
  }

  /**
   * pr_send of one datagram; {@code to} null = the connected peer.
   *
   * @param control what is said of it alone; mostly nothing
   */
  void send(byte[] data, int off, int len, @Nullable IpAddress to, int port, List<Cmsg> control)
      throws ErrnoException;

  /** pr_ctloutput, PRCO_SETOPT. */
  void setOption(SocketOption option, int value) throws ErrnoException;

  /** pr_ctloutput, PRCO_GETOPT. */
  int getOption(SocketOption option) throws ErrnoException;

  /** Sets an option whose value is a name: TCP_CONGESTION, TCP_FUNCTION_BLK. */
  default void setText(SocketOption option, String value) throws ErrnoException {
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  /** What {@link #setText} sets. */
  default String getText(SocketOption option) throws ErrnoException {
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  /** Sets an option whose value is a run of bytes. */
  default void setBytes(ByteOption option, byte[] value) throws ErrnoException {
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  /** What {@link #setBytes} set; empty where nothing was. */
  default byte[] getBytes(ByteOption option) throws ErrnoException {
    throw new ErrnoException(Errno.ENOPROTOOPT);
  }

  /** IP_OPTIONS: options of every packet sent. */
  void setIpOptions(byte[] options) throws ErrnoException;

  /** Joins, leaves, or filters the sources of a multicast group. */
  void membership(Membership request) throws ErrnoException;

  /** setsourcefilter(3): which senders to a group that was joined are wanted. */
  void sourceFilter(IpAddress group, @Nullable String ifname, Wanted wanted) throws ErrnoException;

  /** getsourcefilter(3). */
  Wanted sourceFilter(IpAddress group, @Nullable String ifname) throws ErrnoException;

  IpAddress localAddress();

  int localPort();

  /** The peer, or null when not connected. */
  @Nullable IpAddress foreignAddress();

  int foreignPort();

  /** pr_abort and pr_detach: leaves groups and tables. Once. */
  void detach();

  /** netstat's name: "udp4", "icm4". */
  String name();
}
