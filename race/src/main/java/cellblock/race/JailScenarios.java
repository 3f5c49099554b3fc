package cellblock.race;

import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.proc.Proc;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import java.util.List;
import java.util.Map;

/** Jails that die while processes, holders and other jails have to do with them. */
final class JailScenarios {
  private static final long SECOND = 1_000_000_000L;

  private JailScenarios() {}

  static List<Scenario> all() {
    return List.of(f12(), f14(), f30(), f31());
  }

  private static Scenario f12() {
    return Scenario.of(
        "F12",
        "freebsd/iocage 59 and 77",
        "a jail that somebody still holds is dying for minutes, and so long its interface is not"
            + " given back",
        "epair0b is not in vnet0 ten seconds after jail -r",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "epair");
          w.lend("epair0b", j);
          Prison prison = w.prison("j");
          w.machine()
              .kernelLane()
              .call(() -> {
                prison.hold(HolderKind.DEVICE);
                Callout later =
                    new Callout(
                        w.machine().kernelCallouts(),
                        null,
                        "close",
                        () -> w.kernel().prisons().release(prison, HolderKind.DEVICE));
                later.reset(60 * SECOND);
                return true;
              });
          w.removes("j");
          boolean[] late = new boolean[1];
          w.machine()
              .kernelLane()
              .call(() -> {
                new Callout(
                        w.machine().kernelCallouts(),
                        null,
                        "look",
                        () -> late[0] = !w.names(w.host()).contains("epair0b"))
                    .reset(10 * SECOND);
                return true;
              });
          w.check(f -> {
            if (late[0]) {
              f.add("epair0b is not in vnet0 ten seconds after jail -r");
            }
          });
        });
  }

  private static Scenario f14() {
    return Scenario.of(
            "F14",
            "D47992",
            "a jail and the jail below it die at once: the child finds its parent freed",
            "prison p.1. used after it was freed by its child p.c",
            w -> {
              w.jail("p");
              w.jail(w.kernel().newJail("p.c").vnet().persist());
              Programs.starts(w, "p.c", 1_000_000);
              w.removes("p.c");
              w.removes("p");
            })
        .classic(TeardownPlan.CLASSIC.without(Guard.PARENT));
  }

  private static Scenario f30() {
    return Scenario.of(
        "F30",
        "a comment in the branch of seed 1's author",
        "jexec enters a jail while jail -r kills its processes, and is missed",
        "a program that nobody killed lives in j, which is dying",
        w -> {
          w.jail("j");
          Prison prison = w.prison("j");
          Proc[] in = new Proc[1];
          w.actor("jexec j program")
              .does(
                  "jail_attach",
                  w.machine().kernelLane(),
                  () -> in[0] = Programs.forks(w, prison, 1_000_000));
          w.removes("j");
          w.check(f -> {
            Proc p = in[0];
            if (p != null && !p.exited() && prison.state() == PrisonState.DYING) {
              f.add("a program that nobody killed lives in j, which is dying");
            }
          });
        });
  }

  private static Scenario f31() {
    return Scenario.of(
            "F31",
            "the branch of seed 1's author: vnet_shutdown before SIGKILL",
            "a program makes an interface after the clean-up, since it is killed only then",
            "lo1 .*left behind by vnet j",
            w -> {
              Vnet j = w.jail("j");
              Programs.starts(w, "j", 1_000_000);
              w.actor("program in j").runs("lo create", () -> new IfCreate(j, "lo", Map.of()));
              w.removes("j");
            })
        .classic(TeardownPlan.PROTOTYPE);
  }
}
