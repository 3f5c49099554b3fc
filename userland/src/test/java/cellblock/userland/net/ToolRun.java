package cellblock.userland.net;

import cellblock.control.KernelPort;
import cellblock.control.tool.HostCommand;
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

/** One run of a tool against a {@link ModelKernel}: what it printed and its status, 130 when interrupted. */
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

  private static final class Context implements ToolContext {
    private final ModelKernel kernel;
    private final List<String> words;
    private final Path cwd;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
    private final PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8);
    private final Map<String, Runnable> handlers = new HashMap<>();

    Context(ModelKernel kernel, List<String> words, Path cwd) {
      this.kernel = kernel;
      this.words = words;
      this.cwd = cwd;
    }

    String error() {
      return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String tool() {
      return words.getFirst();
    }

    @Override
    public List<String> args() {
      return words.subList(1, words.size());
    }

    @Override
    public Path cwd() {
      return cwd;
    }

    @Override
    public Map<String, String> env() {
      return Map.of("TZ", "UTC");
    }

    @Override
    public InputStream in() {
      return InputStream.nullInputStream();
    }

    @Override
    public PrintStream out() {
      return outStream;
    }

    @Override
    public PrintStream err() {
      return errStream;
    }

    @Override
    public boolean tty() {
      return false;
    }

    @Override
    public int columns() {
      return 80;
    }

    @Override
    public KernelPort kernel() {
      return kernel;
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
        handlers.getOrDefault("INT", () -> {}).run();
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
