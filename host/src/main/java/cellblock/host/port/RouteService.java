package cellblock.host.port;

import cellblock.control.Done;
import cellblock.control.RouteRequest;
import cellblock.control.RouteRequest.RouteInfo;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.Fib;
import cellblock.net.route.RouteEntry;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.net.route.RouteTables;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routing socket of one process (ancestor: sys/net/rtsock.c). */
final class RouteService {
  private final Proc proc;
  private final Vnet vnet;
  private final RouteTables tables;

  RouteService(Proc proc) {
    this.proc = proc;
    this.vnet = proc.vnet();
    this.tables = RouteTables.of(vnet);
  }

  Object answer(RouteRequest<?> request) throws ErrnoException {
    return switch (request) {
      case RouteRequest.Dump r -> vnet.call(() -> dump(fib(r.fib()), r.family()));
      case RouteRequest.Lookup r ->
          vnet.call(() -> lookup(fib(r.fib()), r.destination(), r.prefixLength()));
      case RouteRequest.SetFib r -> setFib(r.fib());
      case RouteRequest.GetFib r -> proc.fib();
      default -> {
        proc.cred().checkNet();
        yield vnet.call(() -> change(request));
      }
    };
  }

  private Done setFib(int fib) throws ErrnoException {
    if (fib < 0 || fib >= tables.fibs()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    proc.fib(fib);
    return Done.DONE;
  }

  private int fib(int asked) throws ErrnoException {
    int fib = asked < 0 ? proc.fib() : asked;
    if (fib >= tables.fibs()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return fib;
  }

  private Object change(RouteRequest<?> request) throws ErrnoException {
    RouteMessage.Sender sender = new RouteMessage.Sender(proc.pid(), 0);
    return switch (request) {
      case RouteRequest.Add r -> {
        vnet.gate();
        RouteSpec spec =
            spec(r.destination(), r.prefixLength(), r.gateway(), r.ifname(), r.flags());
        if (r.source() != null) {
          spec = spec.source(own(r.source()));
        }
        tables.add(fib(r.fib()), with(spec, r.mtu(), r.weight()), sender);
        yield Done.DONE;
      }
      case RouteRequest.Change r -> {
        RouteSpec spec =
            spec(r.destination(), r.prefixLength(), r.gateway(), r.ifname(), r.flags());
        tables.change(fib(r.fib()), with(spec, r.mtu(), r.weight()), sender);
        yield Done.DONE;
      }
      case RouteRequest.Delete r -> delete(r, sender);
      default -> throw new ErrnoException(Errno.EOPNOTSUPP);
    };
  }

  private RouteInfo delete(RouteRequest.Delete r, RouteMessage.Sender sender)
      throws ErrnoException {
    int fib = fib(r.fib());
    RouteSpec spec = spec(r.destination(), r.prefixLength(), r.gateway(), null, 0);
    RouteEntry old = fibOf(fib, spec.destination().address()).exact(spec.destination());
    RouteInfo was = old == null ? null : RouteView.first(fib, old);
    tables.delete(fib, spec, sender);
    if (was == null) {
      throw new ErrnoException(Errno.ESRCH);
    }
    return was;
  }

  private static RouteSpec with(RouteSpec spec, int mtu, int weight) {
    RouteSpec s = mtu > 0 ? spec.mtu(mtu) : spec;
    return weight > 0 ? s.weight(weight) : s;
  }

  private RouteSpec spec(
      String destination, int length, @Nullable String gateway, @Nullable String ifname, int flags)
      throws ErrnoException {
    IpAddress address = AddressText.parse(vnet, destination);
    int bits = length < 0 ? address.width() : length;
    RouteSpec spec = RouteSpec.to(new IpPrefix(address, bits)).flags(flags);
    if ((flags & (RouteRequest.RTF_BLACKHOLE | RouteRequest.RTF_REJECT)) != 0) {
      return discarding(spec, address.family());
    }
    if (gateway != null) {
      spec = spec.via(AddressText.parse(vnet, gateway));
    }
    return ifname == null ? spec : spec.out(Interfaces.of(vnet).named(ifname));
  }

  /** The interface address of that value; EADDRNOTAVAIL: ifa_ifwithaddr finds none. */
  private IfAddress own(String source) throws ErrnoException {
    IpAddress a = AddressText.parse(vnet, source);
    int zone = a instanceof Ip6Address six ? six.scopeId() : 0;
    for (Ifnet ifp : Interfaces.of(vnet).list()) {
      for (IfAddress mine : ifp.addresses()) {
        boolean same = mine.family() == a.family() && mine.hi() == a.hi() && mine.lo() == a.lo();
        if (same && (zone == 0 || zone == ifp.index())) {
          return mine;
        }
      }
    }
    throw new ErrnoException(Errno.EADDRNOTAVAIL);
  }

  /** Whatever gateway was named, packets go nowhere: fill_blackholeinfo. */
  private RouteSpec discarding(RouteSpec spec, Family family) throws ErrnoException {
    Ifnet lo = Interfaces.of(vnet).loopback();
    if (lo == null) {
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
    String self = family == Family.INET ? "127.0.0.1" : "::1";
    return spec.via(AddressText.parse(vnet, self)).out(lo);
  }

  private Fib fibOf(int fib, IpAddress address) {
    return tables.rib(fib, address.family()).fib();
  }

  private RouteInfo lookup(int fib, String destination, int length) throws ErrnoException {
    IpAddress address = AddressText.parse(vnet, destination);
    Fib table = fibOf(fib, address);
    RouteEntry entry =
        length < 0 ? table.match(address) : table.exact(new IpPrefix(address, length).canonical());
    if (entry == null) {
      throw new ErrnoException(Errno.ESRCH);
    }
    return RouteView.first(fib, entry);
  }

  private List<RouteInfo> dump(int fib, String family) {
    Family f = family.equals("inet6") ? Family.INET6 : Family.INET;
    List<RouteInfo> all = new ArrayList<>();
    tables.rib(fib, f).fib().forEach(e -> all.addAll(RouteView.all(fib, e)));
    return all;
  }
}
