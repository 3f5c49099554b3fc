package cellblock.host.port;

import cellblock.control.IfInfo;
import cellblock.host.Kernel;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.jail.Prison;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfCounters;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An interface as ifconfig(8) is told of it. In a turn of its lane. */
final class IfView {
  private IfView() {}

  static IfInfo of(Kernel kernel, Ifnet ifp) {
    boolean ether = ifp.isEther();
    String mac = ether ? MacAddress.toString(ifp.lladdr()) : null;
    String hw = ether ? MacAddress.toString(ifp.hwaddr()) : null;
    return new IfInfo(
        ifp.name(),
        ifp.index(),
        ether ? "ether" : ifp.type() == IfType.LOOP ? "loop" : "tunnel",
        ifp.flags(),
        ifp.capabilities(),
        ifp.capEnabled(),
        ifp.metric(),
        ifp.mtu(),
        ifp.fib(),
        ifp.description(),
        mac,
        hw,
        ifp.groups(),
        addresses(ifp),
        ifp.mediaText(),
        ifp.statusText(),
        ndFlags(ifp),
        lines(ifp),
        driverName(ifp),
        homeJail(kernel, ifp),
        counters(ifp.counters()));
  }

  private static List<String> lines(Ifnet ifp) {
    List<String> driver = ifp.driver().lines(ifp);
    if (ifp.pcp() < 0) {
      return driver;
    }
    List<String> all = new ArrayList<>(driver);
    all.addFirst("pcp " + ifp.pcp());
    return all;
  }

  /** if_dname and if_dunit; the two ends of an epair are one unit. */
  private static String driverName(Ifnet ifp) {
    String born = ifp.bornName();
    return born.matches("epair\\d+[ab]") ? born.substring(0, born.length() - 1) : born;
  }

  private static int ndFlags(Ifnet ifp) {
    In6Ifinfo in = Ip6.of(ifp);
    return in == null ? -1 : in.options();
  }

  private static int homeJail(Kernel kernel, Ifnet ifp) {
    for (Prison p : kernel.prisons().snapshot()) {
      if (p.ownsVnet() && p.vnet() == ifp.home()) {
        return p.id();
      }
    }
    return 0;
  }

  private static List<IfInfo.Address> addresses(Ifnet ifp) {
    List<IfInfo.Address> all = new ArrayList<>();
    for (IfAddress a : ifp.addresses()) {
      if (a.family() == Family.INET) {
        all.add(Addresses.info(a));
      } else if (a instanceof In6Address six) {
        all.add(Addresses.info6(ifp.vnet(), six));
      }
    }
    return all;
  }

  private static Map<String, Long> counters(IfCounters c) {
    Map<String, Long> m = new LinkedHashMap<>();
    m.put("ipackets", c.ipackets);
    m.put("ierrors", c.ierrors);
    m.put("iqdrops", c.iqdrops);
    m.put("ibytes", c.ibytes);
    m.put("opackets", c.opackets);
    m.put("oerrors", c.oerrors);
    m.put("obytes", c.obytes);
    m.put("collisions", c.collisions);
    m.put("oqdrops", c.oqdrops);
    m.put("imcasts", c.imcasts);
    m.put("omcasts", c.omcasts);
    m.put("noproto", c.noproto);
    return m;
  }
}
