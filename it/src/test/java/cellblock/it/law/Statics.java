package cellblock.it.law;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds static fields that can change, or whose value can. A value cannot change when its type is
 * known not to (primitives, strings, enums, records and classes whose every field is final and
 * cannot change), when it is an empty array, or a collection straight from an unmodifiable factory.
 */
final class Statics {
  /** A field and the reason why it counts as mutable. */
  record Mutable(String name, String why) {}

  private static final Set<String> IMMUTABLE =
      Set.of(
          "java.lang.Object",
          "java.lang.String",
          "java.lang.Class",
          "java.lang.Boolean",
          "java.lang.Byte",
          "java.lang.Character",
          "java.lang.Short",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Float",
          "java.lang.Double",
          "java.lang.Runnable",
          "java.lang.ScopedValue",
          "java.lang.StackWalker",
          "java.lang.Throwable",
          "java.util.Comparator",
          "java.util.HexFormat",
          "java.util.Locale",
          "java.util.Optional",
          "java.util.UUID",
          "java.util.regex.Pattern",
          "java.nio.ByteOrder",
          "java.nio.charset.Charset",
          "java.nio.file.Path");

  private static final Set<String> IMMUTABLE_PACKAGES =
      Set.of("java.lang.invoke", "java.math", "java.time", "java.util.function");

  private static final Set<String> COLLECTIONS =
      Set.of("java.util.Collection", "java.util.List", "java.util.Map", "java.util.Set");

  private static final Set<String> UNMODIFIABLE =
      Set.of(
          "java/util/List.of",
          "java/util/List.copyOf",
          "java/util/Map.of",
          "java/util/Map.copyOf",
          "java/util/Map.ofEntries",
          "java/util/Set.of",
          "java/util/Set.copyOf",
          "java/util/stream/Stream.toList",
          "java/util/Collections.unmodifiableCollection",
          "java/util/Collections.unmodifiableList",
          "java/util/Collections.unmodifiableMap",
          "java/util/Collections.unmodifiableSequencedMap",
          "java/util/Collections.unmodifiableSequencedSet",
          "java/util/Collections.unmodifiableSet",
          "java/util/Collections.unmodifiableSortedMap",
          "java/util/Collections.unmodifiableSortedSet");

  private final Universe universe;
  private final Set<String> assumed = new TreeSet<>();

  private Statics(Universe universe) {
    this.universe = universe;
  }

  static List<Mutable> mutable(ClassModel type, Universe universe) {
    List<Mutable> found = new ArrayList<>();
    Set<String> fixed = fixedByInitializer(type);
    for (FieldModel field : type.fields()) {
      String name = field.fieldName().stringValue();
      if (!field.flags().has(AccessFlag.STATIC) || field.flags().has(AccessFlag.SYNTHETIC)) {
        continue;
      }
      if (!field.flags().has(AccessFlag.FINAL)) {
        found.add(new Mutable(name, "but not final"));
      } else if (!fixed.contains(name)
          && !new Statics(universe).isImmutable(field.fieldTypeSymbol())) {
        found.add(new Mutable(name, "of mutable type " + field.fieldTypeSymbol().displayName()));
      }
    }
    return found;
  }

  private boolean isImmutable(ClassDesc type) {
    if (type.isPrimitive()) {
      return true;
    }
    if (type.isArray()) {
      return false;
    }
    String name = type.packageName() + "." + type.displayName();
    return IMMUTABLE.contains(name)
        || IMMUTABLE_PACKAGES.contains(type.packageName())
        || universe.isDeclaredImmutable(name)
        || !assumed.add(
            type.descriptorString()) // a type that holds itself is as immutable as the rest
        || universe.find(type).map(this::isImmutable).orElse(false);
  }

  /**
   * A type of ours: an interface has no state to judge; else every field that it and its parents
   * hold.
   */
  private boolean isImmutable(ClassModel type) {
    if (type.flags().has(AccessFlag.INTERFACE)) {
      return true;
    }
    boolean ownFields =
        type.fields().stream()
            .filter(f -> !f.flags().has(AccessFlag.STATIC))
            .allMatch(
                f -> f.flags().has(AccessFlag.FINAL) && isImmutableInside(f.fieldTypeSymbol()));
    ClassDesc parent = type.superclass().orElseThrow().asSymbol();
    boolean leaf = parent.packageName().equals("java.lang"); // Object, Record, Enum, Exception
    return ownFields && (leaf || universe.find(parent).map(this::isImmutable).orElse(false));
  }

  /** Inside a value of ours a collection is taken for the copy that its constructor makes. */
  private boolean isImmutableInside(ClassDesc type) {
    return COLLECTIONS.contains(type.packageName() + "." + type.displayName()) || isImmutable(type);
  }

  /**
   * Names of the fields that the class initializer fills from an unmodifiable factory or an empty
   * array.
   */
  private static Set<String> fixedByInitializer(ClassModel type) {
    Set<String> fixed = new TreeSet<>();
    type.methods().stream()
        .filter(m -> m.methodName().equalsString("<clinit>"))
        .flatMap(m -> m.code().stream())
        .forEach(code -> collectFixed(code, fixed));
    return fixed;
  }

  private static void collectFixed(CodeModel code, Set<String> fixed) {
    Instruction last = null;
    Instruction beforeLast = null;
    for (CodeElement element : code) {
      if (element instanceof Instruction instruction) {
        if (instruction instanceof FieldInstruction put
            && put.opcode() == Opcode.PUTSTATIC
            && isFixed(beforeLast, last)) {
          fixed.add(put.name().stringValue());
        }
        if (!isTransparent(instruction)) {
          beforeLast = last;
          last = instruction;
        }
      }
    }
  }

  private static boolean isTransparent(Instruction instruction) {
    return instruction.opcode() == Opcode.CHECKCAST || instruction.sizeInBytes() == 0;
  }

  private static boolean isFixed(Instruction beforeLast, Instruction last) {
    return switch (last) {
      case InvokeInstruction call ->
          UNMODIFIABLE.contains(call.owner().asInternalName() + "." + call.name().stringValue());
      case NewPrimitiveArrayInstruction array -> isZero(beforeLast);
      case NewReferenceArrayInstruction array -> isZero(beforeLast);
      case null, default -> false;
    };
  }

  private static boolean isZero(Instruction instruction) {
    return instruction instanceof ConstantInstruction constant
        && Integer.valueOf(0).equals(constant.constantValue());
  }
}
