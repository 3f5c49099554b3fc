package cellblock.userland;

import cellblock.control.tool.Tool;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every tool by its name. */
public final class Tools {
  private Tools() {}

  /** All tools, in a fixed order. */
  public static Map<String, Tool> all() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(JailTools.all()));
  }
}
