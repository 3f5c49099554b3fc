package cellblock.kern.memguard;

import org.jspecify.annotations.Nullable;

/**
 * A fault met: what in FreeBSD would be a panic, a page fault, or a silent leak from one vnet into
 * another.
 *
 * @param object what was touched
 * @param freed where it was freed; null where it is alive, but not there
 * @param by whose reference it was, in words
 * @param used where it was touched
 */
public record Fault(Kind kind, String object, @Nullable Site freed, String by, Site used) {
  /** What kind of fault it is. */
  public enum Kind {
    /** Touched after it was freed. */
    USE_AFTER_FREE("used after it was freed"),
    /** Touched on behalf of a vnet that it is not in. */
    WRONG_VNET("used on behalf of a vnet that it is not in"),
    /** Still there when what it belongs to has gone. */
    LEFT_BEHIND("left behind");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** In words. */
    public String text() {
      return text;
    }
  }

  @Override
  public String toString() {
    return object
        + " "
        + kind.text
        + " by "
        + by
        + " ("
        + used
        + ")"
        + (freed == null ? "" : "; freed by " + freed);
  }
}
