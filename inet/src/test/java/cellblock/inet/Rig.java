package cellblock.inet;

import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketType;
import cellblock.inet.tcp.CcModule;
import cellblock.inet.tcp.RackModule;
import cellblock.kern.Machine;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.net.NetModule;
import cellblock.net.epair.EpairModule;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteSpec;
import cellblock.sim.Sim;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpPrefix;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** A machine in virtual time with net, epair and inet, and words for what tests do to it. */
final class Rig {
  static final long SECOND = 1_000_000_000L;
  static final long SEED = 7;

  final Sim sim;
  final Machine machine;
  final Vnet host;

  Rig() {
    this(SEED);
  }

  Rig(long seed) {
    sim = new Sim(seed);
    machine = sim.machine();
    List<KernelModule> compiledIn =
        List.of(
            new NetModule(),
            new EpairModule(),
            new InetModule(),
            CcModule.newReno(),
            CcModule.cubic(),
            CcModule.htcp(),
            new RackModule(v -> Inet.of(v).tcp),
            new Inet6Module());
    host = run(new Linker(machine, s -> {}, s -> {}).boot(compiledIn));
  }

  <T> T run(Saga<T> saga) {
    try {
      return sim.stepper().run(saga);
    } catch (ErrnoException e) {
      throw new AssertionError(saga + ": " + e.errno(), e);
    }
  }

  <T> T in(Vnet vnet, Callable<T> work) {
    try {
      return vnet.call(work);
    } catch (ErrnoException e) {
      throw new AssertionError(e.errno() + " in " + vnet, e);
    }
  }

  /** How {@code work} is refused, or null. */
  Errno refusal(Vnet vnet, Callable<?> work) {
    try {
      vnet.call(work);
      return null;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  Vnet vnet(String name) {
    return run(new VnetCreate(machine, name));
  }

  Inet inet(Vnet v) {
    return Inet.of(v);
  }

  /** Lets time pass. */
  void advance(double seconds) {
    sim.stepper().advance((long) (seconds * SECOND));
  }

  void settle() {
    sim.stepper().settle();
  }

  /** An Ethernet interface whose cable the test holds. */
  TestLink link(Vnet v, String name) {
    TestLink link = new TestLink(this, v);
    in(
        v,
        () -> {
          Ifnet ifp =
              Ethernet.allocate(v, name, link, MacAddress.parse("02:00:00:00:00:01").bits());
          Interfaces.of(v).attach(ifp);
          link.ifp = ifp;
          return 0;
        });
    return link;
  }

  Ifnet ifnet(Vnet v, String name) {
    return in(v, () -> Interfaces.of(v).named(name));
  }

  /** ifconfig IF CIDR alias. */
  void address(Vnet v, String ifname, String cidr) {
    in(v, () -> inet(v).control.add(ifnetNow(v, ifname), ip(cidr), length(cidr), null, null, true));
    settle();
  }

  private static Ifnet ifnetNow(Vnet v, String name) throws ErrnoException {
    return Interfaces.of(v).named(name);
  }

  private static Ip4Address ip(String cidr) {
    return Ip4Address.parse(cidr.split("/")[0]);
  }

  private static int length(String cidr) {
    return Integer.parseInt(cidr.split("/")[1]);
  }

  /** route add CIDR GATEWAY. */
  void route(Vnet v, String cidr, String gateway) {
    in(
        v,
        () ->
            inet(v)
                .ip
                .routes
                .add(
                    0,
                    RouteSpec.to(IpPrefix.parse(cidr)).via(Ip4Address.parse(gateway)),
                    RouteMessage.Sender.KERNEL));
  }

  void up(Vnet v, String ifname) {
    in(
        v,
        () -> {
          ifnetNow(v, ifname).setFlags(IfFlags.UP, 0);
          return 0;
        });
  }

  void down(Vnet v, String ifname) {
    in(
        v,
        () -> {
          ifnetNow(v, ifname).setFlags(0, IfFlags.UP);
          return 0;
        });
  }

  /** An epair, its ends lent to two vnets and given addresses; null keeps an end here. */
  void cable(Vnet a, String addressA, Vnet b, String addressB) {
    Ifnet end = run(new IfCreate(host, "epair", Map.of()));
    String first = end.name();
    String second = first.substring(0, first.length() - 1) + "b";
    if (a != host) {
      run(IfMove.lend(host, first, a));
    }
    if (b != host) {
      run(IfMove.lend(host, second, b));
    }
    address(a, first, addressA);
    address(b, second, addressB);
  }

  Socket udp(Vnet v) {
    return in(v, () -> inet(v).sockets.open(Family.INET, SocketType.DGRAM, 0, Credential.ROOT));
  }

  Socket tcp(Vnet v) {
    return in(v, () -> inet(v).sockets.open(Family.INET, SocketType.STREAM, 0, Credential.ROOT));
  }

  Socket raw(Vnet v, int protocol) {
    return in(
        v, () -> inet(v).sockets.open(Family.INET, SocketType.RAW, protocol, Credential.ROOT));
  }

  long dropped(Vnet v, DropReason reason) {
    return in(v, () -> v.drops().of(reason));
  }

  /** {@link #remove}, for tests that expect no refusal. */
  List<String> remove0(Vnet v) {
    try {
      return remove(v);
    } catch (ErrnoException e) {
      throw new AssertionError(e);
    }
  }

  long outstanding(Vnet v) {
    return in(v, () -> v.mbufs().outstanding());
  }

  long counter(Vnet v, String protocol, String name) {
    return in(v, () -> inet(v).counters(protocol).getOrDefault(name, 0L));
  }

  /** Shutdown and destroy, as jail -r does them; what stood in the ledger then. */
  List<String> remove(Vnet v) throws ErrnoException {
    List<String> left = new ArrayList<>();
    run(new VnetShutdown(v));
    in(v, () -> v.ledger().strays().stream().map(Ledger.Entry::toString).map(left::add).toList());
    VnetDestroy destroy = new VnetDestroy(v);
    run(destroy);
    left.addAll(destroy.result());
    return left;
  }
}
