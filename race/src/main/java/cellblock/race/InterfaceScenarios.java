package cellblock.race;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.DetachStep;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bpf.BpfDescriptor;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfHandle;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.IfMulticast;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Interfaces that are moved, destroyed or renamed while somebody else has to do with them. */
final class InterfaceScenarios {
  private InterfaceScenarios() {}

  static List<Scenario> all() {
    return List.of(
        f1(),
        f2(),
        f3(),
        f4(),
        f8(),
        f19(),
        f19destroyed(),
        f24(),
        f28(),
        f29(),
        f32(),
        f33(),
        f35(),
        f36());
  }

  /** A pair with its end b in a jail, both up; returns that end. */
  private static Ifnet pair(World w, Vnet jail) throws ErrnoException {
    Ifnet a = w.create(w.host(), "epair");
    Ifnet b = w.lend("epair0b", jail);
    w.up(a);
    w.up(b);
    return b;
  }

  private static Scenario f1() {
    return Scenario.of(
        "F1",
        "D20868, D27378; PR 238870, 234985, 244703, 250870",
        "one end of an epair is destroyed while the jail that holds the other end dies",
        "ifnet epair0b used after it was freed",
        w -> {
          Vnet j = w.jail("j");
          pair(w, j);
          w.destroys(w.host(), "epair0a");
          w.removes("j");
        });
  }

  private static Scenario f2() {
    return Scenario.of(
        "F2",
        "D27279",
        "an interface is attached to a vnet while vnet_if_return walks its list",
        "lo1 left behind by vnet j",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "lo");
          w.lends("lo1", j);
          w.removes("j");
        });
  }

  private static Scenario f3() {
    return Scenario.of(
        "F3",
        "D56374, PR 292993",
        "an interface is destroyed while it is being moved: if_detach sees the old if_vnet",
        "ifnet lo1 used after it was freed",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "lo");
          w.destroys(w.host(), "lo1");
          w.lends("lo1", j);
        });
  }

  private static Scenario f4() {
    return Scenario.of(
        "F4",
        "facts F4, from reading if_vmove_reclaim",
        "ifconfig X -vnet J on the host races ifconfig X destroy in J",
        "ifnet epair0b used after it was freed",
        w -> {
          Vnet j = w.jail("j");
          pair(w, j);
          w.reclaims("epair0b", j);
          w.destroys(j, "epair0b");
        });
  }

  private static Scenario f8() {
    return Scenario.of(
            "F8",
            "D39614, PR 270813",
            "the driver's PHY reports that the link is down while the interface is destroyed, and"
                + " the change finds it freed",
            "ifnet epair0a used after it was freed by a link-state change",
            w -> {
              Vnet j = w.jail("j");
              pair(w, j);
              Ifnet a = w.unit(w.host(), "epair0a");
              w.actor("PHY of epair0a")
                  .does("no carrier", w.host().lane(), () -> a.driver().plug(a, false));
              w.destroys(w.host(), "epair0a");
            })
        .classic(TeardownPlan.CLASSIC.without(Guard.LINK_STATE));
  }

  private static Scenario f19() {
    return Scenario.of(
        "F19",
        "D33064, D33266",
        "a packet lies in the jail's queue while its interface moves out of the jail",
        "epair0b of vnet0 used on behalf of a vnet that it is not in by a packet in an inbox of j",
        w -> {
          Vnet j = queued(w);
          w.reclaims("epair0b", j);
        });
  }

  private static Scenario f19destroyed() {
    return Scenario.of(
            "F19b",
            "D33064, D33266",
            "a packet lies in the jail's queue while its interface is destroyed",
            "ifnet epair0b used after it was freed by a packet in an inbox",
            w -> {
              queued(w);
              w.destroys(w.host(), "epair0a");
            })
        .classic(TeardownPlan.CLASSIC.without(Guard.GENERATION_ON_DETACH));
  }

  /** A jail that holds back what comes in by its end of a pair, and somebody who sends to it. */
  private static Vnet queued(World w) throws ErrnoException {
    Vnet j = w.jail("j");
    Ifnet b = pair(w, j);
    Ifnet a = w.unit(w.host(), "epair0a");
    w.in(
        j,
        () -> {
          b.addHook(new Delay(j, 10_000_000));
          return true;
        });
    w.actor("ping on the host")
        .does("send by epair0a", w.host().lane(), () -> Packets.broadcast(w.host(), a));
    return j;
  }

  private static Scenario f24() {
    return Scenario.of(
        "F24",
        "D45727",
        "tcpdump on the host goes on hearing an interface that has moved into a jail",
        "epair0b of j used on behalf of a vnet that it is not in by bpf on epair0b, opened in vnet0",
        w -> {
          Vnet j = w.jail("j");
          Ifnet a = w.create(w.host(), "epair");
          Ifnet b = w.unit(w.host(), "epair0b");
          w.up(a);
          w.up(b);
          w.in(w.host(), () -> BpfDescriptor.open(b, 256, 16, false));
          w.lends("epair0b", j)
              .does("ifconfig epair0b up", j.lane(), () -> b.setFlags(IfFlags.UP, 0));
          Actor ping = w.actor("ping on the host");
          for (int i = 0; i < 2; i++) {
            ping.does("send by epair0a", w.host().lane(), () -> Packets.broadcast(w.host(), a));
          }
          ping.waits("the move has ended", () -> b.vnet() == j && b.attached() && isUp(b))
              .does("send by epair0a", w.host().lane(), () -> Packets.broadcast(w.host(), a));
        });
  }

  private static boolean isUp(Ifnet ifp) {
    return (ifp.flags() & IfFlags.UP) != 0;
  }

  private static Scenario f28() {
    return Scenario.of(
        "F28",
        "facts F28, from reading vnet_if_return",
        "an interface that was renamed in its jail comes home to a name that is taken",
        "two interfaces named lo2 in vnet0",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "lo");
          Ifnet lo1 = w.lend("lo1", j);
          w.actor("ifconfig lo1 name lo2 in j")
              .does("rename", j.lane(), () -> rename(j, lo1, "lo2"));
          w.actor("ifconfig lo2 create")
              .runs("create", () -> new IfCreate(w.host(), "lo2", Map.of()));
          w.removes("j");
          w.check(f -> {
            for (String name : new LinkedHashSet<>(w.names(w.host()))) {
              if (w.names(w.host()).indexOf(name) != w.names(w.host()).lastIndexOf(name)) {
                f.add("two interfaces named " + name + " in vnet0");
              }
            }
          });
        });
  }

  /** A program that asks after its jail has gone finds nothing. */
  private static void rename(Vnet in, Ifnet ifp, String name) throws ErrnoException {
    if (in.state() == Vnet.State.DEAD) {
      throw new ErrnoException(Errno.ENXIO);
    }
    Interfaces.of(in).rename(ifp, name);
  }

  private static Scenario f29() {
    return Scenario.of(
        "F29",
        "facts F29, from reading if_clone_detach",
        "an interface that a jail made was pushed up to the host; the jail dies while the host"
            + " gives it back",
        "ifnet epair0a used after it was freed",
        w -> {
          Vnet j = w.jail("j");
          w.create(j, "epair");
          w.run(IfMove.lend(j, "epair0a", w.host()));
          w.actor("ifconfig epair0a vnet j")
              .runs("give back", () -> IfMove.lend(w.host(), "epair0a", j));
          w.removes("j");
        });
  }

  private static Scenario f32() {
    return Scenario.of(
            "F32",
            "review of iflib's detach order",
            "the driver stops before IPv6 has let go of the interface",
            "softc of tnl0 used after it was freed by the output of tnl0",
            w -> {
              Vnet j = w.jail("j");
              w.create(w.host(), "tnl");
              Ifnet tnl = w.lend("tnl0", j);
              w.up(tnl);
              Actor program = w.actor("program in j");
              for (int i = 0; i < 2; i++) {
                program.does("send by tnl0", j.lane(), () -> Packets.broadcast(j, tnl));
              }
              w.reclaims("tnl0", j);
            })
        .with(new CachingTunnel())
        .classic(
            TeardownPlan.CLASSIC.detach(
                DetachStep.UNLINK,
                DetachStep.STOP,
                DetachStep.GRACE,
                DetachStep.DOWN,
                DetachStep.REVOKE));
  }

  private static Scenario f33() {
    return Scenario.of(
            "F33",
            "r337866",
            "a socket leaves its multicast group after the interface is gone",
            "ifnet epair0b used after it was freed by membership 224.0.0.9 on epair0b",
            w -> {
              Vnet j = w.jail("j");
              Ifnet b = pair(w, j);
              IfMulticast m = w.in(j, () -> b.joinMulticast(Family.INET, 0xe000_0009L << 32, 0));
              w.actor("program in j").does("close", j.lane(), () -> b.leaveMulticast(m));
              w.destroys(w.host(), "epair0a");
            })
        .classic(TeardownPlan.CLASSIC.without(Guard.MEMBERSHIPS));
  }

  private static Scenario f35() {
    return Scenario.of(
        "F35",
        "facts F35, from reading ifnet_byindexgen",
        "a weak handle that was drawn in one vnet is restored after the interface has moved",
        "a handle of vnet0 resolves to epair0b in j",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "epair");
          IfHandle handle = w.unit(w.host(), "epair0b").handle();
          w.lends("epair0b", j);
          boolean[] crossed = new boolean[1];
          w.actor("queue of vnet0")
              .does(
                  "restore",
                  w.host().lane(),
                  () -> {
                    Ifnet found = handle.resolve(w.machine());
                    crossed[0] = found != null && found.vnet() == j;
                  });
          w.check(f -> {
            if (crossed[0]) {
              f.add("a handle of vnet0 resolves to epair0b in j");
            }
          });
        });
  }

  private static Scenario f36() {
    return Scenario.of(
        "F36",
        "facts F36, from reading if_vmove_loan",
        "an interface is moved into a jail that is dying, and comes home moments later",
        "lo1 went into j, which jail -r had removed",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "lo");
          Programs.starts(w, "j", 1_000_000);
          Actor remover = w.removes("j");
          Actor lender =
              w.actor("ifconfig lo1 vnet j")
                  .waits("jail -r has returned", remover::finished)
                  .runs("lend", () -> IfMove.lend(w.host(), "lo1", j));
          w.check(f -> {
            if (lender.outcome().equals("done")) {
              f.add("lo1 went into j, which jail -r had removed");
            }
          });
        });
  }
}
