package cellblock.userland.misc;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.ModuleRequest;
import cellblock.control.ModuleRequest.KldFile;
import org.jspecify.annotations.Nullable;

/** Looks for loaded files: kldfind(2). */
final class KldFiles {
  private KldFiles() {}

  /** The file of that id or name, with or without its suffix, or null. */
  static @Nullable KldFile find(KernelPort kernel, String file, boolean byId) throws KernelError {
    String base = file.substring(file.lastIndexOf('/') + 1);
    for (KldFile candidate : kernel.ask(new ModuleRequest.Stat())) {
      boolean same =
          byId
              ? Integer.toString(candidate.id()).equals(file)
              : candidate.name().equals(base)
                  || candidate.name().equals(base + ".ko")
                  || candidate.name().equals(base + ".jar")
                  || candidate.path().equals(file);
      if (same) {
        return candidate;
      }
    }
    return null;
  }
}
