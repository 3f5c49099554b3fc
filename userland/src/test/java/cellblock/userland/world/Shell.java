package cellblock.userland.world;

import cellblock.control.tool.ToolStreams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs command lines in a {@link World} and keeps what they print. */
public final class Shell {
  /** The status of a tool whose caller went away. */
  public static final int INTERRUPTED = -1;

  private final World world;
  private final Path cwd;
  private final Map<String, Runnable> handlers = new LinkedHashMap<>();
  private final Map<String, Runnable> hooks = new LinkedHashMap<>();
  private final Map<String, String> env = WorldContext.environment();
  private long now = 1_000_000_000L;

  public Shell(World world, Path cwd) {
    this.world = world;
    this.cwd = cwd;
  }

  /** What a command printed and returned. */
  public record Outcome(int status, String out, String err) {}

  /** Runs a tool with these words, given nothing to read. */
  public Outcome run(String... words) {
    return run(List.of(words), "");
  }

  /** Runs a tool in vnet0 with text to read. */
  public Outcome run(List<String> words, String input) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ToolStreams streams =
        new ToolStreams(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            env,
            0);
    World.Proc proc = world.enter(world.prison0, 0, String.join(" ", words));
    int status;
    try {
      status = new WorldContext(world, this, proc, words, streams).run();
    } catch (InterruptedException e) {
      status = INTERRUPTED;
    }
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Writes a file in the shell's directory; returns its name. */
  public String file(String name, String text) {
    try {
      Path path = cwd.resolve(name);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
      return name;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public Path cwd() {
    return cwd;
  }

  /** Sets a variable of the environment. */
  public void export(String name, String value) {
    env.put(name, value);
  }

  /** Does something while a program of the host "runs"; the program is then killed by SIGINT. */
  public void whenSpawned(String line, Runnable action) {
    hooks.put(line, action);
  }

  @Nullable Runnable onSpawn(String line) {
    return hooks.get(line);
  }

  /** A signal from the terminal to the tool that is running. */
  public void signal(String name) {
    handlers.getOrDefault(name, () -> {}).run();
  }

  Map<String, Runnable> handlers() {
    return handlers;
  }

  long now() {
    return now;
  }

  void pass(Duration time) {
    now += time.toNanos();
  }
}
