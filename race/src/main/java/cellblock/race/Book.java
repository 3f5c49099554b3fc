package cellblock.race;

import java.io.PrintStream;

/** The book of races: every scenario with its story and the trace of its fault, as Markdown. */
final class Book {
  private static final int PREEMPTIONS = 2;
  private static final long MOST = 20_000;

  private final PrintStream out;

  Book(PrintStream out) {
    this.out = out;
  }

  /** Prints it. */
  void print() {
    out.println("# Races");
    out.println();
    out.println(
        "Printed by `./cellblock race --book`; a test compares. Each trace is of the plan that has the fault,");
    out.println(
        "turns counted from the beginning of the race. What `staged` does with the same interleavings is in");
    out.println("[lifecycle.md](lifecycle.md).");
    for (Scenario s : Scenarios.all()) {
      chapter(s);
    }
  }

  private void chapter(Scenario s) {
    Explorer.Result r =
        new Explorer(s, s.classic()).find(PREEMPTIONS, MOST, run -> Main.matches(s, run));
    out.println();
    out.println("## " + s.name());
    out.println("*" + s.title() + "* (" + s.origin() + ")");
    out.println();
    Stories.of(s).lines().forEach(out::println);
    out.println();
    Run run = r.first();
    if (run == null) {
      out.println("Not met in " + r.runs() + " interleavings.");
      return;
    }
    out.println(
        "Met after "
            + r.runs()
            + " interleavings; `./cellblock race "
            + s.name()
            + " --plan classic --schedule "
            + run.schedule()
            + "`:");
    out.println("```");
    run.trace().lines().forEach(line -> out.println(plain(line)));
    run.findings().forEach(f -> out.println("FAULT " + f));
    out.println("```");
  }

  /** A frame without what changes whenever its file does: the line, and numbers of lambdas. */
  private static String plain(String line) {
    return line.strip().startsWith("at cellblock.")
        ? line.replaceFirst("\\([^()]*\\)$", "").replaceAll("lambda\\$(\\w+)\\$\\d+", "$1")
        : line;
  }
}
