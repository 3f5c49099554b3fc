package cellblock.host.port;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.inet.Inet;
import cellblock.inet.ip.InAddress;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses of interfaces: adding, deleting, telling. In turns of the vnet's lane. */
final class Addresses {
  private Addresses() {}

  static void add(Vnet vnet, Ifnet ifp, IfRequest.AddAddress r) throws ErrnoException {
    Ip4Address address = inet(AddressText.parse(vnet, r.address()));
    Inet.of(vnet)
        .control
        .add(ifp, address, r.prefixLength(), four(r.broadcast()), four(r.destination()), r.alias());
  }

  static void delete(Vnet vnet, Ifnet ifp, IfRequest.DeleteAddress r) throws ErrnoException {
    if (!r.family().equals("inet")) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    Inet.of(vnet).control.delete(ifp, four(r.address()));
  }

  private static @Nullable Ip4Address four(@Nullable String text) throws ErrnoException {
    return text == null ? null : AddressText.four(text);
  }

  private static Ip4Address inet(IpAddress a) throws ErrnoException {
    if (a instanceof Ip4Address four) {
      return four;
    }
    throw new ErrnoException(Errno.EAFNOSUPPORT);
  }

  static IfInfo.Address info(IfAddress a) {
    InAddress in = a instanceof InAddress known ? known : null;
    return new IfInfo.Address(
        "inet",
        RouteView.text(a),
        a.prefixLength(),
        in != null && in.hasBroadcast() ? Ip4Address.toString(in.broadcast()) : null,
        in != null && in.hasDestination() ? Ip4Address.toString(in.destination()) : null,
        List.of(),
        -1,
        -1,
        0,
        0);
  }
}
