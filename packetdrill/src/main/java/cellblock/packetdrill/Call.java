package cellblock.packetdrill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A system call and what it must come to.
 *
 * @param end when a blocking call must return, microseconds by the event's count; -1 = at once
 * @param result what it must return
 * @param errno the error it must fail with, or null
 */
record Call(
    long end, String name, List<Expression> arguments, Expression result, @Nullable String errno)
    implements Event.Action {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(arguments.get(i));
    }
    text.append(") = ").append(result);
    return errno == null ? text.toString() : text.append(' ').append(errno).toString();
  }
}
