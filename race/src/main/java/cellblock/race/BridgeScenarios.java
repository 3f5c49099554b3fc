package cellblock.race;

import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bridge.BridgeModule;
import cellblock.net.bridge.BridgeNet;
import cellblock.net.ifnet.Ifnet;
import java.util.List;

/** Bridges that leave a vnet, and members that leave a bridge. */
final class BridgeScenarios {
  private BridgeScenarios() {}

  static List<Scenario> all() {
    return List.of(f7());
  }

  private static Scenario f7() {
    return Scenario.of(
            "F7",
            "D28860",
            "a bridge goes home from a dying jail: it loses the member whose address it has, and"
                + " says so",
            "if_afdata.INET6?. of bridge0 used after it was freed",
            w -> {
              Vnet j = w.jail("j");
              w.create(w.host(), "bridge");
              w.create(w.host(), "epair");
              Ifnet bridge = w.lend("bridge0", j);
              Ifnet b = w.lend("epair0b", j);
              w.in(
                  j,
                  () -> {
                    BridgeNet.of(j).inheritMac.set(1);
                    bridge.driver().configure(bridge, "bridge", List.of("addm", b.name()));
                    return true;
                  });
              w.up(b);
              w.up(bridge);
              w.removes("j");
              w.check(f -> {
                if (b.hasHooks()) {
                  f.add("epair0b is a member of a bridge in another vnet");
                }
              });
            })
        .with(new BridgeModule())
        .classic(TeardownPlan.CLASSIC.without(Guard.REASSIGN));
  }
}
