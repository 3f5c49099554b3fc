package cellblock.inet.tcp;

import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * What a program may set and read of a stream (ancestor: tcp_ctloutput of netinet/tcp_usrreq.c, and
 * ip6_ctloutput as far as it concerns streams). Times of options are seconds. Errors: EINVAL for a
 * value out of its range or too late in the life of the connection, EPERM for Fast Open where it is
 * switched off, ESRCH and ENOENT for names that nothing bears. Threading: turns of the vnet's lane.
 */
final class TcpSocketOptions {
  private TcpSocketOptions() {}

  /** Sets an option that is TCP's own; false = it is none, and nothing was done. */
  static boolean take(Tcb t, SocketOption option, int value) throws ErrnoException {
    switch (option) {
      case SO_LINGER -> t.so.linger(Math.max(-1, Math.min(value, 32767)));
      case TCP_MAXSEG -> maxSegment(t, value);
      case TCP_KEEPINIT -> t.keepInit = seconds(value);
      case TCP_KEEPIDLE -> {
        t.keepIdle = seconds(value);
        t.timers.keepAlive();
      }
      case TCP_KEEPINTVL -> t.keepInterval = seconds(value);
      case TCP_KEEPCNT -> t.keepCount = positive(value);
      case TCP_MAXUNACKTIME -> t.maxUnacked = value == 0 ? 0 : seconds(value);
      case IPV6_UNICAST_HOPS, IPV6_TCLASS, IPV6_V6ONLY, IPV6_USE_MIN_MTU -> six(t, option, value);
      case TCP_FASTOPEN -> fastOpen(t, value != 0);
      case TCP_REMOTE_UDP_ENCAPS_PORT -> udpPort(t, value);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The value of an option that is TCP's own; null = it is none. */
  static @Nullable Integer get(Tcb t, SocketOption option) {
    return switch (option) {
      case SO_LINGER -> t.so.linger();
      case SO_ACCEPTCONN -> t.state == TcpState.LISTEN ? 1 : 0;
      case TCP_MAXSEG -> t.segmentSize();
      case TCP_KEEPINIT -> inSeconds(t.keepInit);
      case TCP_KEEPIDLE -> inSeconds(t.keepIdle);
      case TCP_KEEPINTVL -> inSeconds(t.keepInterval);
      case TCP_KEEPCNT -> t.keepCount;
      case TCP_MAXUNACKTIME -> inSeconds(t.maxUnacked);
      case IPV6_UNICAST_HOPS -> t.hops < 0 ? t.tcp.inet.ttl(t.fibOf(), 0, 0) : t.hops;
      case TCP_FASTOPEN -> t.fastOpen ? 1 : 0;
      case TCP_REMOTE_UDP_ENCAPS_PORT -> t.udpPort;
      case IPV6_TCLASS -> t.trafficClass;
      case IPV6_V6ONLY -> t.v6only ? 1 : 0;
      case IPV6_USE_MIN_MTU -> t.useMinMtu;
      default -> null;
    };
  }

  /** What follows from an option that every pcb has and that has just been set. */
  static void changed(Tcb t, SocketOption option, int value) {
    switch (option) {
      case SO_OOBINLINE -> t.so.urgentInline(value != 0);
      case SO_KEEPALIVE -> t.timers.keepAlive();
      case TCP_NODELAY, TCP_NOPUSH -> {
        if (t.state.haveEstablished()) {
          t.tcp.output.output(t);
        }
      }
      case TCP_NOOPT -> {
        if (value != 0) {
          t.timestamps = t.scaling = t.sackPermitted = false;
        }
      }
      default -> {}
    }
  }

  private static void maxSegment(Tcb t, int value) throws ErrnoException {
    if (value <= 0 || value > t.maxSeg || value + 40 < t.tcp.settings.minmss.get()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    t.userMss = value;
    t.maxSeg = value;
  }

  private static void udpPort(Tcb t, int value) throws ErrnoException {
    boolean none = value != 0 && t.tcp.settings.udpTunnelingPort.get() == 0;
    if (value < 0 || value > 65535 || none || t.state != TcpState.CLOSED) {
      throw new ErrnoException(Errno.EINVAL);
    }
    t.udpPort = value;
  }

  private static void fastOpen(Tcb t, boolean on) throws ErrnoException {
    if (t.state != TcpState.CLOSED && t.state != TcpState.LISTEN) {
      throw new ErrnoException(Errno.EINVAL);
    }
    boolean serves = t.tcp.settings.fastopenServerEnable.get() != 0;
    boolean allowed =
        t.state == TcpState.LISTEN ? serves : serves || t.tcp.fastOpen.clientEnabled();
    if (on && !allowed) {
      throw new ErrnoException(Errno.EPERM);
    }
    t.fastOpen = on;
  }

  private static void six(Tcb t, SocketOption option, int value) throws ErrnoException {
    if (t.socket().family() != Family.INET6) {
      throw new ErrnoException(Errno.EINVAL);
    }
    switch (option) {
      case IPV6_UNICAST_HOPS -> t.hops = within(value, -1, 255);
      case IPV6_TCLASS -> t.trafficClass = Math.max(0, within(value, -1, 255));
      case IPV6_USE_MIN_MTU -> t.useMinMtu = within(value, -1, 1);
      default -> {
        if (t.localPort() != 0 || !t.isAnyLocal()) {
          throw new ErrnoException(Errno.EINVAL);
        }
        t.v6only(value != 0);
      }
    }
  }

  /** The options that only streams have, of the socket that listened. */
  static void inherit(Tcb t, Tcb listener) {
    t.keepInit = listener.keepInit;
    t.keepIdle = listener.keepIdle;
    t.keepInterval = listener.keepInterval;
    t.keepCount = listener.keepCount;
    t.maxUnacked = listener.maxUnacked;
    t.userMss = listener.userMss;
    t.hops = listener.hops;
    t.trafficClass = listener.trafficClass;
    t.v6only = listener.v6only;
    t.useMinMtu = listener.useMinMtu;
    t.tcp.choice.inherit(t, listener);
    t.so.urgentInline(t.has(SocketOption.SO_OOBINLINE));
    t.so.linger(listener.so.linger());
    t.so.send.limit(listener.so.send.limit());
    t.so.receive.limit(listener.so.receive.limit());
  }

  private static int within(int value, int low, int high) throws ErrnoException {
    if (value < low || value > high) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return value;
  }

  private static int positive(int value) throws ErrnoException {
    return within(value, 1, Integer.MAX_VALUE);
  }

  private static long seconds(int value) throws ErrnoException {
    return positive(value) * 1000L * Tcp.MS;
  }

  private static int inSeconds(long nanos) {
    return (int) (nanos / 1000 / Tcp.MS);
  }
}
