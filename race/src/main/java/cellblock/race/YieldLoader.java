package cellblock.race;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import java.util.TreeSet;

/**
 * Loads the stack anew with yield points: before each access to a word that lanes share, a call of
 * {@link Yield#at} with its name. The classes on disk, and every other run, have none of them.
 */
public final class YieldLoader extends ClassLoader {
  /** The shared words, by class and field. */
  public static final Set<String> POINTS =
      new TreeSet<>(
          Set.of(
              "Ifnet.word",
              "Ifnet.vnet",
              "Ifnet.claim",
              "IfFacts.flags",
              "Vnet.state",
              "Rib.fib",
              "Rib.open",
              "Nexthop.linked",
              "Prison.state",
              "IfIndexTable$Slot.generation",
              "EpairEnd.self",
              "Epair.plugged"));

  private static final String OURS = "cellblock.";
  private static final ClassDesc YIELD = ClassDesc.of("cellblock.race.Yield");
  private static final MethodTypeDesc AT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

  private final ClassLoader from;
  private final ClassFile files;

  /** Takes the classes from {@code from}, whose own copies stay as they are. */
  public YieldLoader(ClassLoader from) {
    super(from);
    this.from = from;
    this.files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(from)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
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
      if (!name.startsWith("cellblock.race.")) {
        bytes =
            files.transformClass(
                files.parse(bytes),
                ClassTransform.transformingMethodBodies(YieldLoader::woven, YieldLoader::weave));
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Constructors see an object that nobody else sees yet. */
  private static boolean woven(MethodModel method) {
    return !method.methodName().stringValue().startsWith("<");
  }

  private static void weave(CodeBuilder code, CodeElement element) {
    if (element instanceof FieldInstruction field) {
      String owner = field.owner().asInternalName();
      String point = owner.substring(owner.lastIndexOf('/') + 1) + "." + field.name();
      if (POINTS.contains(point)) {
        code.loadConstant(point);
        code.invokestatic(YIELD, "at", AT);
      }
    }
    code.with(element);
  }
}
