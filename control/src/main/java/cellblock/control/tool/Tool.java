package cellblock.control.tool;

/**
 * A command such as ifconfig(8): parses its arguments, asks the kernel, prints. A tool holds no
 * state; each run has a {@link ToolContext} of its own, and runs on one thread.
 */
@FunctionalInterface
public interface Tool {
  /**
   * Runs the command.
   *
   * @return the exit status, 0..255
   * @throws InterruptedException when the caller went away: nothing more need be printed
   */
  int run(ToolContext context) throws InterruptedException;
}
