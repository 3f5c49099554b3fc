package cellblock.kern.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A linker file with its modules: what kldstat(8) lists (ancestor: struct linker_file). Owned by
 * the kernel lane.
 */
public final class LinkerFile {
  /** A module with what it declared. */
  record Loaded(int id, KernelModule module, Declarations declarations) {
    String name() {
      return module.info().name();
    }
  }

  private final int id;
  private final String name;
  private final String path;
  private final @Nullable AutoCloseable source;
  final List<Loaded> modules = new ArrayList<>();
  final Set<String> users = new TreeSet<>();
  boolean unloading;

  LinkerFile(int id, String name, String path, @Nullable AutoCloseable source) {
    this.id = id;
    this.name = name;
    this.path = path;
    this.source = source;
  }

  public int id() {
    return id;
  }

  /** "kernel", "if_gif.ko", "x.jar". */
  public String name() {
    return name;
  }

  public String path() {
    return path;
  }

  /** What is closed when the file is gone: the class loader of a jar. */
  @Nullable AutoCloseable source() {
    return source;
  }

  /** A module, for listing. */
  public record ModuleEntry(int id, String name, int version) {}

  public List<ModuleEntry> modules() {
    return modules.stream()
        .map(m -> new ModuleEntry(m.id, m.name(), m.module.info().version()))
        .toList();
  }

  /** One for itself, one for each file that depends on it. */
  public int references() {
    return 1 + users.size();
  }
}
