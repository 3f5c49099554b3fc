package cellblock.host.port;

import cellblock.control.IfRequest;
import cellblock.control.IfRequest.NeighborInfo;
import cellblock.inet.Inet;
import cellblock.inet.arp.Neighbor;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The neighbour table as arp(8) asks for it. In turns of the vnet's lane. */
final class NeighborView {
  private final Vnet vnet;

  private NeighborView(Vnet vnet) {
    this.vnet = vnet;
  }

  static NeighborView of(Vnet vnet) {
    return new NeighborView(vnet);
  }

  List<NeighborInfo> list(String family, @Nullable String ifname) {
    List<NeighborInfo> all = new ArrayList<>();
    if (family.equals("inet")) {
      for (Neighbor n : Inet.of(vnet).arp.list()) {
        if (ifname == null || ifname.equals(n.ifname())) {
          all.add(info(n));
        }
      }
    }
    return all;
  }

  void set(IfRequest.SetNeighbor r) throws ErrnoException {
    MacAddress mac = MacAddress.tryParse(r.linkAddress());
    if (mac == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Inet.of(vnet)
        .arp
        .set(
            AddressText.four(r.address()),
            mac,
            r.temporary(),
            r.published(),
            r.blackhole(),
            r.reject());
  }

  NeighborInfo delete(String address, @Nullable String ifname) throws ErrnoException {
    return info(Inet.of(vnet).arp.delete(AddressText.four(address), ifname));
  }

  private static NeighborInfo info(Neighbor n) {
    MacAddress mac = n.link();
    return new NeighborInfo(
        n.address().toString(),
        mac == null ? null : mac.toString(),
        n.ifname(),
        n.permanent(),
        n.published(),
        n.expires(),
        mac == null ? "incomplete" : "reachable");
  }
}
