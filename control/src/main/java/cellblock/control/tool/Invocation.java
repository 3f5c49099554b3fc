package cellblock.control.tool;

import cellblock.control.KernelPort;
import java.util.List;

/**
 * What was called, with what and where: the part of a {@link ToolContext} that no host changes.
 *
 * @param tool argv[0]'s base name
 * @param args argv[1…]
 * @param streams standard streams and environment; their {@code jid} is that of the kernel's door
 * @param kernel the door to the kernel, acting in the jail of this process
 */
public record Invocation(String tool, List<String> args, ToolStreams streams, KernelPort kernel) {
  /** {@code command} begins with the tool's name, which may be a path. */
  public static Invocation of(List<String> command, ToolStreams streams, KernelPort kernel) {
    return new Invocation(
        baseName(command.getFirst()),
        List.copyOf(command.subList(1, command.size())),
        streams,
        kernel);
  }

  /** What stands behind the last slash of {@code word}. */
  public static String baseName(String word) {
    return word.substring(word.lastIndexOf('/') + 1);
  }
}
