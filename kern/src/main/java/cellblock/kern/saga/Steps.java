package cellblock.kern.saga;

import org.jspecify.annotations.Nullable;

/** Steps one after the other, linked by {@link Step#after}. */
final class Steps {
  @Nullable Step first;
  private @Nullable Step last;

  void add(Step step) {
    if (last == null) {
      first = step;
    } else {
      last.after = step;
    }
    last = step;
  }

  void push(Step step) {
    step.after = first;
    first = step;
    if (last == null) {
      last = step;
    }
  }

  /** Takes those of {@code others} over, before its own. */
  void pushAll(Steps others) {
    if (others.last != null) {
      others.last.after = first;
      first = others.first;
      last = last == null ? others.last : last;
      others.clear();
    }
  }

  @Nullable Step poll() {
    Step step = first;
    if (step != null) {
      first = step.after;
      step.after = null;
      last = first == null ? null : last;
    }
    return step;
  }

  void clear() {
    first = null;
    last = null;
  }
}
