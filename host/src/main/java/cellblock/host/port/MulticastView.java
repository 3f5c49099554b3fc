package cellblock.host.port;

import cellblock.control.IfRequest.MulticastInfo;
import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.mcast.InMulti;
import cellblock.inet.mcast.Wanted;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
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
    List<Ifnet> which = name == null ? here.list() : List.of(here.named(name));
    for (Ifnet ifp : which) {
      InIfinfo in = Ip4.of(ifp);
      if (in != null) {
        int version = Inet.of(vnet).igmp.version(in);
        for (InMulti group : in.groups()) {
          all.add(info(vnet, ifp, group, version));
        }
      }
    }
    for (Ifnet ifp : which) {
      In6Ifinfo in = Ip6.of(ifp);
      if (in != null) {
        int version = Inet6.of(vnet).mld.version(in);
        for (InMulti group : in.groups()) {
          all.add(info(vnet, ifp, group, version));
        }
      }
    }
    return all;
  }

  private static MulticastInfo info(Vnet vnet, Ifnet ifp, InMulti group, int version) {
    boolean four = group.address().family() == Family.INET;
    Wanted wanted = group.wanted();
    return new MulticastInfo(
        ifp.name(),
        four ? "inet" : "inet6",
        text(vnet, ifp, group.address()),
        ifp.isEther() ? link(group) : null,
        wanted.include() ? "include" : "exclude",
        wanted.sources().all().stream().map(s -> text(vnet, ifp, s)).toList(),
        "",
        group.references(),
        version);
  }

  private static String link(InMulti group) {
    boolean four = group.address().family() == Family.INET;
    return MacAddress.toString(
        four ? MacAddress.ofGroup4((int) (group.hi() >>> 32)) : MacAddress.ofGroup6(group.lo()));
  }

  private static String text(Vnet vnet, Ifnet ifp, IpAddress a) {
    IpAddress zoned =
        a instanceof Ip6Address six && six.needsZone() ? six.withScope(ifp.index()) : a;
    return AddressText.of(vnet, zoned);
  }
}
