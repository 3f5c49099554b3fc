package cellblock.userland.misc;

import cellblock.control.tool.ToolContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of hosts: hosts(5) below the jail's path; "localhost" has both families. No name server is
 * asked: the host's resolver would answer from a network that the jail does not have.
 */
public final class HostTable {
  private final Path file;

  private HostTable(Path file) {
    this.file = file;
  }

  /** The table of the process: of the jail's path where the environment names one. */
  public static HostTable of(ToolContext context) {
    String root = context.env().getOrDefault("JPATH", "/");
    return new HostTable(Path.of(root.isEmpty() ? "/" : root).resolve("etc/hosts"));
  }

  /** A table in a file. */
  public static HostTable at(Path file) {
    return new HostTable(file);
  }

  /** The addresses of a name, in the order of the file; a numeric address is its own. */
  public List<String> addresses(String name) {
    if (Addresses.isInet(name) || Addresses.isInet6(name)) {
      return List.of(name);
    }
    List<String> found = new ArrayList<>();
    for (String line : lines()) {
      String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
      for (int i = 1; i < words.length; i++) {
        boolean address = Addresses.isInet(words[0]) || Addresses.isInet6(words[0]);
        if (address && words[i].equalsIgnoreCase(name) && !found.contains(words[0])) {
          found.add(words[0]);
        }
      }
    }
    if (name.equalsIgnoreCase("localhost")) {
      localhost(found);
    }
    return found;
  }

  /** The canonical name of an address, or null. */
  public @Nullable String name(String address) {
    for (String line : lines()) {
      String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
      if (words.length > 1 && words[0].equalsIgnoreCase(address)) {
        return words[1];
      }
    }
    return null;
  }

  /** RFC 6761, section 6.3: in both families, whatever the file says of one. */
  private static void localhost(List<String> found) {
    if (found.stream().noneMatch(Addresses::isInet6)) {
      found.add("::1");
    }
    if (found.stream().noneMatch(Addresses::isInet)) {
      found.add("127.0.0.1");
    }
  }

  private List<String> lines() {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException absent) {
      return List.of();
    }
  }
}
