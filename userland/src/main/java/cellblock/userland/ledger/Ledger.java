package cellblock.userland.ledger;

import cellblock.control.JailRequest;
import cellblock.control.JailRequest.LedgerInfo;
import cellblock.control.JailRequest.Moment;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import cellblock.userland.net.Xo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ledger(8): what a jail's vnet owns, alive or dead, and the time line of its holders. */
public final class Ledger {
  private static final double NANOS = 1e9;

  private final Stdio io;
  private final Xo xo;

  private Ledger(Stdio io) {
    this.io = io;
    this.xo = new Xo(io);
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Ledger(io).main();
  }

  private int main() {
    List<String> words = new ArrayList<>();
    for (String a : io.context().args()) {
      words.add(a.equals("--json") ? "--libxo=json,pretty" : a);
    }
    List<String> rest = xo.parseArgs(words);
    if (rest.size() > 1 || rest.stream().anyMatch(r -> r.startsWith("-"))) {
      io.eprint("usage: ledger [--json] [jail]\n");
      throw new ToolExit(1);
    }
    if (rest.isEmpty()) {
      dead();
    } else {
      show(io.ask(new JailRequest.Ledger(rest.getFirst()), rest.getFirst()));
    }
    xo.finish();
    return 0;
  }

  /** The dead jails that are remembered. */
  private void dead() {
    xo.openList("jail");
    for (LedgerInfo j : io.ask(new JailRequest.Dead(), "ledger")) {
      xo.openInstance("jail");
      int left = j.entries().values().stream().mapToInt(List::size).sum();
      xo.number("jid", j.jid(), String.format("%6d  ", j.jid()));
      xo.string("name", j.name(), j.name());
      xo.number("left", left, left == 0 ? "  ledger zero\n" : "  " + left + " left behind\n");
      xo.closeInstance();
    }
    xo.closeList();
  }

  private void show(LedgerInfo j) {
    xo.openContainer("ledger");
    xo.string("name", j.name(), j.name());
    xo.number("jid", j.jid(), " (jid " + j.jid() + ")");
    xo.string("state", j.state(), ": " + j.state());
    @Nullable String waits = j.waits();
    if (waits != null) {
      xo.string("step", waits, " at " + waits);
    }
    xo.text("\n");
    xo.openContainer("entries");
    for (Map.Entry<String, List<String>> kind : j.entries().entrySet()) {
      xo.text(String.format("%-12s %4d%n", kind.getKey(), kind.getValue().size()));
      List<String> lines = kind.getValue().stream().map(e -> bare(kind.getKey(), e)).toList();
      lines.forEach(line -> xo.text("    " + line + "\n"));
      xo.leaves(kind.getKey().toLowerCase(Locale.ROOT), lines);
    }
    xo.closeContainer();
    moments(j.timeline());
    xo.closeContainer();
  }

  /** An entry without its kind, which stands above it. */
  private static String bare(String kind, String entry) {
    return entry.startsWith(kind + " ") ? entry.substring(kind.length() + 1) : entry;
  }

  private void moments(List<Moment> timeline) {
    long first = timeline.isEmpty() ? 0 : timeline.getFirst().nanos();
    xo.openList("timeline");
    for (Moment m : timeline) {
      xo.openInstance("timeline");
      double seconds = (m.nanos() - first) / NANOS;
      xo.bare("seconds", String.format(Locale.ROOT, "%.6f", seconds));
      xo.text(String.format(Locale.ROOT, "%12.6f  ", seconds));
      xo.string("what", m.what(), m.what() + "\n");
      xo.closeInstance();
    }
    xo.closeList();
  }
}
