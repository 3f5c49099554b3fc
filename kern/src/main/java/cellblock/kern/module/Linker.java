package cellblock.kern.module;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.saga.Saga;
import cellblock.kern.sysctl.SysctlDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The linker files of a machine: boot, kldload, kldunload (ancestor: sys/kern/kern_linker.c).
 *
 * <p>Threading: {@link #load} and {@link #unload} give sagas; the list belongs to the kernel lane,
 * and {@link #files} is a snapshot for anyone. One load or unload at a time: a second is told EBUSY
 * only if it concerns the same file.
 */
public final class Linker {
  private final Machine machine;
  private final Consumer<List<SysctlDeclaration>> addSysctls;
  private final Consumer<List<SysctlDeclaration>> removeSysctls;
  private volatile List<LinkerFile> files = List.of();
  private int nextFile = 1;
  private int nextModule = 1;

  /**
   * @param addSysctls called in a turn of the kernel lane with what a module declares
   * @param removeSysctls the way back
   */
  public Linker(
      Machine machine,
      Consumer<List<SysctlDeclaration>> addSysctls,
      Consumer<List<SysctlDeclaration>> removeSysctls) {
    this.machine = machine;
    this.addSysctls = addSysctls;
    this.removeSysctls = removeSysctls;
  }

  Machine machine() {
    return machine;
  }

  /** Every file, in order of loading. */
  public List<LinkerFile> files() {
    return files;
  }

  /** Boots the machine from the modules that are compiled in, and builds vnet0. */
  public Boot boot(List<KernelModule> compiledIn) {
    return new Boot(this, compiledIn);
  }

  /**
   * Loads a file's modules into the running machine; {@code source} is closed when it is unloaded.
   */
  public ModuleLoad load(
      String name, String path, List<KernelModule> modules, @Nullable AutoCloseable source) {
    return new ModuleLoad(this, name, path, modules, source);
  }

  /** Unloads a file. {@code force} overrides a veto of QUIESCE. */
  public ModuleUnload unload(LinkerFile file, boolean force) {
    return new ModuleUnload(this, file, force);
  }

  /**
   * Tells every module of SHUTDOWN, in the reverse of loading; nothing else is called at kernel
   * stop.
   */
  public Shutdown shutdown() {
    return new Shutdown(this);
  }

  /** MOD_SHUTDOWN for all. */
  public static final class Shutdown extends Saga<Boolean> {
    private Shutdown(Linker linker) {
      super("kernel stop");
      Machine machine = linker.machine;
      for (LinkerFile f : linker.files.reversed()) {
        for (LinkerFile.Loaded m : f.modules.reversed()) {
          turn(
              "MOD_SHUTDOWN " + m.name(),
              machine.kernelLane(),
              () -> {
                try {
                  m.module().event(ModuleEvent.SHUTDOWN, machine);
                } catch (ErrnoException | RuntimeException | Error e) {
                  machine
                      .messages()
                      .log("module " + m.name() + ": MOD_SHUTDOWN: " + e.getMessage());
                }
              });
        }
      }
    }

    @Override
    protected Boolean value() {
      return true;
    }
  }

  // ---- for the sagas, in turns of the kernel lane ----

  LinkerFile open(
      String name, String path, List<KernelModule> modules, @Nullable AutoCloseable source)
      throws ErrnoException {
    for (LinkerFile f : files) {
      if (f.name().equals(name)) {
        throw new ErrnoException(Errno.EEXIST);
      }
    }
    LinkerFile file = new LinkerFile(nextFile++, name, path, source);
    for (KernelModule m : modules) {
      if (named(m.info().name()) != null) {
        machine.messages().log("module " + m.info().name() + " already present!");
        throw new ErrnoException(Errno.EEXIST);
      }
      Declarations declarations = new Declarations(m.info().name());
      ModuleCode.run(machine, m.info().name() + ": declare", () -> m.declare(declarations));
      file.modules.add(new LinkerFile.Loaded(nextModule++, m, declarations));
    }
    List<LinkerFile> needed = new ArrayList<>();
    for (LinkerFile.Loaded m : file.modules) {
      for (ModuleInfo.Dependency d : m.module().info().dependencies()) {
        LinkerFile of = resolve(file, d);
        if (of != file) {
          needed.add(of);
        }
      }
    }
    needed.forEach(of -> of.users.add(name)); // all of them, or none
    List<LinkerFile> now = new ArrayList<>(files);
    now.add(file);
    files = List.copyOf(now);
    return file;
  }

  private LinkerFile resolve(LinkerFile file, ModuleInfo.Dependency d) throws ErrnoException {
    for (LinkerFile.Loaded own : file.modules) {
      if (own.name().equals(d.name()) && fits(own, d)) {
        return file;
      }
    }
    LinkerFile of = fileOf(d.name());
    LinkerFile.Loaded needed = named(d.name());
    if (of == null || needed == null || !fits(needed, d) || of.unloading) {
      machine
          .messages()
          .log(
              "KLD "
                  + file.name()
                  + ": depends on "
                  + d.name()
                  + " - not available or version mismatch");
      throw new ErrnoException(Errno.ENOEXEC);
    }
    return of;
  }

  private static boolean fits(LinkerFile.Loaded m, ModuleInfo.Dependency d) {
    int v = m.module().info().version();
    return v >= d.minimum() && v <= d.maximum();
  }

  LinkerFile.@Nullable Loaded named(String module) {
    for (LinkerFile f : files) {
      for (LinkerFile.Loaded m : f.modules) {
        if (m.name().equals(module)) {
          return m;
        }
      }
    }
    return null;
  }

  private @Nullable LinkerFile fileOf(String module) {
    for (LinkerFile f : files) {
      for (LinkerFile.Loaded m : f.modules) {
        if (m.name().equals(module)) {
          return f;
        }
      }
    }
    return null;
  }

  void close(LinkerFile file) {
    List<LinkerFile> now = new ArrayList<>(files);
    now.remove(file);
    files = List.copyOf(now);
    files.forEach(f -> f.users.remove(file.name()));
  }

  void addSysctls(LinkerFile.Loaded m) {
    addSysctls.accept(m.declarations().sysctls);
  }

  void removeSysctls(LinkerFile.Loaded m) {
    removeSysctls.accept(m.declarations().sysctls);
  }
}
