package cellblock.host.module;

import cellblock.control.ModuleRequest;
import cellblock.host.Kernel;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.LinkerFile;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * kldload(2) and its kin: modules from jars, each with a class loader of its own that is closed at
 * unload. Threading: any thread outside the lanes.
 */
public final class ModuleService {
  private final Kernel kernel;

  public ModuleService(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Loads by name or by path; returns the file's id. */
  public int load(String file, Proc caller) throws ErrnoException {
    caller.cred().checkHost();
    if (file.indexOf('/') < 0 && !file.endsWith(".jar")) {
      throw byName(file.endsWith(".ko") ? file.substring(0, file.length() - 3) : file);
    }
    return fromJar(Path.of(file));
  }

  /** Why a name alone loads nothing: all modules that come with Cellblock are in the kernel. */
  private ErrnoException byName(String name) {
    boolean there =
        kernel.linker().files().stream()
            .flatMap(f -> f.modules().stream())
            .anyMatch(m -> m.name().equals(name));
    if (there || fileOf(name) != null) {
      return new ErrnoException(Errno.EEXIST, "module already loaded or in kernel");
    }
    return new ErrnoException(Errno.ENOENT);
  }

  private int fromJar(Path jar) throws ErrnoException {
    if (!Files.isReadable(jar)) {
      throw new ErrnoException(Files.exists(jar) ? Errno.EACCES : Errno.ENOENT);
    }
    URLClassLoader loader;
    try {
      URL[] urls = {jar.toUri().toURL()};
      loader = new URLClassLoader("kld " + jar.getFileName(), urls, getClass().getClassLoader());
    } catch (MalformedURLException e) {
      throw new ErrnoException(Errno.EINVAL);
    }
    boolean loaded = false;
    try {
      int id = run(String.valueOf(jar.getFileName()), jar.toString(), modules(jar, loader), loader);
      loaded = true;
      return id;
    } finally {
      if (!loaded) {
        close(loader);
      }
    }
  }

  /** The modules that the jar itself provides: META-INF/services of KernelModule. */
  private List<KernelModule> modules(Path jar, ClassLoader loader) throws ErrnoException {
    List<KernelModule> found = new ArrayList<>();
    try {
      for (KernelModule m : ServiceLoader.load(KernelModule.class, loader)) {
        if (m.getClass().getClassLoader() == loader) {
          found.add(m);
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      kernel.machine().messages().log("kldload: " + jar.getFileName() + ": " + e.getMessage());
      throw new ErrnoException(Errno.ENOEXEC);
    }
    if (found.isEmpty()) {
      kernel.machine().messages().log("kldload: " + jar.getFileName() + ": no module in it");
      throw new ErrnoException(Errno.ENOEXEC);
    }
    return found;
  }

  private void close(URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      kernel.machine().messages().log("kldload: " + e.getMessage());
    }
  }

  private int run(
      String name, String path, List<KernelModule> modules, @Nullable AutoCloseable source)
      throws ErrnoException {
    Set<String> before = new TreeSet<>();
    kernel.sysctls().below("").forEach(d -> before.add(d.name()));
    int id =
        kernel.machine().coordinator().run(kernel.linker().load(name, path, modules, source)).id();
    for (Vnet vnet : kernel.machine().vnets().list()) {
      kernel.sysctls().seed(vnet, node -> !before.contains(node));
    }
    return id;
  }

  /** Unloads by name, file name or id. */
  public void unload(String file, boolean force, Proc caller) throws ErrnoException {
    caller.cred().checkHost();
    LinkerFile found = fileOf(file);
    if (found == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    kernel.machine().coordinator().run(kernel.linker().unload(found, force));
  }

  private @Nullable LinkerFile fileOf(String file) {
    for (LinkerFile f : kernel.linker().files()) {
      boolean byId = file.equals(Integer.toString(f.id()));
      boolean byFile = f.name().equals(file) || f.name().equals(file + ".ko");
      boolean byModule = f.id() != 1 && f.modules().stream().anyMatch(m -> m.name().equals(file));
      if (byId || byFile || byModule) {
        return f;
      }
    }
    return null;
  }

  /** kldstat: every file with its modules. */
  public List<ModuleRequest.KldFile> stat() {
    List<ModuleRequest.KldFile> all = new ArrayList<>();
    long address = 0xffffffff80200000L;
    for (LinkerFile f : kernel.linker().files()) {
      List<ModuleRequest.Module> modules = new ArrayList<>();
      f.modules()
          .forEach(m -> modules.add(new ModuleRequest.Module(m.id(), m.name(), m.version())));
      long size = 0x1000L * Math.max(1, modules.size());
      all.add(
          new ModuleRequest.KldFile(
              f.id(), f.references(), address, size, f.name(), f.path(), modules));
      address += size;
    }
    return all;
  }
}
