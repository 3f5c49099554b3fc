package cellblock.race;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the stack and the scenarios anew, so that they tell {@link Touch} of what they read and
 * write: fields that can change, arrays, and collections and atomics of the JDK, each of which is
 * one place. What runs them ({@code sim}, the explorer) is left as it is.
 */
public final class TouchLoader extends WovenLoader {
  /** Where a lane's items wait. */
  private static final Set<String> INBOX = Set.of("Lane.head", "Lane.pending");

  /** Places that are as they were whenever somebody else looks. */
  private static final Set<String> IDLE =
      Set.of(
          "Lane.turns", // even
          "Lane.runner",
          "Lane.now",
          "Lane.handled",
          "Lane.doing",
          "Lane.waiters",
          "Lane.waiting",
          "Lane.readyFirst",
          "Lane.readyLast",
          "Lane.nextReady",
          "Lane.lastReady",
          "Lane.served",
          "Lane.leftTo",
          "LaneRunnerWords.taken",
          "LaneRunnerWords.lane");

  /** What is written for people to read, and numbers of which nobody cares which one it is. */
  private static final Set<String> SILENT =
      Set.of(
          "cellblock.kern.MessageBuffer",
          "cellblock.kern.jail.Timeline",
          "cellblock.kern.lane.LaneRunner",
          "cellblock.net.ifnet.IfIndexTable.nextGeneration");

  /** Of this package: what runs, tells and explores. */
  private static final Set<String> HARNESS =
      Set.of(
          "Book",
          "Decision",
          "Director",
          "Explorer",
          "Finding",
          "Footprint",
          "Main",
          "Mutation",
          "Reduction",
          "Run",
          "Schedule",
          "Stories",
          "Touch",
          "TouchLoader",
          "Trace",
          "WovenLoader",
          "Yield",
          "YieldLoader");

  /** Methods of the JDK's objects that change nothing. */
  private static final Set<String> LOOKS =
      Set.of(
          "get",
          "getFirst",
          "getLast",
          "getOrDefault",
          "size",
          "isEmpty",
          "contains",
          "containsKey",
          "containsValue",
          "containsAll",
          "iterator",
          "stream",
          "forEach",
          "values",
          "keySet",
          "entrySet",
          "peek",
          "peekFirst",
          "peekLast",
          "element",
          "first",
          "last",
          "firstKey",
          "lastKey",
          "firstEntry",
          "lastEntry",
          "floorKey",
          "floorEntry",
          "ceilingKey",
          "ceilingEntry",
          "higherKey",
          "higherEntry",
          "lowerKey",
          "lowerEntry",
          "toArray",
          "indexOf",
          "lastIndexOf",
          "equals",
          "hashCode",
          "toString",
          "getPlain",
          "getAcquire",
          "getOpaque",
          "length",
          "reversed",
          "intValue",
          "longValue",
          "nextSetBit",
          "nextClearBit",
          "cardinality");

  /** Methods of maps that look at one key, and those that change what is under one. */
  private static final Set<String> LOOKS_AT_KEY = Set.of("get", "getOrDefault", "containsKey");

  private static final Set<String> CHANGES_KEY =
      Set.of("put", "putIfAbsent", "remove", "replace", "computeIfAbsent", "merge");

  /** Through these a collection is changed that was asked for a view. */
  private static final Set<String> VIEWS =
      Set.of("iterator", "values", "keySet", "entrySet", "reversed", "listIterator");

  private static final Set<String> CHANGES =
      Set.of("remove", "removeIf", "removeAll", "retainAll", "clear");

  private static final ClassDesc TOUCH = ClassDesc.of("cellblock.race.Touch");
  private static final MethodTypeDesc FIELD =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_String);
  private static final MethodTypeDesc KEY =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
  private static final MethodTypeDesc OBJECT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);

  private final ClassLoader from;

  /** Which fields of a class are final, and what is above it. */
  private final Map<String, Map<String, Boolean>> finals = new HashMap<>();

  private final Map<String, String> supers = new HashMap<>();

  public TouchLoader(ClassLoader from) {
    super(from);
    this.from = from;
  }

  @Override
  boolean isWoven(String name) {
    if (name.startsWith("cellblock.sim.") || name.endsWith("Test") || name.contains("Test$")) {
      return false;
    }
    String outer = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    return !SILENT.contains(outer)
        && !(outer.startsWith("cellblock.race.")
            && HARNESS.contains(outer.substring(outer.lastIndexOf('.') + 1)));
  }

  @Override
  byte[] weave(ClassFile files, ClassModel model) {
    Weaver w = new Weaver(files, model);
    return files.transformClass(model, w::weave);
  }

  /** Weaves one class. */
  private final class Weaver {
    private final ClassFile files;
    private final String self;
    private final boolean throughViews;

    /** The fields behind the class's VarHandles. */
    private final Map<String, String> handles = new HashMap<>();

    Weaver(ClassFile files, ClassModel model) {
      this.files = files;
      this.self = model.thisClass().asInternalName();
      boolean views = false;
      for (MethodModel m : model.methods()) {
        String found = "";
        for (CodeElement e : m.code().isPresent() ? m.code().get() : List.<CodeElement>of()) {
          switch (e) {
            case ConstantInstruction c when c.constantValue() instanceof String s -> found = s;
            case FieldInstruction f when f.opcode() == Opcode.PUTSTATIC && isHandle(f) ->
                handles.put(f.name().stringValue(), found);
            case InvokeInstruction i -> views |= changesThroughView(i);
            default -> {}
          }
        }
      }
      throughViews = views;
    }

    private static boolean isHandle(FieldInstruction f) {
      return f.type().stringValue().equals("Ljava/lang/invoke/VarHandle;");
    }

    private static boolean changesThroughView(InvokeInstruction i) {
      String owner = i.owner().asInternalName();
      return CHANGES.contains(i.name().stringValue())
          && (owner.equals("java/util/Iterator")
              || owner.equals("java/util/Collection")
              || owner.equals("java/util/Set"));
    }

    void weave(ClassBuilder type, ClassElement element) {
      if (element instanceof MethodModel m && m.code().isPresent()) {
        String name = m.methodName().stringValue();
        if (name.equals("<clinit>") || SILENT.contains(self.replace('/', '.') + "." + name)) {
          type.with(element);
        } else {
          type.transformMethod(m, MethodTransform.transformingCode(woven(name.equals("<init>"))));
        }
      } else {
        type.with(element);
      }
    }

    private CodeTransform woven(boolean constructor) {
      ArrayDeque<String> handle = new ArrayDeque<>();
      return (code, element) -> {
        switch (element) {
          case FieldInstruction f -> field(code, f, constructor, handle);
          case ArrayLoadInstruction a -> {
            code.dup2().pop();
            code.invokestatic(TOUCH, "looks", OBJECT);
          }
          case ArrayStoreInstruction a -> {
            TypeKind kind = a.typeKind().asLoadable();
            int value = code.allocateLocal(kind);
            code.storeLocal(kind, value);
            code.dup2().pop();
            code.invokestatic(TOUCH, "changes", OBJECT);
            code.loadLocal(kind, value);
          }
          case InvokeInstruction i -> invoke(code, i, handle);
          default -> {}
        }
        code.with(element);
      };
    }

    private void field(
        CodeBuilder code, FieldInstruction f, boolean constructor, ArrayDeque<String> handle) {
      String owner = f.owner().asInternalName();
      String name = f.name().stringValue();
      switch (f.opcode()) {
        case GETSTATIC -> {
          if (isHandle(f)) {
            handle.push(handles.getOrDefault(name, ""));
          }
        }
        case GETFIELD -> {
          if (isInbox(owner, name)) {
            code.dup();
            code.invokestatic(TOUCH, "inbox", OBJECT);
          } else if (tells(owner, name)) {
            code.dup();
            code.loadConstant(name);
            code.invokestatic(TOUCH, "read", FIELD);
          }
        }
        case PUTFIELD -> {
          if (tells(owner, name) && !isInbox(owner, name) && !(constructor && owner.equals(self))) {
            TypeKind kind = TypeKind.from(f.typeSymbol()).asLoadable();
            int value = code.allocateLocal(kind);
            code.storeLocal(kind, value);
            code.dup();
            code.loadConstant(name);
            code.invokestatic(TOUCH, "write", FIELD);
            code.loadLocal(kind, value);
          }
        }
        default -> {}
      }
    }

    private static boolean isInbox(String owner, String name) {
      return INBOX.contains(owner.substring(owner.lastIndexOf('/') + 1) + "." + name);
    }

    private boolean tells(String owner, String name) {
      return owner.startsWith("cellblock/") && !isIdle(owner, name) && !isFinal(owner, name);
    }

    private static boolean isIdle(String owner, String name) {
      return IDLE.contains(owner.substring(owner.lastIndexOf('/') + 1) + "." + name);
    }

    /** Whether a field is final where it is declared: at the class named or above it. */
    private boolean isFinal(String owner, String name) {
      Boolean known = fields(owner).get(name);
      if (known != null) {
        return known;
      }
      String above = superclass(owner);
      return above != null && above.startsWith("cellblock/") && isFinal(above, name);
    }

    private @Nullable String superclass(String type) {
      fields(type);
      return supers.get(type);
    }

    private Map<String, Boolean> fields(String type) {
      Map<String, Boolean> known = finals.get(type);
      if (known != null) {
        return known;
      }
      Map<String, Boolean> found = new HashMap<>();
      try (InputStream in = from.getResourceAsStream(type + ".class")) {
        if (in != null) {
          ClassModel model = files.parse(in.readAllBytes());
          model
              .fields()
              .forEach(
                  f -> found.put(f.fieldName().stringValue(), f.flags().has(AccessFlag.FINAL)));
          model.superclass().ifPresent(s -> supers.put(type, s.asInternalName()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      finals.put(type, found);
      return found;
    }

    // ---- calls of the JDK ----

    private void invoke(CodeBuilder code, InvokeInstruction i, ArrayDeque<String> handle) {
      String owner = i.owner().asInternalName();
      String name = i.name().stringValue();
      if (owner.equals("java/lang/invoke/VarHandle")) {
        String field = handle.isEmpty() ? "" : handle.pop();
        if (i.typeSymbol().parameterCount() > 0 && !isIdle(self, field)) {
          throughHandle(code, i.typeSymbol(), field, LOOKS.contains(name));
        }
      } else if (owner.equals("java/lang/System") && name.equals("arraycopy")) {
        arguments(code, i.typeSymbol(), true);
      } else if (isObject(owner)) {
        if (i.opcode() == Opcode.INVOKESTATIC) {
          boolean changes =
              (owner.equals("java/util/Arrays") || owner.equals("java/util/Collections"))
                  && Set.of("fill", "sort", "setAll", "addAll", "reverse", "shuffle", "swap")
                      .contains(name);
          arguments(code, i.typeSymbol(), changes);
        } else if (name.equals("<init>")) {
          arguments(code, i.typeSymbol(), false);
        } else {
          receiver(code, i.typeSymbol(), name);
        }
      }
    }

    /**
     * Whether objects of that type are places: collections, atomics, locks, generators, buffers.
     */
    private static boolean isObject(String owner) {
      return (owner.startsWith("java/util/") || owner.startsWith("java/nio/"))
          && !owner.startsWith("java/util/function/")
          && !owner.startsWith("java/util/stream/")
          && !owner.equals("java/util/Objects")
          && !owner.equals("java/util/Optional")
          && !owner.equals("java/util/Iterator")
          && !owner.equals("java/util/Map$Entry")
          && !owner.equals("java/util/concurrent/Callable");
    }

    private int[] spill(CodeBuilder code, MethodTypeDesc type) {
      int[] at = new int[type.parameterCount()];
      for (int p = at.length - 1; p >= 0; p--) {
        TypeKind kind = TypeKind.from(type.parameterType(p)).asLoadable();
        at[p] = code.allocateLocal(kind);
        code.storeLocal(kind, at[p]);
      }
      return at;
    }

    private void load(CodeBuilder code, MethodTypeDesc type, int[] at) {
      for (int p = 0; p < at.length; p++) {
        code.loadLocal(TypeKind.from(type.parameterType(p)).asLoadable(), at[p]);
      }
    }

    private void passes(CodeBuilder code, MethodTypeDesc type, int[] at, int from) {
      for (int p = from; p < at.length; p++) {
        ClassDesc t = type.parameterType(p);
        if (!t.isPrimitive() && !t.equals(ConstantDescs.CD_String)) {
          code.aload(at[p]);
          code.invokestatic(TOUCH, "passes", OBJECT);
        }
      }
    }

    private void receiver(CodeBuilder code, MethodTypeDesc type, String name) {
      boolean looks = LOOKS.contains(name) && !(throughViews && VIEWS.contains(name));
      int[] at = spill(code, type);
      code.dup();
      if (at.length > 0
          && !type.parameterType(0).isPrimitive()
          && (LOOKS_AT_KEY.contains(name) || CHANGES_KEY.contains(name))) {
        code.aload(at[0]);
        code.invokestatic(TOUCH, looks ? "looksUnder" : "changesUnder", KEY);
      } else {
        code.invokestatic(TOUCH, looks ? "looks" : "changes", OBJECT);
      }
      passes(code, type, at, 0);
      load(code, type, at);
    }

    private void arguments(CodeBuilder code, MethodTypeDesc type, boolean changes) {
      int[] at = spill(code, type);
      if (changes) {
        for (int p = 0; p < at.length; p++) {
          if (!type.parameterType(p).isPrimitive()) {
            code.aload(at[p]);
            code.invokestatic(TOUCH, "changes", OBJECT);
          }
        }
      } else {
        passes(code, type, at, 0);
      }
      load(code, type, at);
    }

    private void throughHandle(CodeBuilder code, MethodTypeDesc type, String field, boolean looks) {
      int[] at = spill(code, type);
      if (!type.parameterType(0).isPrimitive()) {
        code.aload(at[0]);
        if (isInbox(self, field)) {
          code.invokestatic(TOUCH, "inbox", OBJECT);
        } else if (field.isEmpty()) {
          code.invokestatic(TOUCH, looks ? "looks" : "changes", OBJECT);
        } else {
          code.loadConstant(field);
          code.invokestatic(TOUCH, looks ? "read" : "write", FIELD);
        }
      }
      load(code, type, at);
    }
  }
}
