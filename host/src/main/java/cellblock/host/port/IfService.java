package cellblock.host.port;

import cellblock.control.Done;
import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.host.Kernel;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bridge.BridgeNet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.RouteTables;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The interface requests of one process (ancestor: ifioctl of sys/net/if.c). Looking is free;
 * changing needs the privileges of a vnet's root.
 */
final class IfService {
  private final Kernel kernel;
  private final Proc proc;
  private final Vnet vnet;

  IfService(Kernel kernel, Proc proc) {
    this.kernel = kernel;
    this.proc = proc;
    this.vnet = proc.vnet();
  }

  Object answer(IfRequest<?> request) throws ErrnoException {
    return switch (request) {
      case IfRequest.Get r -> get(r.name());
      case IfRequest.Cloners r -> vnet.call(() -> Interfaces.of(vnet).cloners().names());
      case IfRequest.Multicast r -> vnet.call(() -> MulticastView.of(vnet, r.name()));
      case IfRequest.Neighbors r ->
          vnet.call(() -> NeighborView.of(vnet).list(r.family(), r.ifname()));
      case IfRequest.Link r -> vnet.call(() -> LinkView.of(Interfaces.of(vnet).named(r.name())));
      case IfRequest.DriverGet r -> look(r);
      case IfRequest.DriverSet r -> {
        proc.cred().checkNet();
        yield driver(r);
      }
      default -> {
        proc.cred().checkNet();
        yield change(request);
      }
    };
  }

  private Object change(IfRequest<?> request) throws ErrnoException {
    return switch (request) {
      case IfRequest.Create r ->
          kernel.machine().coordinator().run(new IfCreate(vnet, r.name(), r.params())).name();
      case IfRequest.Destroy r -> {
        kernel.machine().coordinator().run(new IfDestroy(vnet, r.name()));
        yield Done.DONE;
      }
      case IfRequest.Vnet r -> move(r);
      case IfRequest.Flags r -> with(r.name(), ifp -> flags(ifp, r.set(), r.clear()));
      case IfRequest.Capabilities r ->
          with(r.name(), ifp -> ifp.setCapabilities(r.set(), r.clear()));
      case IfRequest.Mtu r ->
          with(
              r.name(),
              ifp -> {
                BridgeNet.checkMtu(ifp);
                ifp.setMtu(r.mtu());
              });
      case IfRequest.Metric r -> with(r.name(), ifp -> ifp.setMetric(r.metric()));
      case IfRequest.Fib r ->
          with(r.name(), ifp -> ifp.setFib(r.fib(), RouteTables.of(vnet).fibs()));
      case IfRequest.LinkAddress r ->
          with(r.name(), ifp -> ifp.setLladdr(linkAddress(r.address())));
      case IfRequest.Rename r ->
          with(r.name(), ifp -> Interfaces.of(vnet).rename(ifp, r.newName()));
      case IfRequest.Description r -> with(r.name(), ifp -> ifp.setDescription(r.text()));
      case IfRequest.Group r ->
          with(
              r.name(),
              ifp -> {
                if (r.add()) {
                  ifp.addGroup(r.group());
                } else {
                  ifp.removeGroup(r.group());
                }
              });
      case IfRequest.Plug r -> with(r.name(), ifp -> ifp.driver().plug(ifp, r.plugged()));
      case IfRequest.SetLink r -> with(r.name(), ifp -> LinkView.set(ifp, r.model()));
      case IfRequest.AddAddress r -> with(r.name(), ifp -> Addresses.add(vnet, ifp, r));
      case IfRequest.DeleteAddress r -> with(r.name(), ifp -> Addresses.delete(vnet, ifp, r));
      case IfRequest.SetNeighbor r -> {
        vnet.call(() -> {
          NeighborView.of(vnet).set(r);
          return true;
        });
        yield Done.DONE;
      }
      case IfRequest.DeleteNeighbor r ->
          vnet.call(() -> NeighborView.of(vnet).delete(r.address(), r.ifname()));
      default -> throw new ErrnoException(Errno.EOPNOTSUPP);
    };
  }

  /** What one driver alone knows; "nd6" are the options of neighbour discovery. */
  private Done driver(IfRequest.DriverSet r) throws ErrnoException {
    if (r.key().equals("nd6")) {
      return with(r.name(), ifp -> Addresses.discovery(vnet, ifp, r.args()));
    }
    if (r.key().equals("ether")) {
      return with(r.name(), ifp -> ifp.setPcp(pcp(r.args())));
    }
    if (r.name().isEmpty()) {
      return vnet.call(() -> {
        NeighborView.of(vnet).flush(r.key());
        return Done.DONE;
      });
    }
    Ifnet ifp = vnet.call(() -> Interfaces.of(vnet).named(r.name()));
    Vnet where = ifp.driver().configuredIn(ifp);
    if (where == vnet) {
      return with(r.name(), i -> i.driver().configure(i, r.key(), r.args()));
    }
    vnet.call(() -> {
      vnet.gate();
      return true;
    });
    return where.call(() -> {
      where.gate();
      ifp.driver().configure(ifp, r.key(), r.args());
      return Done.DONE;
    });
  }

  /**
   * Of an interface what its driver alone knows, without one "nd6.routers" and "nd6.prefixes": a
   * line each, under numbers.
   */
  private Map<String, String> look(IfRequest.DriverGet r) throws ErrnoException {
    if (r.name().isEmpty()) {
      return vnet.call(() -> NeighborView.of(vnet).discovery(r.key()));
    }
    Ifnet ifp = vnet.call(() -> Interfaces.of(vnet).named(r.name()));
    boolean root = proc.prison().ownsVnet();
    List<String> lines =
        ifp.driver().configuredIn(ifp).call(() -> ifp.driver().query(ifp, r.key(), root));
    Map<String, String> numbered = new LinkedHashMap<>();
    for (String line : lines) {
      numbered.put(Integer.toString(numbered.size()), line);
    }
    return numbered;
  }

  /** "pcp" N or "-pcp". */
  private static int pcp(List<String> words) throws ErrnoException {
    if (words.equals(List.of("-pcp"))) {
      return -1;
    }
    if (words.size() == 2 && words.getFirst().equals("pcp") && words.get(1).matches("[0-7]")) {
      return words.get(1).charAt(0) - '0';
    }
    throw new ErrnoException(Errno.EINVAL);
  }

  /** Something done to one interface in a turn of the vnet's lane. */
  private interface Work {
    void on(Ifnet ifp) throws ErrnoException;
  }

  private Done with(String name, Work work) throws ErrnoException {
    return vnet.call(() -> {
      vnet.gate();
      work.on(Interfaces.of(vnet).named(name));
      return Done.DONE;
    });
  }

  private static void flags(Ifnet ifp, int set, int clear) throws ErrnoException {
    int up = IfInfo.IFF_UP;
    if ((set & up) != 0) {
      ifp.up();
    }
    if ((clear & up) != 0) {
      ifp.down();
    }
    if ((set & ~up) != 0 || (clear & ~up) != 0) {
      ifp.setFlags(set & ~up, clear & ~up);
    }
  }

  private static long linkAddress(String text) throws ErrnoException {
    MacAddress mac = MacAddress.tryParse(text);
    if (mac == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return mac.bits();
  }

  private Done move(IfRequest.Vnet r) throws ErrnoException {
    Prison jail = kernel.jails().find(proc.prison(), r.jail(), false);
    if (jail == null) {
      throw new ErrnoException(Errno.ENXIO);
    }
    Vnet other = jail.vnet();
    kernel
        .machine()
        .coordinator()
        .run(
            r.reclaim()
                ? IfMove.reclaim(vnet, r.name(), other)
                : IfMove.lend(vnet, r.name(), other));
    return Done.DONE;
  }

  private List<IfInfo> get(@Nullable String name) throws ErrnoException {
    return vnet.call(() -> {
      Interfaces all = Interfaces.of(vnet);
      List<IfInfo> infos = new ArrayList<>();
      if (name != null) {
        infos.add(IfView.of(kernel, all.named(name)));
      } else {
        for (Ifnet ifp : all.list()) {
          infos.add(IfView.of(kernel, ifp));
        }
      }
      return infos;
    });
  }
}
