package cellblock.userland;

import cellblock.control.tool.Tool;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every tool by its name. */
public final class Tools {
  private final Map<String, Tool> byName = new TreeMap<>();

  /** All tools; they hold no state, so one of each is enough. */
  public Tools() {
    byName.putAll(JailTools.all());
    byName.putAll(NetTools.tools());
  }

  /** The tool of that name, or null. */
  public @Nullable Tool find(String name) {
    return byName.get(name);
  }

  /** The names, sorted. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }
}
