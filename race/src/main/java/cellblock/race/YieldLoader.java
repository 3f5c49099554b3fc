package cellblock.race;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import java.util.TreeSet;

/**
 * Loads the stack anew with yield points: before each access to a word that lanes share, and where
 * the epoch, gates, inboxes and departures are entered, a call of {@link Yield#at} with its name.
 * The classes on disk, and every other run, have none of them.
 */
public final class YieldLoader extends WovenLoader {
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

  /** Methods at whose beginning somebody else may go first: epoch, gates, inboxes, departures. */
  public static final Set<String> ENTRIES =
      new TreeSet<>(
          Set.of(
              "Epoch.ticket",
              "Epoch.enter",
              "Vnet.gate",
              "Vnet.shutGate",
              "Lane.offer",
              "Lane.post",
              "Interfaces.bringDown",
              "Interfaces.unlink",
              "Interfaces.revoke",
              "Interfaces.arrive",
              "Rib.close",
              "Rib.destroy",
              "RibSubscription.unsubscribe",
              "Prisons.release"));

  private static final ClassDesc YIELD = ClassDesc.of("cellblock.race.Yield");
  private static final MethodTypeDesc AT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

  public YieldLoader(ClassLoader from) {
    super(from);
  }

  @Override
  boolean isWoven(String name) {
    return !name.startsWith("cellblock.race.");
  }

  @Override
  byte[] weave(ClassFile files, ClassModel model) {
    String name = simple(model.thisClass().asInternalName());
    return files.transformClass(model, (type, element) -> weave(name, type, element));
  }

  /** Constructors see an object that nobody else sees yet. */
  private static void weave(String name, ClassBuilder type, ClassElement element) {
    if (element instanceof MethodModel method
        && method.code().isPresent()
        && !method.methodName().stringValue().startsWith("<")) {
      String entered = name + "." + method.methodName().stringValue();
      type.transformMethod(method, MethodTransform.transformingCode(woven(entered)));
    } else {
      type.with(element);
    }
  }

  private static CodeTransform woven(String entered) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder code) {
        if (ENTRIES.contains(entered)) {
          call(code, entered);
        }
      }

      @Override
      public void accept(CodeBuilder code, CodeElement element) {
        if (element instanceof FieldInstruction field) {
          String point = simple(field.owner().asInternalName()) + "." + field.name().stringValue();
          if (POINTS.contains(point)) {
            call(code, point);
          }
        }
        code.with(element);
      }
    };
  }

  private static String simple(String internalName) {
    return internalName.substring(internalName.lastIndexOf('/') + 1);
  }

  private static void call(CodeBuilder code, String point) {
    code.loadConstant(point);
    code.invokestatic(YIELD, "at", AT);
  }
}
