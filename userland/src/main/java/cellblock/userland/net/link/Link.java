package cellblock.userland.net.link;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.ToolExit;
import java.util.List;
import java.util.Map;

/**
 * link(8): shows, sets and clears what the cable of an epair end does to the frames that it sends.
 * What is not named keeps its value.
 */
public final class Link {
  private final Stdio io;

  private Link(Stdio io) {
    this.io = io;
  }

  /** Runs the tool. */
  public static int run(Stdio io) {
    return new Link(io).main(io.context().args());
  }

  private int main(List<String> args) {
    if (args.isEmpty()) {
      return all();
    }
    String name = args.getFirst();
    if (name.startsWith("-")) {
      throw usage();
    }
    IfRequest.LinkInfo info = io.ask(new IfRequest.Link(name), name);
    if (args.size() == 1) {
      print(name, info);
      return 0;
    }
    IfRequest.LinkModel model = info.model();
    List<String> words = args.subList(1, args.size());
    for (int i = 0; i < words.size(); i += 2) {
      if (words.get(i).equals("clear")) {
        model = IfRequest.LinkModel.NONE;
        i--;
        continue;
      }
      if (i + 1 >= words.size()) {
        throw io.errx(1, words.get(i) + ": value missing");
      }
      model = changed(model, words.get(i), words.get(i + 1));
    }
    if (model.reorderPpm() > 0 && model.delayNanos() == 0 && model.jitterNanos() == 0) {
      throw io.errx(1, "reorder: needs a delay that frames can be spared");
    }
    io.make(new IfRequest.SetLink(name, model), name);
    return 0;
  }

  /** Every end that has a model. */
  private int all() {
    for (IfInfo info : io.ask(new IfRequest.Get(null), "getifaddrs")) {
      try {
        IfRequest.LinkInfo link = io.kernel().ask(new IfRequest.Link(info.name()));
        if (!link.model().equals(IfRequest.LinkModel.NONE)) {
          print(info.name(), link);
        }
      } catch (KernelError e) {
        if (!e.errno().equals("EOPNOTSUPP") && !e.errno().equals("ENXIO")) {
          throw io.err(1, info.name(), e);
        }
      }
    }
    return 0;
  }

  private IfRequest.LinkModel changed(IfRequest.LinkModel m, String word, String value) {
    long delay = m.delayNanos();
    long jitter = m.jitterNanos();
    int loss = m.lossPpm();
    int dup = m.duplicatePpm();
    int reorder = m.reorderPpm();
    int corrupt = m.corruptPpm();
    long rate = m.rateBits();
    int queue = m.queue();
    try {
      switch (word) {
        case "delay" -> delay = LinkText.time(value);
        case "jitter" -> jitter = LinkText.time(value);
        case "loss" -> loss = LinkText.chance(value);
        case "dup" -> dup = LinkText.chance(value);
        case "reorder" -> reorder = LinkText.chance(value);
        case "corrupt" -> corrupt = LinkText.chance(value);
        case "rate" -> rate = LinkText.rate(value);
        case "queue" -> queue = LinkText.frames(value);
        default -> throw usage();
      }
    } catch (ArithmeticException e) {
      throw io.errx(1, word + " " + value + ": too large");
    } catch (NumberFormatException e) {
      throw io.errx(1, word + " " + value + ": " + e.getMessage());
    }
    return new IfRequest.LinkModel(delay, jitter, loss, dup, reorder, corrupt, rate, queue);
  }

  private ToolExit usage() {
    io.eprint(
        """
        usage: link [interface]
               link interface clear
               link interface [delay time] [jitter time] [loss chance] [dup chance]
                    [reorder chance] [corrupt chance] [rate rate] [queue frames]
        """);
    return new ToolExit(1);
  }

  private void print(String name, IfRequest.LinkInfo info) {
    IfRequest.LinkModel m = info.model();
    StringBuilder line = new StringBuilder(name).append(':');
    if (m.equals(IfRequest.LinkModel.NONE)) {
      io.print(line.append(" no link model\n").toString());
      return;
    }
    word(line, "delay", m.delayNanos(), LinkText.ofTime(m.delayNanos()));
    word(line, "jitter", m.jitterNanos(), LinkText.ofTime(m.jitterNanos()));
    word(line, "loss", m.lossPpm(), LinkText.ofChance(m.lossPpm()));
    word(line, "dup", m.duplicatePpm(), LinkText.ofChance(m.duplicatePpm()));
    word(line, "reorder", m.reorderPpm(), LinkText.ofChance(m.reorderPpm()));
    word(line, "corrupt", m.corruptPpm(), LinkText.ofChance(m.corruptPpm()));
    word(line, "rate", m.rateBits(), LinkText.ofRate(m.rateBits()));
    word(line, "queue", m.queue(), Integer.toString(m.queue()));
    line.append("\n\t");
    String gap = "";
    for (Map.Entry<String, Long> counter : info.counters().entrySet()) {
      line.append(gap).append(counter.getKey()).append(' ').append(counter.getValue());
      gap = " ";
    }
    io.print(line.append('\n').toString());
  }

  private static void word(StringBuilder line, String word, long value, String text) {
    if (value != 0) {
      line.append(' ').append(word).append(' ').append(text);
    }
  }
}
