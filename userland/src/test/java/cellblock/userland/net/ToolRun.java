package cellblock.userland.net;

import cellblock.control.tool.HostCommand;
import cellblock.control.tool.Invocation;
import cellblock.control.tool.ToolContext;
import cellblock.control.tool.ToolStreams;
import cellblock.userland.NetTools;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of a tool against a {@link ModelKernel}: what it printed and its status, 130 when
 * interrupted.
 */
record ToolRun(int status, String out, String err) {
  /** Runs a command line, split at blanks; {@code ''} stands for an empty word. */
  static ToolRun of(ModelKernel kernel, String line) {
    return of(kernel, line, Path.of("."));
  }

  static ToolRun of(ModelKernel kernel, String line, Path cwd) {
    List<String> words =
        List.of(line.split(" ")).stream().map(word -> word.equals("''") ? "" : word).toList();
    return of(kernel, words, cwd);
  }

  static ToolRun of(ModelKernel kernel, List<String> words, Path cwd) {
    Context context = new Context(kernel, words, cwd);
    try {
      int status = NetTools.tools().get(words.getFirst()).run(context);
      return new ToolRun(status, context.out.toString(StandardCharsets.UTF_8), context.error());
    } catch (InterruptedException e) {
      return new ToolRun(130, context.out.toString(StandardCharsets.UTF_8), context.error());
    }
  }

  /** Both streams in the order in which they were written, as a terminal shows them. */
  static String merged(ModelKernel kernel, String line) {
    Context context = new Context(kernel, List.of(line.split(" ")), Path.of("."));
    try {
      NetTools.tools().get(context.tool()).run(context);
    } catch (InterruptedException e) {
      // What was printed until then.
    }
    return context.both.toString(StandardCharsets.UTF_8);
  }

  /** A stream whose bytes go to a common one, too. */
  private static final class Tee extends ByteArrayOutputStream {
    private final ByteArrayOutputStream common;

    Tee(ByteArrayOutputStream common) {
      this.common = common;
    }

    @Override
    public void write(int octet) {
      super.write(octet);
      common.write(octet);
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
      super.write(octets, offset, length);
      common.write(octets, offset, length);
    }
  }

  private static final class Context implements ToolContext {
    private final ModelKernel kernel;
    private final Invocation invocation;
    private final Path cwd;
    private final ByteArrayOutputStream both = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new Tee(both);
    private final ByteArrayOutputStream err = new Tee(both);
    private final PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
    private final PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8);
    private final Map<String, Runnable> handlers = new HashMap<>();

    Context(ModelKernel kernel, List<String> words, Path cwd) {
      this.kernel = kernel;
      ToolStreams streams =
          new ToolStreams(
              InputStream.nullInputStream(), outStream, errStream, Map.of("TZ", "UTC"), 0);
      this.invocation = Invocation.of(words, streams, kernel);
      this.cwd = cwd;
    }

    String error() {
      return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Invocation invocation() {
      return invocation;
    }

    @Override
    public Path cwd() {
      return cwd;
    }

    /** A signal that is due arrives as soon as someone listens for it. */
    @Override
    public void onSignal(String signal, Runnable handler) {
      handlers.put(signal, handler);
    }

    @Override
    public long nowNanos() {
      kernel.clock.nanos += kernel.tickNanos;
      Long at = kernel.signalAt;
      if (at != null && kernel.clock.nanos >= at) {
        kernel.signalAt = null;
        handlers.getOrDefault(kernel.signal, () -> {}).run();
      }
      return kernel.clock.nanos;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
      kernel.clock.nanos += time.toNanos();
      if (kernel.sleeps-- <= 0) {
        throw new InterruptedException();
      }
    }

    @Override
    public int runTool(List<String> command, ToolStreams streams) {
      return 127;
    }

    @Override
    public boolean isTool(String command) {
      return NetTools.tools().containsKey(command);
    }

    @Override
    public int spawn(HostCommand command) {
      return 127;
    }

    @Override
    public int exec(HostCommand command) {
      return 127;
    }
  }
}
