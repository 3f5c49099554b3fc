package cellblock.packetdrill;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script file from beginning to end, each with a kernel of its own.
 *
 * @param options of the command line; those of the script are stronger
 * @param residue whether what a script leaves behind in its kernel counts as a failure
 */
record Packetdrill(Map<String, String> options, boolean verbose, boolean residue) {
  private static final long SEED = 0x70616b6574L;

  /** Runs a file. */
  Result run(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      return failed(file, file + ": not UTF-8");
    } catch (IOException e) {
      return failed(file, file + ": cannot be read: " + e.getMessage());
    }
    return run(file, text);
  }

  /** Runs a script whose text is given. */
  Result run(Path file, String text) {
    try {
      Script script = Parser.parse(text);
      Map<String, String> all = new LinkedHashMap<>(options);
      all.putAll(script.options());
      return run(file, script, Settings.of(all));
    } catch (ScriptException e) {
      return failed(file, "%s:%d:%d: %s".formatted(file, e.line(), e.column(), e.getMessage()));
    } catch (Settings.Invalid | NumberFormatException e) {
      return failed(file, "%s:1:1: %s".formatted(file, e.getMessage()));
    }
  }

  private Result run(Path file, Script script, Settings settings) {
    List<String> log = verbose ? new ArrayList<>() : null;
    List<String> told = log == null ? List.of() : log;
    Bed bed = Bed.make(settings, SEED);
    Runner runner = new Runner(file.toString(), settings, bed, log);
    String failure = null;
    try {
      runner.run(script);
    } catch (Runner.Failed e) {
      failure = e.getMessage();
    } catch (RuntimeException | AssertionError e) {
      StackTraceElement[] at = e.getStackTrace();
      failure =
          file + ": the runner or the stack failed: " + e + (at.length > 0 ? " at " + at[0] : "");
    }
    String fault = bed.fault();
    if (fault != null) {
      failure = (failure == null ? file + ": " : failure + "\n  ") + "the stack faulted: " + fault;
    }
    if (residue && failure == null) {
      failure = left(file, bed);
    }
    return new Result(file, failure, runner.warnings(), told);
  }

  private static @Nullable String left(Path file, Bed bed) {
    List<String> left = bed.stop();
    return left.isEmpty() ? null : file + ": left behind: " + String.join("; ", left);
  }

  private static Result failed(Path file, String why) {
    return new Result(file, why, List.of(), List.of());
  }
}
