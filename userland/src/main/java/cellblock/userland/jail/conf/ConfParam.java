package cellblock.userland.jail.conf;

import java.util.List;

/**
 * A parameter or variable as written (struct cfparam).
 *
 * @param values none for a bare name
 * @param variable whether it was written {@code $name = …}
 * @param append whether it was written with {@code +=}
 */
public record ConfParam(String name, List<ConfString> values, boolean variable, boolean append) {
  public ConfParam {
    values = List.copyOf(values);
  }
}
