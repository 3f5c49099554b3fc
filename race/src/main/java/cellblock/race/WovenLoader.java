package cellblock.race;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Loads the project's classes anew, with calls woven in. The classes on disk, and every other run,
 * have none of them; what is static is the loader's own. Threading: any.
 */
abstract class WovenLoader extends ClassLoader {
  private static final String OURS = "cellblock.";

  private final ClassLoader from;
  private final ClassFile files;

  /** Takes the classes from {@code from}, whose own copies stay as they are. */
  WovenLoader(ClassLoader from) {
    super(from);
    this.from = from;
    this.files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(from)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  /** Whether a class gets calls; by its full name. */
  abstract boolean isWoven(String name);

  /** The class with its calls. */
  abstract byte[] weave(ClassFile files, ClassModel model);

  /**
   * Calls a static method of this loader's copy of a class; arguments and result are of types that
   * both copies share.
   */
  final Object call(Class<?> type, String method, Object... arguments)
      throws ReflectiveOperationException {
    for (Method m : loadClass(type.getName()).getDeclaredMethods()) {
      if (m.getName().equals(method) && m.getParameterCount() == arguments.length) {
        m.setAccessible(true);
        try {
          return m.invoke(null, arguments);
        } catch (InvocationTargetException e) {
          if (e.getCause() instanceof RuntimeException r) {
            throw r;
          }
          throw e;
        }
      }
    }
    throw new NoSuchMethodException(type + "." + method);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = from.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      if (isWoven(name)) {
        bytes = weave(files, files.parse(bytes));
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
