package cellblock.host.port;

import cellblock.control.IfRequest.MulticastInfo;
import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.InMulti;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.In6Multi;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Multicast memberships as ifmcstat(8) asks for them. In turns of the vnet's lane. */
final class MulticastView {
  private MulticastView() {}

  static List<MulticastInfo> of(Vnet vnet, @Nullable String name) throws ErrnoException {
    List<MulticastInfo> all = new ArrayList<>();
    Interfaces here = Interfaces.of(vnet);
    for (Ifnet ifp : name == null ? here.list() : List.of(here.named(name))) {
      InIfinfo in = Ip4.of(ifp);
      if (in != null) {
        for (InMulti group : in.groups()) {
          all.add(info(vnet, ifp, in, group));
        }
      }
    }
    for (Ifnet ifp : name == null ? here.list() : List.of(here.named(name))) {
      In6Ifinfo in = Ip6.of(ifp);
      if (in != null) {
        for (In6Multi group : in.groups()) {
          all.add(info(vnet, ifp, group));
        }
      }
    }
    return all;
  }

  private static MulticastInfo info(Vnet vnet, Ifnet ifp, In6Multi group) {
    Ip6Address g = group.group();
    boolean zoned = g.needsZone();
    return new MulticastInfo(
        ifp.name(),
        "inet6",
        AddressText.of(vnet, zoned ? g.withScope(ifp.index()) : g),
        ifp.isEther() ? MacAddress.toString(MacAddress.ofGroup6(g.lo())) : null,
        "exclude",
        List.of(),
        "",
        group.references(),
        Inet6.of(vnet).mld.version(group.in()));
  }

  private static MulticastInfo info(Vnet vnet, Ifnet ifp, InIfinfo in, InMulti group) {
    InMulti.Wanted wanted = group.wanted();
    List<String> sources = new ArrayList<>();
    for (int s : wanted.sources()) {
      sources.add(Ip4Address.toString(s));
    }
    boolean ether = ifp.isEther();
    return new MulticastInfo(
        ifp.name(),
        "inet",
        Ip4Address.toString(group.group()),
        ether ? MacAddress.toString(MacAddress.ofGroup4(group.group())) : null,
        wanted.include() ? "include" : "exclude",
        sources,
        "",
        group.references(),
        Inet.of(vnet).igmp.version(in));
  }
}
