package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.LocalShell;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a seed does with bridges, taps and pairs in three jails, the structures agree after each
 * step, traffic does no harm, and at the end nothing is left.
 */
class BridgeRandomTest {
  private static final int STEPS = Integer.getInteger("cellblock.bridge.steps", 120);
  private static final List<String> JAILS = List.of("", "a", "b", "c");

  private final List<String> log = new ArrayList<>();
  private SplittableRandom random = new SplittableRandom(0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void adding_moving_renaming_and_destroying_at_random_leaves_nothing_behind(long seed) {
    random = new SplittableRandom(seed);
    try (Lab lab = new Lab(seed)) {
      lab.all("kldload if_bridge\nifconfig lo0 up");
      for (String j : JAILS.subList(1, 4)) {
        made(lab, j);
      }
      for (int i = 0; i < STEPS; i++) {
        step(lab);
        assertThat(Validator.of(lab.kernel().machine())).as("seed %d: %s", seed, log).isEmpty();
      }
      for (String j : JAILS.subList(1, 4)) {
        lab.ok("jail -r " + j);
      }
      for (String name : lab.ok("ifconfig -l").strip().split(" ")) {
        if (!name.equals("lo0")) {
          lab.run("ifconfig " + name + " destroy");
        }
      }
      assertThat(lab.ok("ifconfig -l")).as("seed %d: %s", seed, log).isEqualTo("lo0\n");
    }
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String in(String jail, String command) {
    return jail.isEmpty() ? command : "jexec " + jail + " " + command;
  }

  /** A command that may be refused; never by a fault. */
  private void attempt(Lab lab, String command) {
    LocalShell.Result r = lab.run(command);
    log.add(command + " = " + r.status());
    assertThat(r.err()).as("%s", log).doesNotContain("Exception").doesNotContain("Input/output");
  }

  private void step(Lab lab) {
    String jail = any(JAILS);
    List<String> names = List.of(lab.ok(in(jail, "ifconfig -l")).strip().split(" "));
    List<String> bridges = names.stream().filter(n -> n.matches("(bridge|br).*")).toList();
    String name = any(names);
    String bridge = bridges.isEmpty() ? "bridge0" : any(bridges);
    switch (random.nextInt(17)) {
      case 0 -> attempt(lab, in(jail, "ifconfig bridge create"));
      case 1 -> attempt(lab, in(jail, "ifconfig epair create"));
      case 2 -> attempt(lab, in(jail, "ifconfig tap create"));
      case 3, 4, 5, 6 -> attempt(lab, in(jail, "ifconfig " + bridge + " addm " + name + " up"));
      case 7 -> attempt(lab, in(jail, "ifconfig " + bridge + " deletem " + name));
      case 8 -> attempt(lab, in(jail, "ifconfig " + bridge + " span " + name));
      case 9 -> attempt(lab, in(jail, "sysctl net.link.bridge.inherit_mac=" + random.nextInt(2)));
      case 10, 11 -> move(lab, jail, name);
      case 12 -> attempt(lab, in(jail, "ifconfig " + name + " destroy"));
      case 13 -> attempt(lab, in(jail, "ifconfig " + bridge + " " + any(List.of("up", "down"))));
      case 14 ->
          attempt(lab, in(jail, "ifconfig " + bridge + " 10.0.0." + random.nextInt(1, 5) + "/24"));
      case 15 -> attempt(lab, in(jail, "ifconfig " + bridge + " name br" + random.nextInt(4)));
      default -> attempt(lab, in(jail, "ping -c 2 -i 0.01 -W 10 10.0.0." + random.nextInt(1, 5)));
    }
    if (random.nextInt(25) == 0 && !jail.isEmpty()) {
      attempt(lab, "jail -r " + jail);
      made(lab, jail);
    }
  }

  private static void made(Lab lab, String jail) {
    lab.ok("jail -c name=" + jail + " vnet persist");
    lab.ok("jexec " + jail + " ifconfig lo0 up");
  }

  private void move(Lab lab, String jail, String name) {
    if (jail.isEmpty()) {
      attempt(lab, "ifconfig " + name + " vnet " + any(JAILS.subList(1, 4)));
    } else {
      attempt(lab, "ifconfig " + name + " -vnet " + jail);
    }
  }
}
