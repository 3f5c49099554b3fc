package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;

/**
 * Addresses as text, with the zone of a link-local one by its interface's name: "fe80::1%epair0a"
 * (ancestor: sa6_embedscope and sa6_recoverscope of netinet6/scope6.c; RFC 4007 section 11).
 * Threading: turns of the vnet's lane.
 */
public final class Zones {
  private Zones() {}

  /**
   * Parses "192.0.2.1", "2001:db8::1" or "fe80::1%epair0a".
   *
   * @throws ErrnoException EINVAL when it is none of them, ENXIO when the zone is no interface here
   */
  public static IpAddress parse(Vnet vnet, String text) throws ErrnoException {
    Ip4Address four = Ip4Address.tryParse(text);
    if (four != null) {
      return four;
    }
    Ip6Address.Zoned six = Ip6Address.tryParse(text);
    if (six == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    String zone = six.zone();
    if (zone == null || zone.isEmpty() || six.address().scopeId() != 0) {
      return six.address();
    }
    return six.address().withScope(Interfaces.of(vnet).named(zone).index());
  }

  /** The way back; a zone that is no interface here stays a number. */
  public static String text(Vnet vnet, IpAddress a) {
    if (!(a instanceof Ip6Address six) || six.scopeId() == 0) {
      return a.toString();
    }
    Ifnet ifp = Interfaces.of(vnet).byIndex(six.scopeId());
    return ifp == null ? six.toString() : six.withScope(0).toString(ifp.name());
  }
}
