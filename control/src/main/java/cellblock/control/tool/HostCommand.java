package cellblock.control.tool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program of the host to be run in a jail.
 *
 * @param argv program and arguments; looked up on PATH
 * @param env the whole environment
 * @param directory where to start; null = the caller's
 * @param jid the jail that it belongs to
 * @param fib its default FIB
 * @param user host user to run as; null = unchanged
 * @param timeout after which it is killed; null = none (exec.timeout)
 * @param consoleLog file that takes its output (exec.consolelog); null = the caller's streams
 * @param background whether to return as soon as it has started (command with a trailing &amp;)
 */
public record HostCommand(
    List<String> argv,
    Map<String, String> env,
    @Nullable Path directory,
    int jid,
    int fib,
    @Nullable String user,
    @Nullable Duration timeout,
    @Nullable Path consoleLog,
    boolean background) {
  /** The same with another program and arguments. */
  public HostCommand running(List<String> other) {
    return new HostCommand(other, env, directory, jid, fib, user, timeout, consoleLog, background);
  }
}
