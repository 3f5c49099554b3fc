package cellblock.host.port;

import cellblock.control.IfRequest;
import cellblock.control.IfRequest.NeighborInfo;
import cellblock.inet.Inet;
import cellblock.inet.arp.Neighbor;
import cellblock.inet.nd6.Nd6Neighbor;
import cellblock.inet.nd6.Nd6Prefix;
import cellblock.inet.nd6.Nd6Router;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip6Address;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  List<NeighborInfo> list(String family, @Nullable String ifname) throws ErrnoException {
    List<NeighborInfo> all = new ArrayList<>();
    if (family.equals("inet")) {
      for (Neighbor n : Inet.of(vnet).arp.list()) {
        if (ifname == null || ifname.equals(n.ifname())) {
          all.add(info(n));
        }
      }
    }
    if (family.equals("inet6")) {
      for (Nd6Neighbor n : AddressText.inet6(vnet).nd.list()) {
        if (ifname == null || ifname.equals(n.ifname())) {
          all.add(info(n));
        }
      }
    }
    return all;
  }

  /** What routers advertised: ndp -r and -p; lines under their numbers. */
  Map<String, String> discovery(String key) throws ErrnoException {
    Map<String, String> lines = new LinkedHashMap<>();
    switch (key) {
      case "nd6.routers" -> {
        for (Nd6Router.Known r : AddressText.inet6(vnet).nd.routers()) {
          lines.put(
              Integer.toString(lines.size()),
              AddressText.of(vnet, r.address())
                  + " "
                  + r.ifname()
                  + " "
                  + r.flags()
                  + " "
                  + r.expires());
        }
      }
      case "nd6.prefixes" -> {
        for (Nd6Prefix.Shown p : AddressText.inet6(vnet).nd.prefixes()) {
          lines.put(Integer.toString(lines.size()), prefix(p));
        }
      }
      default -> throw new ErrnoException(Errno.EINVAL);
    }
    return lines;
  }

  private String prefix(Nd6Prefix.Shown p) {
    return String.join(
        "\t",
        AddressText.of(vnet, p.prefix().address()) + "/" + p.prefix().length(),
        p.ifname(),
        p.flags(),
        Long.toString(p.valid()),
        Long.toString(p.preferred()),
        Long.toString(p.expires()),
        Integer.toString(p.references()),
        String.join(";", p.routers()));
  }

  /** ndp -R and -P. */
  void flush(String key) throws ErrnoException {
    switch (key) {
      case "nd6.routers" -> AddressText.inet6(vnet).nd.flushRouters();
      case "nd6.prefixes" -> AddressText.inet6(vnet).nd.flushPrefixes();
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  private NeighborInfo info(Nd6Neighbor n) {
    MacAddress mac = n.link();
    return new NeighborInfo(
        AddressText.of(vnet, n.address()),
        mac == null ? null : mac.toString(),
        n.ifname(),
        n.permanent(),
        n.published(),
        n.expires(),
        n.router() ? n.state() + " router" : n.state());
  }

  void set(IfRequest.SetNeighbor r) throws ErrnoException {
    MacAddress mac = MacAddress.tryParse(r.linkAddress());
    if (mac == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (AddressText.parse(vnet, r.address()) instanceof Ip6Address six) {
      AddressText.inet6(vnet).nd.set(six, mac, r.temporary(), r.published());
      return;
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
    if (AddressText.parse(vnet, address) instanceof Ip6Address six) {
      return info(AddressText.inet6(vnet).nd.delete(six, ifname));
    }
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
