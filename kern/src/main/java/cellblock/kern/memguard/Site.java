package cellblock.kern.memguard;

import cellblock.kern.lane.Lane;
import java.util.List;

/**
 * Where something happened: lane, number of its turn, what the turn was doing, and the stack.
 *
 * @param turn counted from 1 for each lane; 0 outside every turn
 * @param doing the saga and its step, or ""
 * @param stack the frames of the project, innermost first; empty unless the machine is checked
 */
public record Site(String lane, long turn, String doing, List<String> stack) {
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final int FRAMES = 12;

  public Site {
    stack = List.copyOf(stack);
  }

  /** This place. */
  static Site here(boolean withStack) {
    List<String> stack = withStack ? frames() : List.of();
    if (!Lane.CURRENT.isBound()) {
      return new Site("no lane", 0, "", stack);
    }
    Lane lane = Lane.CURRENT.get();
    Object doing = lane.doing();
    return new Site(
        lane.name(), lane.turns() + 1 >> 1, doing == null ? "" : doing.toString(), stack);
  }

  private static List<String> frames() {
    return STACK.walk(all ->
        all.filter(f -> ours(f.getClassName()))
            .limit(FRAMES)
            .map(f -> f.toStackTraceElement().toString().replaceFirst("^[^/]*/+", ""))
            .toList());
  }

  private static boolean ours(String type) {
    return type.startsWith("cellblock.")
        && !type.startsWith("cellblock.kern.memguard.")
        && !type.startsWith("cellblock.kern.lane.")
        && !type.startsWith("cellblock.kern.saga.");
  }

  /** The innermost frame, or "". */
  public String frame() {
    return stack.isEmpty() ? "" : stack.getFirst();
  }

  @Override
  public String toString() {
    return (turn == 0 ? lane : lane + " turn " + turn)
        + (doing.isEmpty() ? "" : ", " + doing)
        + (stack.isEmpty() ? "" : ", at " + frame());
  }
}
