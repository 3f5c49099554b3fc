package cellblock.race;

import cellblock.host.Jail;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bridge.BridgeModule;
import cellblock.net.bridge.BridgeNet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.tuntap.TunTapModule;
import java.util.List;

/** Bridges that leave a vnet, and devices that a jail has made. */
final class DriverScenarios {
  private DriverScenarios() {}

  static List<Scenario> all() {
    return List.of(f7(), f9());
  }

  private static Scenario f7() {
    return Scenario.of(
            "F7",
            "D28860",
            "a bridge goes home from a dying jail: it loses the member whose address it has, and"
                + " says so",
            "if_afdata.inet. of bridge0 used after it was freed",
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

  private static Scenario f9() {
    return Scenario.of(
            "F9",
            "D51525",
            "a program in the jail opens /dev/tun, which makes an interface, and ends; the interface's"
                + " credentials hold the jail, and only the jail's end would destroy it",
            "(does not end|stuck): .*j",
            w -> {
              w.jail("j");
              opens(w, "j", "/dev/tun");
              w.removes("j");
            })
        .with(new TunTapModule());
  }

  /** A program that opens a device and ends. */
  private static void opens(World w, String jail, String path) throws ErrnoException {
    Jail j = w.find(jail);
    if (j == null) {
      throw new IllegalStateException("no jail " + jail);
    }
    try {
      j.run(
          "ls",
          port -> {
            port.open(path).close();
            return 0;
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
