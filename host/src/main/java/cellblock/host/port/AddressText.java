package cellblock.host.port;

import cellblock.inet.Inet6;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Zones;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;

/** Addresses as the control plane writes them. In a turn of the vnet's lane, for zones. */
final class AddressText {
  private AddressText() {}

  /** IPv6 of a vnet: EAFNOSUPPORT where the module is not loaded. */
  static Inet6 inet6(Vnet vnet) throws ErrnoException {
    if (!vnet.has(Inet6.V_INET6)) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    return Inet6.of(vnet);
  }

  /**
   * Parses "192.0.2.1", "2001:db8::1" or "fe80::1%epair0a".
   *
   * @throws ErrnoException EINVAL when it is none of them, ENXIO when the zone is no interface here
   */
  static IpAddress parse(Vnet vnet, String text) throws ErrnoException {
    return Zones.parse(vnet, text);
  }

  /** An address with the name of its zone: "fe80::1%epair0a". */
  static String of(Vnet vnet, IpAddress a) {
    return Zones.text(vnet, a);
  }

  /** An IPv4 address, or EINVAL. */
  static Ip4Address four(String text) throws ErrnoException {
    Ip4Address a = Ip4Address.tryParse(text);
    if (a == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return a;
  }
}
