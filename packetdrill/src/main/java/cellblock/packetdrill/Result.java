package cellblock.packetdrill;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a script ended.
 *
 * @param failure what went wrong, lines, or null
 * @param warnings what was off and does not count
 * @param log every packet and call, when asked for
 */
record Result(Path file, @Nullable String failure, List<String> warnings, List<String> log) {
  boolean passed() {
    return failure == null;
  }
}
