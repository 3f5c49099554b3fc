package cellblock.control.tool;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * The standard streams and the environment of a child tool. {@code jid} is the jail that it runs
 * in.
 */
public record ToolStreams(
    InputStream in, PrintStream out, PrintStream err, Map<String, String> env, int jid) {}
