package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.LocalShell;
import cellblock.kern.lane.Lane;
import cellblock.userland.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user types by mistake: the examples of the manual pages with words changed, dropped,
 * doubled and exchanged. Every command ends, by itself or by a signal, with a status and without an
 * exception; the kernel goes on, and at the end nothing is left.
 */
@Timeout(600)
class AnyWordsTest {
  /** 1,000 in the profile "soak". */
  private static final int SEEDS = Integer.getInteger("cellblock.words.seeds", 20);

  private static final int COMMANDS = 250;
  private static final Path PAGES = Path.of("..", "docs", "man");

  /** They start programs of the host, or are not of virtual time. */
  private static final List<String> NOT = List.of("daemon", "inetd", "sh");

  private static final List<String> JUNK =
      List.of(
          "-",
          "--",
          "-1",
          "0",
          "1",
          "65535",
          "65536",
          "4294967296",
          "99999999999999999999",
          "0x",
          "1e9",
          "NaN",
          "%",
          "%s",
          ":",
          "::",
          "::1%lo0",
          "fe80::1%nosuch",
          "1.2.3.4/33",
          "1.2.3.4/-1",
          "1.2.3",
          "255.255.255.255",
          "224.0.0.1",
          "=",
          "a=",
          "=b",
          ".",
          "..",
          "a.b",
          "\u00e4",
          "x".repeat(300),
          "lo0",
          "epair0a",
          "epair0b",
          "a",
          "b",
          "name=a",
          "create",
          "destroy",
          "up",
          "inet",
          "inet6");

  static Stream<Long> seeds() {
    return Stream.iterate(1L, s -> s + 1).limit(SEEDS);
  }

  private final List<List<String>> examples = new ArrayList<>();
  private final List<String> words = new ArrayList<>(JUNK);
  private final List<String> wrong = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  /** The examples that are one command of ours. */
  private void read() throws IOException {
    TreeSet<String> all = new TreeSet<>();
    try (Stream<Path> pages = Files.list(PAGES)) {
      for (Path page : pages.sorted().toList()) {
        for (String line : Files.readAllLines(page)) {
          if (line.startsWith("$ ") && !line.substring(2).matches(".*[|<>;&$`'\"(){}\\\\].*")) {
            List<String> command = List.of(line.substring(2).strip().split("\\s+"));
            if (isOurs(command.getFirst())) {
              examples.add(command);
              all.addAll(command.subList(1, command.size()));
            }
          }
        }
      }
    }
    all.removeIf(w -> w.contains("/") && w.startsWith("/"));
    words.addAll(all);
  }

  private static boolean isOurs(String name) {
    return Tools.inVirtualTime().containsKey(name) && !NOT.contains(name);
  }

  private List<String> command(SplittableRandom random) {
    List<String> c = new ArrayList<>(examples.get(random.nextInt(examples.size())));
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      int at = 1 + random.nextInt(c.size());
      switch (random.nextInt(6)) {
        case 0 -> c.add(at, words.get(random.nextInt(words.size())));
        case 1 -> c.add(at, "-" + (char) ('A' + random.nextInt(58)));
        case 2 -> {
          if (at < c.size()) {
            c.remove(at);
          }
        }
        case 3 -> {
          if (at < c.size()) {
            c.set(at, words.get(random.nextInt(words.size())));
          }
        }
        case 4 -> {
          if (at < c.size()) {
            c.add(at, c.get(at));
          }
        }
        default -> {
          if (at < c.size()) {
            c.set(at, c.get(at) + words.get(random.nextInt(words.size())));
          }
        }
      }
    }
    return c;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatever_is_typed_ends_with_a_status_and_no_exception(long seed, @TempDir Path folder)
      throws IOException {
    read();
    SplittableRandom random = new SplittableRandom(seed);
    try (Lab lab = new Lab(seed, folder)) {
      lab.pair("a", "b");
      for (int i = 0; i < COMMANDS && wrong.isEmpty(); i++) {
        List<String> words = command(random);
        if (harmless(words)) {
          take(lab, words);
        }
      }
      assertThat(wrong).as("seed %d, after%n%s", seed, String.join("\n", log)).isEmpty();
    }
  }

  /** Nothing of the host is named: no path, no program. */
  private static boolean harmless(List<String> words) {
    return words.stream().noneMatch(w -> w.startsWith("/") || w.contains("exec") && w.contains("="))
        && (!words.getFirst().equals("jexec") || words.stream().anyMatch(AnyWordsTest::isOurs));
  }

  private void take(Lab lab, List<String> words) {
    String text = String.join(" ", words);
    log.add(text);
    List<LocalShell.Result> ended = new ArrayList<>();
    List<Throwable> broken = new ArrayList<>();
    lab.begin(text, ended::add, broken::add);
    lab.sim().stepper().advance(Duration.ofSeconds(3).toNanos());
    for (int i = 0; i < 3 && ended.isEmpty() && broken.isEmpty(); i++) {
      lab.run("killall -KILL -m .");
      lab.sim().stepper().advance(Duration.ofSeconds(40).toNanos());
    }
    if (!broken.isEmpty()) {
      wrong.add(text + ": " + broken.getFirst());
    } else if (ended.isEmpty()) {
      wrong.add(text + ": does not end");
    } else if (ended.getFirst().err().contains("\tat ")
        || ended.getFirst().err().contains("Exception")) {
      wrong.add(text + ": " + ended.getFirst().err());
    }
    if (!lab.kernel().machine().memguard().faults().isEmpty()) {
      wrong.add(text + ": " + lab.kernel().machine().memguard().faults());
    }
    for (Lane lane : lab.kernel().machine().lanes().snapshot()) {
      if (lane.fault() != null) {
        wrong.add(text + ": lane " + lane + ": " + lane.fault());
      }
    }
  }
}
