package cellblock.userland.jail.conf;

import java.util.ArrayList;
import java.util.List;

/** A jail or a wildcard section as written, in the order of the file. */
public final class ConfJail {
  private final String name;
  private final List<ConfParam> params = new ArrayList<>();

  ConfJail(String name) {
    this.name = name;
  }

  /** The name; dotted for a nested definition, with a {@code *} component for a wildcard. */
  public String name() {
    return name;
  }

  /** Parameters in the order written. */
  public List<ConfParam> params() {
    return params;
  }
}
