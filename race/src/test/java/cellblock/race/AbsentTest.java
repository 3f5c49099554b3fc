package cellblock.race;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.module.LinkerFile;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.route.Nexthop;
import cellblock.net.route.RouteCache;
import cellblock.net.route.RouteTables;
import cellblock.tunnel.wg.WgModule;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
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
  void f11_a_device_lent_to_a_jail_that_dies_comes_home() {
    Explorer.Result r =
        new Explorer(lentDeviceInJailThatDies(), TeardownPlan.STAGED)
            .exhaustive(1, 3_000, run -> !run.findings().isEmpty());
    assertThat(r.first())
        .as("%s", r.first() == null ? "" : r.first().findings() + " " + r.first().schedule())
        .isNull();
  }

  /** The interface of a remembered nexthop goes while its routes are used. */
  static Scenario rememberedRoute() {
    return Scenario.of(
        "F16c",
        "D24866: a cached nexthop and its interface",
        "a tunnel in a jail sends by a nexthop that it remembers while the interface goes",
        "stuck",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "epair");
          Ifnet b = w.lend("epair0b", j);
          w.up(b);
          IpAddress own = IpAddress.parse("192.0.2.1");
          IpAddress to = IpAddress.parse("192.0.2.9");
          RouteCache cache =
              w.in(
                  j,
                  () -> {
                    IfAddress a = new IfAddress(b, own.family(), own.hi(), own.lo(), 24);
                    b.addAddress(a);
                    RouteTables.of(j).ifAddressRoute(true, a, IpPrefix.parse("192.0.2.0/24"));
                    return new RouteCache(RouteTables.of(j), "tnl0");
                  });
          Actor sender = w.actor("tnl0");
          for (int i = 0; i < 3; i++) {
            sender.does(
                "send",
                j.lane(),
                () -> {
                  Nexthop nh = cache.get(0, to.family(), to.hi(), to.lo(), 0);
                  if (nh != null) {
                    Packets.broadcast(j, nh.ifnet());
                  }
                });
          }
          w.destroys(w.host(), "epair0a");
          w.check(f -> {
            if (cache.held() != null) {
              f.add(cache + " still holds " + cache.held());
            }
          });
        });
  }

  @Test
  void f16_a_remembered_nexthop_goes_with_its_interface_in_every_interleaving() {
    Explorer.Result r =
        new Explorer(rememberedRoute(), TeardownPlan.STAGED)
            .exhaustive(1, 3_000, run -> !run.findings().isEmpty());
    assertThat(r.first())
        .as("%s", r.first() == null ? "" : r.first().findings() + " " + r.first().schedule())
        .isNull();
    assertThat(r.complete()).as("%d interleavings", r.runs()).isTrue();
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
    assertThat(Main.run(out, out, List.of(words))).isEqualTo(status);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void the_tool_lists_explores_and_replays() {
    assertThat(race(0, "--list")).contains("F15").contains("seed 1");
    assertThat(race(0, "--help")).startsWith("usage: cellblock race SCENARIO");
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
    assertThat(race(64, "F6", "--seed", "x")).startsWith("race: --seed: x: bad number\nusage:");
    assertThat(race(64, "F6", "--runs", "0")).startsWith("race: --runs: 0: bad number");
    assertThat(race(64, "F6", "--schedule", "9=x")).startsWith("race: not a schedule: 9=x");
    assertThat(race(64, "F6", "--schedule", "9999999=1")).startsWith("race: not a schedule");
    assertThat(race(64, "--list", "F6")).startsWith("race: F6?");
  }

  @Test
  void woven_yield_points_interrupt_turns() throws ReflectiveOperationException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Object status =
        new YieldLoader(Main.class.getClassLoader())
            .call(Main.class, "run", out, out, List.of("F6", "--plan", "staged", "--seed", "4"));
    assertThat(status).isEqualTo(0);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("# interrupted at ")
        .contains("--yield");
  }
}
