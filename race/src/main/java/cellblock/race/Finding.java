package cellblock.race;

import cellblock.kern.memguard.Fault;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong after, or during, a run.
 *
 * @param text what, in one line
 * @param fault the fault record, where it is one
 */
public record Finding(String text, @Nullable Fault fault) {
  static Finding of(Fault fault) {
    return new Finding(fault.object() + " " + fault.kind().text() + " by " + fault.by(), fault);
  }

  static Finding of(String text) {
    return new Finding(text, null);
  }

  @Override
  public String toString() {
    return text;
  }
}
