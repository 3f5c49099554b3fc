package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.module.LinkerFile;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.tunnel.wg.WgModule;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Races that cannot be had, and the tool that shows those that can. */
class AbsentTest {
  /** There is no lock to take in the wrong order: unload and removal are sagas. */
  private static Scenario unloadWhileJailDies() {
    return Scenario.of(
        "F26",
        "facts F26, reported as a lock order reversal",
        "kldunload while a jail dies",
        "stuck",
        w -> {
          Vnet j = w.jail("j");
          LinkerFile file =
              w.run(
                  w.kernel()
                      .linker()
                      .load("late.ko", "", List.of(new ModuleScenarios.Late()), null));
          w.actor("kldunload late").runs("unload", () -> w.kernel().linker().unload(file, false));
          w.removes("j");
          w.check(f -> {
            if (j.has(ModuleScenarios.Late.V_LATE)) {
              f.add("late is still in j");
            }
          });
        });
  }

  @Test
  void f26_unloading_a_module_while_a_jail_dies_ends_in_every_interleaving() {
    for (TeardownPlan plan : List.of(TeardownPlan.STAGED, TeardownPlan.CLASSIC)) {
      Explorer.Result r =
          new Explorer(unloadWhileJailDies(), plan)
              .exhaustive(1, 2_000, run -> !run.findings().isEmpty());
      assertThat(r.first()).as("%s", plan).isNull();
      assertThat(r.complete()).as("%s: %d interleavings", plan, r.runs()).isTrue();
    }
  }

  /** The other half of F11: the device's home lives on, the jail that it was lent to dies. */
  private static Scenario lentDeviceInJailThatDies() {
    return Scenario.of(
            "F11c",
            "if_wg, facts F11: the foreign vnet dies",
            "a wg of the host is used by a jail that dies, while the host destroys it",
            "stuck",
            w -> {
              Vnet j = w.jail("j");
              Ifnet wg = w.create(w.host(), "wg");
              DeviceScenarios.configure(w, wg, w.host());
              w.lend("wg0", j);
              w.up(wg);
              DeviceScenarios.sends(w, j, wg);
              w.removes("j");
            })
        .with(new WgModule());
  }

  @Test
  void f11_a_device_lent_to_a_jail_that_dies_comes_home_in_every_interleaving() {
    Explorer.Result r =
        new Explorer(lentDeviceInJailThatDies(), TeardownPlan.STAGED)
            .exhaustive(1, 3_000, run -> !run.findings().isEmpty());
    assertThat(r.first())
        .as("%s", r.first() == null ? "" : r.first().findings() + " " + r.first().schedule())
        .isNull();
  }

  @Test
  void a_seed_and_a_schedule_repeat_a_run_to_the_last_line() {
    Explorer explorer = new Explorer(unloadWhileJailDies(), TeardownPlan.CLASSIC);
    Run first = explorer.seeded(7);
    Run again = explorer.seeded(7);
    Run same = Run.of(unloadWhileJailDies(), TeardownPlan.CLASSIC, first.schedule());
    assertThat(again.trace().lines()).isEqualTo(first.trace().lines());
    assertThat(same.trace().lines()).isEqualTo(first.trace().lines());
    assertThat(Schedule.parse(first.schedule().toString()))
        .hasToString(first.schedule().toString());
  }

  private static String race(int status, String... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    assertThat(Main.run(out, List.of(words))).isEqualTo(status);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void the_tool_lists_explores_and_replays() {
    assertThat(race(0, "--list")).contains("F15").contains("seed 1");
    String found = race(0, "inside");
    assertThat(found)
        .contains("FAULT ifconfig epair0b destroy in j: ENXIO")
        .contains("replay: cellblock race inside --schedule -")
        .contains("no fault in any of them");
    assertThat(race(0, "f15", "--plan", "classic", "--schedule", "-"))
        .contains("freed in j turn")
        .contains("held by gif0");
    assertThat(race(1, "F6", "--plan", "classic", "--preemptions", "0", "--runs", "1"))
        .contains("no fault was met");
    assertThat(race(64, "F99")).contains("no scenario F99");
    assertThat(race(64, "--plan")).contains("usage:");
  }

  @Test
  void woven_yield_points_interrupt_turns() throws ReflectiveOperationException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    ClassLoader loader = new YieldLoader(Main.class.getClassLoader());
    Object status =
        loader
            .loadClass(Main.class.getName())
            .getMethod("run", PrintStream.class, List.class)
            .invoke(null, out, List.of("F6", "--plan", "staged", "--seed", "4"));
    assertThat(status).isEqualTo(0);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("# interrupted at ")
        .contains("--yield");
  }
}
