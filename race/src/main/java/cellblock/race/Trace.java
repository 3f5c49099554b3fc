package cellblock.race;

import cellblock.kern.memguard.Fault;
import cellblock.kern.memguard.Site;
import java.util.ArrayList;
import java.util.List;

/** What happened in a run, line by line: which lane did what, and what was said of it. */
public final class Trace {
  private final List<String> lines = new ArrayList<>();
  private int steps;

  /** A turn of a lane. */
  void turn(String lane, long number, String what) {
    lines.add(String.format("%4d  %-10s turn %-4d %s", ++steps, lane, number, what));
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
    String turn = site.turn() == 0 ? site.lane() : site.lane() + " turn " + site.turn();
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
