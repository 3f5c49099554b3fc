package cellblock.inet.ip;

import cellblock.kern.errno.Errno;
import org.jspecify.annotations.Nullable;

/**
 * What an ICMP error means for the sockets that it concerns (ancestor: PRC_* of sys/protosw.h and
 * inetctlerrmap, now icmp_errmap).
 */
public enum Ip4Control {
  MSGSIZE(Errno.EMSGSIZE),
  UNREACH_NET(Errno.EHOSTUNREACH),
  UNREACH_HOST(Errno.EHOSTUNREACH),
  UNREACH_PORT(Errno.ECONNREFUSED),
  UNREACH_PROTOCOL(Errno.ECONNREFUSED),
  UNREACH_ADMIN(Errno.ECONNREFUSED),
  UNREACH_SRCFAIL(Errno.EHOSTUNREACH),
  TIMXCEED_INTRANS(Errno.EHOSTUNREACH),
  TIMXCEED_REASS(null),
  PARAMPROB(Errno.ENOPROTOOPT),
  QUENCH(null),
  REDIRECT(null);

  private final @Nullable Errno errno;

  Ip4Control(@Nullable Errno errno) {
    this.errno = errno;
  }

  /** What the socket is told, or null for nothing. */
  public @Nullable Errno errno() {
    return errno;
  }
}
