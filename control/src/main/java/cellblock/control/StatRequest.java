package cellblock.control;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counters: netstat -s, -m, -i, sockets: netstat -an. */
public sealed interface StatRequest<R> extends Request<R> {
  /**
   * The counters of one protocol ("ip", "icmp", "igmp", "udp", "arp", "ip6", …) of the process's
   * vnet by FreeBSD's libxo names without dashes changed ("received-packets"), in netstat's order.
   * Histograms are entries "input-histogram/echo". {@code reset} is netstat -z.
   */
  record Protocol(String protocol, boolean reset) implements StatRequest<Map<String, Long>> {}

  /**
   * The counters of "ip6" or "icmp6" on one interface, by FreeBSD's libxo names; empty where the
   * protocol is not attached or keeps none.
   */
  record OnInterface(String protocol, String ifname) implements StatRequest<Map<String, Long>> {}

  /** The protocols that have counters, in netstat's order. */
  record Protocols() implements StatRequest<List<String>> {}

  /** Every drop reason counted so far in the process's vnet: name to count. */
  record Drops() implements StatRequest<Map<String, Long>> {}

  /** The sockets of the vnet: netstat -a, sockstat. */
  record Sockets() implements StatRequest<List<SocketInfo>> {}

  /** mbuf pools: netstat -m. */
  record Mbufs() implements StatRequest<Map<String, Long>> {}

  /**
   * Reads any virtualised variable of any vnet by name; owner of the kernel only (libkvm's way).
   */
  record VnetVariable(String jail, String name) implements StatRequest<String> {}

  /**
   * The connections that wait for accept at a listening socket, those not complete, and how many it
   * takes.
   */
  record Listening(int complete, int incomplete, int limit) {}

  /** One direction's buffer: bytes it takes, bytes of memory in use, the most of those. */
  record Buffer(int highWater, int lowWater, int storage, int mostStorage) {}

  /**
   * What a TCP connection counted, and its timers in milliseconds, 0 = does not run.
   *
   * @param idle milliseconds since something came
   */
  record TcpDetail(
      int retransmitted,
      int outOfOrder,
      int zeroWindows,
      long rexmt,
      long persist,
      long keep,
      long msl2,
      long delack,
      long idle) {}

  /** One socket in depth: netstat -x, -T; {@code tcp} is null for other protocols. */
  record Detail(Buffer receive, Buffer send, @Nullable TcpDetail tcp) {}

  /** One socket; {@code listening} is null for one that does not listen. */
  record SocketInfo(
      String protocol,
      String localAddress,
      int localPort,
      @Nullable String foreignAddress,
      int foreignPort,
      @Nullable String state,
      int receiveQueue,
      int sendQueue,
      int pid,
      String command,
      int jid,
      @Nullable Listening listening,
      @Nullable Detail detail) {

    /** One that does not listen. */
    public SocketInfo(
        String protocol,
        String localAddress,
        int localPort,
        @Nullable String foreignAddress,
        int foreignPort,
        @Nullable String state,
        int receiveQueue,
        int sendQueue,
        int pid,
        String command,
        int jid) {
      this(
          protocol,
          localAddress,
          localPort,
          foreignAddress,
          foreignPort,
          state,
          receiveQueue,
          sendQueue,
          pid,
          command,
          jid,
          null,
          null);
    }
  }
}
