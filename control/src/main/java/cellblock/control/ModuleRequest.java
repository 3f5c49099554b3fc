package cellblock.control;

import java.util.List;

/** kldload(2), kldunload(2), kldstat(2). */
public sealed interface ModuleRequest<R> extends Request<R> {
  /**
   * Loads a module by name ("if_epair") or a jar by path; replies with the file id. EEXIST if
   * loaded.
   */
  record Load(String file) implements ModuleRequest<Integer> {}

  /** Unloads by name or by id (text of a number); EBUSY when in use or vetoed. */
  record Unload(String file, boolean force) implements ModuleRequest<Done> {}

  /** Every file and the modules in it, by id. */
  record Stat() implements ModuleRequest<List<KldFile>> {}

  /**
   * One linker file. {@code address} and {@code size} are made up from the class data, stable in a
   * run.
   */
  record KldFile(
      int id,
      int references,
      long address,
      long size,
      String name,
      String path,
      List<Module> modules) {}

  /** A module of a file. */
  record Module(int id, String name, int version) {}
}
