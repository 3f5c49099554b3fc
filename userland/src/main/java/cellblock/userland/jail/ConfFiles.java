package cellblock.userland.jail;

import cellblock.userland.jail.conf.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Configuration files of the host; "-" is standard input. */
final class ConfFiles implements Sources {
  /** Where jail(8) looks without -f. */
  static final String DEFAULT = "/etc/jail.conf";

  private final Path cwd;
  private final InputStream in;

  ConfFiles(Path cwd, InputStream in) {
    this.cwd = cwd;
    this.in = in;
  }

  @Override
  public String read(String file) throws IOException {
    if (file.equals("-")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Path path = path(file);
    if (Files.isDirectory(path)) {
      throw new IOException("Is a directory");
    }
    return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
  }

  @Override
  public List<String> expand(String including, String pattern) throws IOException {
    if (pattern.indexOf('\0') >= 0) {
      throw new IOException("Invalid argument");
    }
    Path beside = path(including.equals("-") ? "stdin" : including).getParent();
    Path start = pattern.startsWith("/") || beside == null ? Path.of("/") : beside;
    List<Path> found = List.of(start);
    for (String component : pattern.split("/+")) {
      if (component.isEmpty()) {
        continue;
      }
      List<Path> next = new ArrayList<>();
      for (Path folder : found) {
        next.addAll(step(folder, component));
      }
      found = next;
    }
    return found.stream().map(Path::toString).toList();
  }

  private Path path(String file) throws IOException {
    try {
      return cwd.resolve(file);
    } catch (InvalidPathException e) {
      throw new IOException("Invalid argument", e);
    }
  }

  private static List<Path> step(Path folder, String component) throws IOException {
    if (!component.matches(".*[*?\\[].*")) {
      return List.of(folder.resolve(component));
    }
    Pattern pattern = glob(component);
    List<Path> matches = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean hidden = name.startsWith(".") && !component.startsWith(".");
        if (!hidden && pattern.matcher(name).matches()) {
          matches.add(entry);
        }
      }
    } catch (NotDirectoryException | NoSuchFileException none) {
      return List.of();
    }
    matches.sort(null);
    return matches;
  }

  /** fnmatch(3): star, question mark and brackets. */
  private static Pattern glob(String component) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      int close = c == '[' ? component.indexOf(']', i + 2) : -1;
      if (close > 0) {
        String set = component.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[");
        regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = close;
      } else if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(component));
    }
  }
}
