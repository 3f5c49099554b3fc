package cellblock.userland;

import cellblock.control.tool.Tool;
import cellblock.userland.proc.Sleep;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every tool by its name: those of {@link JailTools}, then those of {@link NetTools}. */
public final class Tools {
  private static final Map<String, Tool> ALL = join();

  private Tools() {}

  private static Map<String, Tool> join() {
    Map<String, Tool> tools = new LinkedHashMap<>(JailTools.tools());
    tools.putAll(NetTools.tools());
    return Collections.unmodifiableMap(tools);
  }

  /** All tools, in a fixed order; they hold no state, so one of each serves every kernel. */
  public static Map<String, Tool> all() {
    return ALL;
  }

  /** The tools where time is not the host's: those that only tell or pass it are among them. */
  public static Map<String, Tool> inVirtualTime() {
    Map<String, Tool> tools = new LinkedHashMap<>(ALL);
    tools.put("sleep", new Sleep());
    return Collections.unmodifiableMap(tools);
  }

  /** The tool that a command's first word names, with or without a path; null for none of ours. */
  public static @Nullable Tool named(String command) {
    return ALL.get(command.substring(command.lastIndexOf('/') + 1));
  }
}
