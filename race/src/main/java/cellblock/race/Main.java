package cellblock.race;

import cellblock.kern.plan.TeardownPlan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ./cellblock race}: runs a scenario, or explores it, and tells what happened. */
public final class Main {
  private static final String USAGE =
      """
      usage: cellblock race SCENARIO [--plan classic|staged] [--seed N | --random N | --schedule S | --exhaustive]
                            [--preemptions N] [--runs N] [--every | --yield] [-v]
             cellblock race --list
             cellblock race --book
             cellblock race --mutations [--preemptions N] [--runs N] [--every]
      """;

  /** With these no staged plan is explored. */
  private static final Set<String> ONE_RUN =
      Set.of("--help", "--list", "--book", "--seed", "--random", "--schedule");

  private final PrintStream out;
  private final PrintStream err;
  private final List<String> arguments;
  private @Nullable String name;
  private @Nullable String plan;
  private @Nullable Long seed;
  private @Nullable Schedule schedule;
  private int preemptions = 2;
  private long runs = 20_000;
  private long random;
  private boolean list;
  private boolean mutations;
  private boolean book;
  private boolean verbose;

  private Main(PrintStream out, PrintStream err, List<String> arguments) {
    this.out = out;
    this.err = err;
    this.arguments = arguments;
  }

  /** Exit status 0 where the run came to what the scenario says, 1 where not, 64 for usage. */
  public static void main(String[] args) throws ReflectiveOperationException {
    List<String> words = new ArrayList<>(List.of(args));
    boolean every = words.remove("--every");
    if (words.remove("--yield")) {
      System.exit(in(new YieldLoader(Main.class.getClassLoader()), words));
    }
    if (every || words.stream().anyMatch(ONE_RUN::contains)) {
      System.exit(run(System.out, System.err, words));
    }
    System.exit(in(new TouchLoader(Main.class.getClassLoader()), words));
  }

  /** The same in classes that are woven. */
  private static int in(WovenLoader loader, List<String> words)
      throws ReflectiveOperationException {
    return (Integer) loader.call(Main.class, "run", System.out, System.err, words);
  }

  /** The same as a call. */
  public static int run(PrintStream out, PrintStream err, List<String> args) {
    Main main = new Main(out, err, args);
    if (args.contains("--help")) {
      out.print(USAGE);
      return 0;
    }
    try {
      main.parse();
    } catch (IllegalArgumentException e) {
      err.print(e.getMessage() + "\n" + USAGE);
      return 64;
    }
    return main.go();
  }

  private void parse() {
    for (int i = 0; i < arguments.size(); i++) {
      String a = arguments.get(i);
      switch (a) {
        case "--list" -> list = true;
        case "--mutations" -> mutations = true;
        case "--book" -> book = true;
        case "-v" -> verbose = true;
        case "--exhaustive" -> seed = null;
        case "--plan" -> plan = value(++i);
        case "--seed" -> seed = number(a, value(++i), Long.MIN_VALUE, Long.MAX_VALUE);
        case "--schedule" -> schedule = Schedule.parse(value(++i));
        case "--preemptions" -> preemptions = (int) number(a, value(++i), 0, 1000);
        case "--random" -> random = number(a, value(++i), 1, Long.MAX_VALUE);
        case "--runs" -> runs = number(a, value(++i), 1, Long.MAX_VALUE);
        default -> {
          if (a.startsWith("-") || name != null) {
            throw new IllegalArgumentException("race: " + a + "?");
          }
          name = a;
        }
      }
    }
    boolean all = list || mutations || book;
    if (all == (name != null)) {
      throw new IllegalArgumentException(all ? "race: " + name + "?" : "race: which scenario?");
    }
  }

  private String value(int i) {
    if (i >= arguments.size()) {
      throw new IllegalArgumentException("race: " + arguments.getLast() + " needs a value");
    }
    return arguments.get(i);
  }

  private static long number(String option, String value, long low, long high) {
    try {
      long n = Long.parseLong(value);
      if (n >= low && n <= high) {
        return n;
      }
    } catch (NumberFormatException e) {
      // As one that is out of range.
    }
    throw new IllegalArgumentException("race: " + option + ": " + value + ": bad number");
  }

  private int go() {
    if (list) {
      for (Scenario s : Scenarios.all()) {
        out.printf("%-8s %s%n         from %s%n", s.name(), s.title(), s.origin());
      }
      return 0;
    }
    if (mutations) {
      return mutate();
    }
    if (book) {
      new Book(out).print();
      return 0;
    }
    Scenario s = Scenarios.named(name == null ? "" : name);
    if (s == null) {
      err.println("race: no scenario " + name + " (cellblock race --list)");
      return 64;
    }
    out.println(s.name() + ": " + s.title());
    out.println("from " + s.origin());
    Stories.of(s).lines().forEach(l -> out.println("  " + l));
    boolean asExpected = true;
    if (plan == null || plan.equals("classic")) {
      asExpected &= one(s, s.classic(), true);
    }
    if (plan == null || plan.equals("staged")) {
      asExpected &= one(s, TeardownPlan.STAGED, false);
    }
    if (plan != null && !plan.equals("classic") && !plan.equals("staged")) {
      err.println("race: no plan " + plan);
      return 64;
    }
    return asExpected ? 0 : 1;
  }

  private boolean one(Scenario s, TeardownPlan by, boolean faulty) {
    out.println();
    out.println("plan " + (faulty ? "classic" : by.name()) + ", as " + by.name());
    Explorer explorer = faulty ? new Explorer(s, by) : explorer(s, by);
    if (schedule != null) {
      return told(s, Run.of(s, by, schedule), faulty, "--schedule " + schedule);
    }
    if (random > 0) {
      return byChance(s, explorer, faulty);
    }
    if (seed != null) {
      return told(s, explorer.seeded(seed), faulty, "--seed " + seed);
    }
    Explorer.Result r =
        faulty
            ? explorer.find(preemptions, runs, run -> matches(s, run))
            : explorer.exhaustive(preemptions, runs, run -> !run.findings().isEmpty());
    out.printf(
        "%d interleavings with at most %d preemptions%s%n",
        r.runs() - r.seen(),
        preemptions,
        r.complete() ? ", all there are" : r.first() == null ? ", cut off there" : "");
    if (r.seen() > 0) {
      out.println(r.seen() + " more were left when they came to what one of these comes to");
    }
    if (r.first() != null) {
      return told(s, r.first(), faulty, "--schedule " + r.first().schedule());
    }
    out.println(faulty ? "no fault was met" : "no fault in any of them; ledger zero, no residue");
    r.outcomes().forEach(o -> out.println("  " + o));
    return !faulty;
  }

  /** Seeds one after the other, from --seed or 1 on, until one leads to what is looked for. */
  private boolean byChance(Scenario s, Explorer explorer, boolean faulty) {
    long from = seed == null ? 1 : seed;
    Explorer.Result r =
        explorer.random(from, random, run -> faulty ? matches(s, run) : !run.findings().isEmpty());
    out.printf("%d runs by chance, from seed %d on%n", r.runs(), from);
    if (r.first() != null) {
      return told(s, r.first(), faulty, "--seed " + (from + r.runs() - 1));
    }
    out.println(faulty ? "no fault was met" : "no fault in any of them; ledger zero, no residue");
    return !faulty;
  }

  private static boolean isWoven() {
    ClassLoader mine = Main.class.getClassLoader();
    return mine != null && mine.getClass().getName().equals(YieldLoader.class.getName());
  }

  /** Takes one guard out at a time, and looks for scenarios of the staged plan that turn red. */
  private int mutate() {
    int unnoticed = 0;
    for (Mutation m : Mutation.all()) {
      List<String> red = new ArrayList<>();
      for (Scenario s : Scenarios.all()) {
        Explorer.Result r =
            explorer(s, m.plan()).find(preemptions, runs, run -> !run.findings().isEmpty());
        if (r.first() != null) {
          red.add(s + " (" + r.first().schedule() + ": " + r.first().findings().getFirst() + ")");
        }
      }
      unnoticed += red.isEmpty() ? 1 : 0;
      out.println(m.name() + ": " + (red.isEmpty() ? "nothing notices" : ""));
      red.forEach(line -> out.println("    " + line));
    }
    return unnoticed == 0 ? 0 : 1;
  }

  private static Explorer explorer(Scenario s, TeardownPlan by) {
    return Touch.isWoven() ? Explorer.reduced(s, by) : new Explorer(s, by);
  }

  static boolean matches(Scenario s, Run run) {
    Pattern p = Pattern.compile(s.fault());
    return run.findings().stream().anyMatch(f -> p.matcher(f.text()).find());
  }

  private boolean told(Scenario s, Run run, boolean faulty, String replay) {
    if (!run.findings().isEmpty() || verbose || seed != null || schedule != null) {
      run.trace().lines().forEach(out::println);
    }
    run.outcomes().forEach(o -> out.println("  " + o));
    run.findings().forEach(f -> out.println("FAULT " + f));
    if (run.findings().isEmpty()) {
      out.println("clean");
    }
    out.println(
        "replay: cellblock race " + s.name() + " " + replay + (isWoven() ? " --yield" : ""));
    return faulty ? matches(s, run) : run.findings().isEmpty();
  }
}
