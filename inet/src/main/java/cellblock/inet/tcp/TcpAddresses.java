package cellblock.inet.tcp;

import cellblock.inet.pcb.Pcb;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;

/**
 * What the addresses that a program names mean for its socket: one of IPv6 may turn out to be one
 * of IPv4 (ancestor: tcp_usr_bind, tcp6_usr_bind, tcp6_usr_connect of netinet/tcp_usrreq.c; RFC
 * 3493 section 3.7). Threading: turns of the vnet's lane.
 */
final class TcpAddresses {
  private TcpAddresses() {}

  /**
   * The address to be bound to; the connection has the family that goes with it from now on. An
   * IPv6 socket is bound to one address, of either family, or to all.
   *
   * @throws ErrnoException EAFNOSUPPORT: it is a multicast address
   */
  static IpAddress toBind(Tcb t, IpAddress address) throws ErrnoException {
    if (!(address instanceof Ip6Address six)) {
      return unicast(address);
    }
    if (!t.v6only && six.isV4Mapped()) {
      t.domain(t.tcp.inet, Pcb.INET);
      return unicast(new Ip4Address((int) six.lo()));
    }
    unicast(six);
    if (t.localPort() == 0 && t.isAnyLocal()) {
      t.domain(t.domain, !t.v6only && six.isUnspecified() ? Pcb.INET | Pcb.INET6 : Pcb.INET6);
    }
    return t.domain.key(six);
  }

  /**
   * The peer to connect to; it decides the family.
   *
   * @throws ErrnoException EAFNOSUPPORT: it is a multicast address, or of a family that the socket
   *     is bound not to have; EINVAL: of one that it refuses
   */
  static IpAddress toConnect(Tcb t, IpAddress address) throws ErrnoException {
    if (!(address instanceof Ip6Address six)) {
      return unicast(address);
    }
    if (six.isV4Mapped()) {
      if (t.v6only) {
        throw new ErrnoException(Errno.EINVAL);
      }
      take(t, t.tcp.inet, Pcb.INET);
      return unicast(new Ip4Address((int) six.lo()));
    }
    unicast(six);
    take(t, t.domain, Pcb.INET6);
    IpAddress local = t.localAddress();
    boolean zoneOfOurs = six.isLinkLocal() && six.scopeId() == 0 && local.isLinkLocal();
    return t.domain.key(
        six.isUnspecified()
            ? Ip6Address.LOOPBACK
            : zoneOfOurs ? six.withScope(((Ip6Address) local).scopeId()) : six);
  }

  private static void take(Tcb t, TcpDomain domain, int version) throws ErrnoException {
    if ((t.versions() & version) == 0) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    t.domain(domain, version);
  }

  private static IpAddress unicast(IpAddress address) throws ErrnoException {
    if (address.isMulticast()) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    return address;
  }

  /** The address of a key as the program sees it. */
  static IpAddress shown(Tcb t, long hi, long lo) {
    boolean mapped = t.socket().family() == Family.INET6 && t.domain.version() == Pcb.INET;
    return mapped ? Ip6Address.mapped((int) (hi >>> 32)) : t.domain.address(hi, lo);
  }
}
