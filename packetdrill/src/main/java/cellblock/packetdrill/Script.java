package cellblock.packetdrill;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A script, taken apart. Immutable.
 *
 * @param options its {@code --name=value} lines, in order, the last of a name counts
 * @param init the command before the first event, or null
 * @param events in the order of the script
 */
record Script(Map<String, String> options, @Nullable String init, List<Event> events) {}
