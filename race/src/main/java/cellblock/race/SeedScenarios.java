package cellblock.race;

import cellblock.kern.module.KernelModule;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.tunnel.gif.GifModule;
import cellblock.tunnel.gre.GreModule;
import cellblock.wire.IpAddress;
import java.util.List;

/** The four faults that the seeds themselves tell of. */
final class SeedScenarios {
  static final IpAddress OUTER = IpAddress.parse("203.0.113.9");
  private static final List<String> ENDS = List.of("tunnel", "192.0.2.1", OUTER.toString());

  private SeedScenarios() {}

  static List<Scenario> all() {
    return List.of(f6(), f15(), f15gre(), f34(), inside());
  }

  private static Scenario f15() {
    return tunnel("F15", new GifModule(), "gif");
  }

  private static Scenario f15gre() {
    return tunnel("F15gre", new GreModule(), "gre");
  }

  /**
   * A tunnel dies with its jail. Its handler stands below the route tables, where seed 1's author
   * had moved it: PSEUDO.
   */
  private static Scenario tunnel(String name, KernelModule module, String type) {
    String handler = module.info().name() + "." + type + " tunnels";
    return Scenario.of(
            name,
            "seed 1: Propose a new stage vnet_shutdown",
            "a "
                + type
                + " that subscribes to the rib dies with its jail: rib_unsubscribe after"
                + " rtables_destroy",
            "subscription of " + type + "0 .* used after it was freed",
            w -> {
              Vnet j = w.jail("j");
              Ifnet ifp = w.create(j, type);
              w.in(
                  j,
                  () -> {
                    ifp.driver().configure(ifp, "tunnel", ENDS);
                    return true;
                  });
              w.removes("j");
            })
        .with(module)
        .classic(TeardownPlan.CLASSIC.place(handler, Subsystem.PSEUDO, Order.ANY));
  }

  private static Scenario f6() {
    return Scenario.of(
        "F6",
        "seed 3: D49447, PR 279653, PR 285129",
        "IPv6 is sent by an interface that is being moved out of the jail",
        "if_afdata.inet6. of epair0b used after it was freed",
        w -> {
          Vnet j = w.jail("j");
          Ifnet a = w.create(w.host(), "epair");
          Ifnet b = w.lend("epair0b", j);
          w.up(a);
          w.up(b);
          int index = b.index();
          Actor sender = w.actor("program in j");
          for (int i = 0; i < 2; i++) {
            sender.does("send to ff02::1%epair0b", j.lane(), () -> Packets.toAllNodes(j, index));
          }
          w.reclaims("epair0b", j);
        });
  }

  private static Scenario f34() {
    return Scenario.of(
        "F34",
        "seed 4: netinet & netpfil tests failing",
        "jail -r returns while a program still dies; the test suite destroys the interface that is"
            + " not home yet, and later it pops up in vnet0",
        "epair0b popped up in vnet0 after the test had ended",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "epair");
          w.lend("epair0b", j);
          Programs.starts(w, "j", 1_000_000);
          Actor test = w.thenRemoves(w.actor("test suite"), "j");
          test.does(
              "ifconfig epair0b destroy || true",
              w.host().lane(),
              () ->
                  w.say("epair0b in vnet0: " + (Interfaces.of(w.host()).unit("epair0b") != null)));
          Actor next = w.actor("next test");
          boolean[] seen = new boolean[1];
          next.waits("the first test has ended", test::finished)
              .notes("ifconfig -l", () -> seen[0] = w.names(w.host()).contains("epair0b"));
          w.check(f -> {
            if (!seen[0] && w.names(w.host()).contains("epair0b")) {
              f.add("epair0b popped up in vnet0 after the test had ended");
            }
          });
        });
  }

  private static Scenario inside() {
    return Scenario.of(
            "inside",
            "seed 4: netinet & netpfil tests failing",
            "jexec j ifconfig epair0b destroy, of an interface that was made outside",
            "ifconfig epair0b destroy in j: ENXIO",
            w -> {
              Vnet j = w.jail("j");
              w.create(w.host(), "epair");
              w.lend("epair0b", j);
              Actor a = w.destroys(j, "epair0b");
              w.check(f -> {
                if (!a.outcome().equals("done")) {
                  f.add(a + ": " + a.outcome());
                }
              });
            })
        .classic(TeardownPlan.CLASSIC.without(Guard.HOME_CLONER));
  }
}
