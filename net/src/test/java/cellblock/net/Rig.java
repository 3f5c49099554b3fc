package cellblock.net;

import cellblock.kern.Machine;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.Linker;
import cellblock.kern.saga.Saga;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import cellblock.net.epair.EpairModule;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfIndexTable;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/** A machine with the net modules and a counting protocol, and words for what tests do to it. */
final class Rig {
  static final long SEED = 42;

  final Machine machine;
  final Linker linker;
  final Vnet host;

  /** Time stands still. */
  private record Stopped() implements Clock {
    @Override
    public long nanos() {
      return 1;
    }

    @Override
    public long wallNanos() {
      return 1;
    }
  }

  Rig() {
    this(Runnable::run);
  }

  Rig(Executor workers) {
    machine =
        new Machine(
            new Machine.Options(
                new Stopped(),
                new SplittableRandom(SEED),
                null,
                workers,
                condition -> {
                  while (!condition.getAsBoolean()) {
                    LockSupport.parkNanos(1000);
                  }
                },
                true,
                true));
    linker = new Linker(machine, s -> {}, s -> {});
    List<KernelModule> compiledIn =
        List.of(new NetModule(), new EpairModule(), new CountingModule());
    host = run(linker.boot(compiledIn));
  }

  /** Runs a saga that must not be refused. */
  <T> T run(Saga<T> saga) {
    try {
      return machine.coordinator().run(saga);
    } catch (ErrnoException e) {
      throw new AssertionError(saga + ": " + e.errno(), e);
    }
  }

  /** Runs a saga and says how it was refused, or null. */
  Errno refusal(Saga<?> saga) {
    try {
      machine.coordinator().run(saga);
      return null;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  <T> T in(Vnet vnet, Callable<T> work) {
    try {
      return vnet.call(work);
    } catch (ErrnoException e) {
      throw new AssertionError(e.errno() + " in " + vnet, e);
    }
  }

  Vnet vnet(String name) {
    return run(new VnetCreate(machine, name));
  }

  Ifnet create(Vnet vnet, String request) {
    return run(new IfCreate(vnet, request, Map.of()));
  }

  Ifnet unit(Vnet vnet, String name) {
    return in(vnet, () -> Interfaces.of(vnet).unit(name));
  }

  IfDestroy destroy(Vnet vnet, String name) {
    return new IfDestroy(vnet, name);
  }

  Saga<Ifnet> lend(String name, Vnet to) {
    return IfMove.lend(host, name, to);
  }

  void up(Ifnet ifp) {
    in(
        ifp.vnet(),
        () -> {
          ifp.setFlags(IfFlags.UP, 0);
          return true;
        });
  }

  List<String> names(Vnet vnet) {
    return Interfaces.of(vnet).list().stream().map(Ifnet::name).toList();
  }

  /** Shutdown and destroy, as jail -r does them. */
  Saga<List<String>> removal(Vnet vnet) {
    return new Removal(vnet);
  }

  /** Shuts the gate, and nothing else yet. */
  Saga<Boolean> shutGate(Vnet vnet) {
    VnetShutdown shutdown = new VnetShutdown(vnet);
    return new Saga<>("shut the gate of " + vnet) {
      {
        local(
            "gate",
            () -> {
              while (vnet.state() != Vnet.State.DYING) {
                shutdown.advance();
              }
            });
      }

      @Override
      protected Boolean value() {
        return true;
      }
    };
  }

  /** The two stages of a vnet's end, with the audit between them. */
  private static final class Removal extends Saga<List<String>> {
    private final List<String> left = new ArrayList<>();

    Removal(Vnet vnet) {
      super("remove " + vnet);
      inner("shutdown", () -> new VnetShutdown(vnet));
      turn(
          "audit",
          vnet.lane(),
          () -> vnet.ledger().strays().stream().map(Ledger.Entry::toString).forEach(left::add));
      VnetDestroy destroy = new VnetDestroy(vnet);
      inner("destroy", () -> destroy);
      local("ledger", () -> left.addAll(destroy.result()));
    }

    @Override
    protected List<String> value() {
      return left;
    }
  }

  /** Sends one IPv4 packet of {@code len} bytes to the broadcast address; in a turn of its own. */
  Errno send(Vnet from, Ifnet by, int len) {
    return in(from, () -> sendInTurn(from, by, len));
  }

  static Errno sendInTurn(Vnet from, Ifnet by, int len) {
    Mbuf m = from.mbufs().alloc(len);
    Arrays.fill(m.buf, m.off, m.off + len, (byte) 0);
    m.buf[m.off] = 0x45;
    m.flags |= Mbuf.M_MCAST;
    return by.output(from, m, Family.INET, 0xe000_0001L << 32, 0);
  }

  /** Makes an end hear the group that {@link #send} sends to. */
  void listen(Ifnet ifp) {
    in(ifp.vnet(), () -> ifp.joinMulticast(Family.INET, 0xe000_0001L << 32, 0));
  }

  long received(Vnet vnet) {
    return in(vnet, () -> CountingModule.V_COUNT.of(vnet).packets);
  }

  long dropped(Vnet vnet, DropReason reason) {
    return in(vnet, () -> vnet.drops().of(reason));
  }

  int indicesInUse() {
    return IfIndexTable.IFINDEX.of(machine).inUse();
  }
}
