package cellblock.control;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the process's vnet, for tools. Addresses are text ("192.0.2.1", "fe80::1%epair0a").
 * Blocking calls may be interrupted (EINTR). A socket keeps the vnet it was made in for life.
 */
public interface SocketPort extends AutoCloseable {
  /** Address family. */
  enum Domain {
    INET,
    INET6
  }

  /** Kind of socket. */
  enum Type {
    DGRAM,
    RAW,
    STREAM
  }

  /**
   * What arrived: {@code data} is the payload; on a raw IPv4 socket it begins with the IP header.
   */
  record Datagram(
      byte[] data,
      String from,
      int port,
      String to,
      int ttl,
      long timestampNanos,
      List<Control> control) {
    /** One of which nothing more was asked. */
    public Datagram(byte[] data, String from, int port, String to, int ttl, long timestampNanos) {
      this(data, from, port, to, ttl, timestampNanos, List.of());
    }
  }

  /**
   * What is said of one datagram besides its data: struct cmsghdr. Received while the option of
   * that name is on (IPV6_RECVPKTINFO for IPV6_PKTINFO, SO_TIMESTAMP for SCM_TIMESTAMP, and so on).
   *
   * @param name FreeBSD's: "IP_RECVDSTADDR", "IPV6_PKTINFO"
   * @param value numbers are four bytes, all in big-endian order; an address is 4 or 16 bytes, the
   *     port behind it two, the interface's index behind it four; times are 8 bytes of seconds and
   *     8 of microseconds; extension headers are whole
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, nobody else holds it
  record Control(String name, byte[] value) {}

  void bind(@Nullable String address, int port) throws KernelError;

  void connect(String address, int port) throws KernelError;

  /** Sends to {@code address} (or to the connected peer when null). Returns bytes sent. */
  int sendTo(byte[] data, int offset, int length, @Nullable String address, int port)
      throws KernelError;

  /** Sends with what is to be said of this datagram alone: sendmsg(2). */
  default int sendTo(
      byte[] data,
      int offset,
      int length,
      @Nullable String address,
      int port,
      List<Control> control)
      throws KernelError {
    throw notStream();
  }

  /** Waits for a datagram; {@code null} when {@code timeout} passes first (null = for ever). */
  @Nullable Datagram receive(@Nullable Duration timeout) throws KernelError, InterruptedException;

  /**
   * Waits for a datagram and copies of it what fits: recv(2). Returns how much that is, -1 when
   * {@code timeout} passes first (null = for ever) or nothing will come any more.
   */
  default int receive(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    Datagram d = receive(timeout);
    if (d == null) {
      return -1;
    }
    int n = Math.min(length, d.data().length);
    System.arraycopy(d.data(), 0, data, offset, n);
    return n;
  }

  /** setsockopt(2) by FreeBSD's names: "IP_TTL", "IP_DONTFRAG", "IP_HDRINCL", "SO_BROADCAST", … */
  void setOption(String name, int value) throws KernelError;

  /** getsockopt(2) of the same. */
  default int getOption(String name) throws KernelError {
    throw notStream();
  }

  /**
   * setsockopt(2) of an option whose value is a run of bytes: "IPV6_PKTINFO", "IPV6_HOPOPTS",
   * "IPV6_RTHDRDSTOPTS", "IPV6_RTHDR", "IPV6_DSTOPTS" (RFC 3542; whole extension headers),
   * "ICMP6_FILTER". Empty takes it away.
   */
  default void setOption(String name, byte[] value) throws KernelError {
    throw notStream();
  }

  /** What can be said of one sender to a multicast group. */
  enum SourceFilter {
    /** MCAST_JOIN_SOURCE_GROUP: this one is wanted. */
    JOIN,
    /** MCAST_LEAVE_SOURCE_GROUP. */
    LEAVE,
    /** MCAST_BLOCK_SOURCE: all but this one are wanted; of a group that was joined. */
    BLOCK,
    /** MCAST_UNBLOCK_SOURCE. */
    UNBLOCK
  }

  /** Asks for the packets of one sender to a group, or for none of them. */
  default void membership(String group, @Nullable String ifname, String source, SourceFilter what)
      throws KernelError {
    throw notStream();
  }

  /**
   * Whose packets to a group are wanted.
   *
   * @param include those of {@code sources} alone; else all but them
   */
  record Wanted(boolean include, List<String> sources) {}

  /** setsourcefilter(3), of a group that was joined. */
  default void sourceFilter(String group, @Nullable String ifname, Wanted wanted)
      throws KernelError {
    throw notStream();
  }

  /** getsourcefilter(3). */
  default Wanted sourceFilter(String group, @Nullable String ifname) throws KernelError {
    throw notStream();
  }

  /** Joins or leaves a multicast group on an interface (null = the one routing chooses). */
  void membership(String group, @Nullable String ifname, boolean join) throws KernelError;

  /** Listens for connections; streams only. */
  default void listen(int backlog) throws KernelError {
    throw notStream();
  }

  /** Waits for a connection; {@code null} when {@code timeout} passes first (null = for ever). */
  default @Nullable SocketPort accept(@Nullable Duration timeout)
      throws KernelError, InterruptedException {
    throw notStream();
  }

  /**
   * Connects a stream and waits for that at most {@code timeout} (null = as long as the protocol
   * tries).
   */
  default void connect(String address, int port, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    connect(address, port);
  }

  /**
   * Reads what is there, waiting for the first byte. Returns its length, -1 at the end of the data,
   * 0 when {@code timeout} passes first (null = for ever).
   */
  default int read(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    throw notStream();
  }

  /** Writes all of it, waiting for room. */
  default void write(byte[] data, int offset, int length) throws KernelError, InterruptedException {
    throw notStream();
  }

  /**
   * Writes what there is room for, waiting at most {@code timeout} for the first byte (null = until
   * all of it is taken). Returns how much was taken, 0 when the time passed first.
   */
  default int write(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    throw notStream();
  }

  /** send(2) with MSG_OOB: the last byte is urgent. Waits for room. */
  default void writeUrgent(byte[] data, int offset, int length)
      throws KernelError, InterruptedException {
    throw notStream();
  }

  /** recv(2) with MSG_OOB: EINVAL without urgent data, EAGAIN while it is under way. */
  default byte readUrgent() throws KernelError {
    throw notStream();
  }

  /** SIOCATMARK: whether the next byte read is the one behind which urgent data lies. */
  default boolean atMark() throws KernelError {
    throw notStream();
  }

  /** What poll(2) can wait for. */
  enum Readiness {
    /** A read, a receive or an accept would not wait. */
    READ,
    /** A write would not wait. */
    WRITE,
    /** Neither direction will ever carry data again, or an error is pending: POLLHUP, POLLERR. */
    HANGUP
  }

  /** That state of this socket, for {@link KernelPort#poll}. */
  default Pollable on(Readiness what) {
    return Pollable.ALWAYS;
  }

  /** shutdown(2). */
  default void shutdown(boolean receiving, boolean sending) throws KernelError {
    throw notStream();
  }

  /** The peer's address, or null where there is none. */
  default @Nullable String foreignAddress() {
    return null;
  }

  /** The peer's port, 0 where there is none. */
  default int foreignPort() {
    return 0;
  }

  private static KernelError notStream() {
    String text = "Operation not supported";
    return new KernelError("EOPNOTSUPP", text, text);
  }

  String localAddress();

  int localPort();

  @Override
  void close();
}
