package cellblock.race;

import cellblock.kern.memguard.Fault;
import cellblock.kern.memguard.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened in a run, line by line: which lane did what, and what was said of it. Turns are
 * numbered from the beginning of the race, whatever its set-up took.
 */
public final class Trace {
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Long> begun = new HashMap<>();
  private int steps;

  /** Turns of a lane are counted from here on: the race begins when it has had {@code turns}. */
  void begins(String lane, long turns) {
    begun.put(lane, turns);
  }

  private long sinceBegin(String lane, long turn) {
    return turn - begun.getOrDefault(lane, 0L);
  }

  /** A turn of a lane. */
  void turn(String lane, long number, String what) {
    long turn = sinceBegin(lane, number);
    lines.add(String.format("%4d  %-10s turn %-4d %s", ++steps, lane, turn, what));
  }

  /** A step outside every lane. */
  void step(String who, String what) {
    lines.add(String.format("%4d  %-10s           %s: %s", ++steps, "", who, what));
  }

  /** A remark. */
  void say(String what) {
    lines.add("        # " + what);
  }

  /** A fault, with both its sides. */
  void fault(Fault f) {
    lines.add("     ** " + f.object() + " " + f.kind().text());
    lines.add("        held by " + f.by());
    site("used", f.used());
    Site freed = f.freed();
    if (freed != null) {
      site("freed", freed);
    }
  }

  private void site(String side, Site site) {
    long since = sinceBegin(site.lane(), site.turn());
    String turn =
        site.turn() == 0
            ? site.lane()
            : site.lane() + (since > 0 ? " turn " + since : " before the race");
    lines.add(
        "        " + side + " in " + turn + (site.doing().isEmpty() ? "" : ", " + site.doing()));
    for (String frame : site.stack().subList(0, Math.min(4, site.stack().size()))) {
      lines.add("          at " + frame);
    }
  }

  /** Every line. */
  public List<String> lines() {
    return List.copyOf(lines);
  }
}
