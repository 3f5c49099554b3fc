package cellblock.race;

import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.plan.TeardownStep;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.tunnel.wg.WgModule;
import java.util.List;

/** Devices that have credentials of the jail they were made in: wg. */
final class DeviceScenarios {
  /** FreeBSD before if_wg had a method that is called when a prison is removed. */
  private static final TeardownPlan NO_METHODS = TeardownPlan.CLASSIC.without(TeardownStep.METHODS);

  private DeviceScenarios() {}

  static List<Scenario> all() {
    return List.of(f11(), f11b());
  }

  private static Scenario f11() {
    return Scenario.of(
            "F11",
            "if_wg: the method for PR_METHOD_REMOVE",
            "a jail has made a wg, whose credentials hold the jail, whose end would destroy the wg",
            "j is dying and held by 1 device",
            w -> {
              Vnet j = w.jail("j");
              Ifnet wg = w.create(j, "wg");
              configure(w, wg, j);
              sends(w, j, wg);
              w.removes("j");
              held(w, w.prison("j"));
            })
        .with(new WgModule())
        .classic(NO_METHODS);
  }

  private static Scenario f11b() {
    return Scenario.of(
            "F11b",
            "if_wg: the method for PR_METHOD_REMOVE",
            "the same, and the wg that the jail has made is used by the host",
            "j is dying and held by 1 device",
            w -> {
              Vnet j = w.jail("j");
              Ifnet wg = w.create(j, "wg");
              configure(w, wg, j);
              w.run(IfMove.reclaim(w.host(), "wg0", j));
              w.up(wg);
              sends(w, w.host(), wg);
              w.removes("j");
              held(w, w.prison("j"));
            })
        .with(new WgModule())
        .classic(NO_METHODS);
  }

  /** A key, a peer that is nowhere near, and up. */
  static void configure(World w, Ifnet wg, Vnet home) throws cellblock.kern.errno.ErrnoException {
    w.in(
        home,
        () -> {
          wg.driver()
              .configure(
                  wg,
                  "wg",
                  List.of(
                      "private_key=" + "48".repeat(32),
                      "listen_port=51820",
                      "public_key=" + "09" + "00".repeat(31),
                      "endpoint=203.0.113.9:51820",
                      "allowed_ip=0.0.0.0/0"));
          return true;
        });
    w.up(wg);
  }

  /** Somebody who sends by the interface as long as it is there. */
  static void sends(World w, Vnet in, Ifnet wg) {
    Actor sender = w.actor("program in " + in);
    for (int i = 0; i < 1; i++) {
      sender.does("send by " + wg, in.lane(), () -> Packets.broadcast(in, wg));
    }
  }

  private static void held(World w, Prison prison) {
    w.check(f -> {
      if (prison.state() == PrisonState.DYING && prison.held(HolderKind.DEVICE) > 0) {
        f.add("j is dying and held by " + prison.holdersText());
      }
    });
  }
}
