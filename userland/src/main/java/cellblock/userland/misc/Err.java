package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.tool.ToolContext;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** err(3): messages of one tool on its standard error, each with the tool's name in front. */
public final class Err {
  private final ToolContext context;

  public Err(ToolContext context) {
    this.context = context;
  }

  /** warnx(3): "tool: message". */
  public void warnx(String message) {
    context.out().flush();
    context.err().println(context.tool() + ": " + message);
    context.err().flush();
  }

  /** warn(3): "tool: message: strerror". */
  public void warn(String message, KernelError error) {
    warnx(message + ": " + error.text());
  }

  /** Prints lines as they are, for usage texts. */
  public void print(String... lines) {
    context.out().flush();
    for (String line : lines) {
      context.err().println(line);
    }
    context.err().flush();
  }

  /** A usage complaint of getopt(3). */
  public void option(GetOpt options) {
    warnx(options.complaint());
  }

  /** The kernel's own words, or "call: strerror" where it has none (libjail's jail_errmsg). */
  public static String words(String call, KernelError error) {
    String message = error.getMessage();
    return message == null || message.equals(error.text()) ? call + ": " + error.text() : message;
  }

  /** strerror(3) of a failed file operation. */
  public static String strerror(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "No such file or directory";
      case AccessDeniedException denied -> "Permission denied";
      case NotDirectoryException file -> "Not a directory";
      default -> {
        String message = failure.getMessage();
        yield message == null ? "Input/output error" : message;
      }
    };
  }
}
