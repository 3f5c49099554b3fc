package cellblock.userland.proc;

import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * sleep(1) by the kernel's clock: a tool only where that is not the host's. Ancestor:
 * bin/sleep/sleep.c.
 */
public final class Sleep implements Tool {
  private static final Pattern INTERVAL =
      Pattern.compile("\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)([smhd]?)");
  private static final double NANO = 1e-9;

  @Override
  public int run(ToolContext context) throws InterruptedException {
    List<String> operands = context.args();
    if (!operands.isEmpty() && operands.getFirst().equals("--")) {
      operands = operands.subList(1, operands.size());
    }
    double seconds = 0;
    for (String operand : operands) {
      Matcher m = INTERVAL.matcher(operand);
      if (!m.matches()) {
        return usage(context);
      }
      seconds += Double.parseDouble(m.group(1)) * unit(m.group(2));
    }
    if (operands.isEmpty() || seconds > Integer.MAX_VALUE) {
      return usage(context);
    }
    if (seconds >= NANO) {
      sleep(context, seconds);
    }
    return 0;
  }

  private static int unit(String letter) {
    return switch (letter) {
      case "m" -> 60;
      case "h" -> 3600;
      case "d" -> 86_400;
      default -> 1;
    };
  }

  private static void sleep(ToolContext context, double seconds) throws InterruptedException {
    long end = context.nowNanos() + Math.round(seconds * 1e9);
    AtomicBoolean asked = new AtomicBoolean();
    Thread self = Thread.currentThread();
    context.onSignal(
        "INFO",
        () -> {
          asked.set(true);
          self.interrupt();
        });
    for (long left = end - context.nowNanos(); left > 0; left = end - context.nowNanos()) {
      try {
        context.sleep(Duration.ofNanos(left));
      } catch (InterruptedException e) {
        if (!asked.getAndSet(false)) {
          throw e;
        }
        long about = (end - context.nowNanos()) / 1_000_000_000;
        new Err(context)
            .warnx("about " + about + " second(s) left out of the original " + (long) seconds);
      }
    }
  }

  private static int usage(ToolContext context) {
    new Err(context)
        .print(
            "usage: sleep number[unit] [...]",
            "Unit can be 's' (seconds, the default), m (minutes), h (hours), or d (days).");
    return 1;
  }
}
