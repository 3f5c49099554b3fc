package cellblock.userland.misc;

import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;

/**
 * The stand-in for /etc/rc.shutdown: rc(8) leaves the network alone on the way down, and the
 * services that it would stop are processes, which end with the jail.
 */
public final class RcShutdown implements Tool {
  @Override
  public int run(ToolContext context) {
    return 0;
  }
}
