package cellblock.it.law;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;

/** Reads one class's bytecode for breaches of the {@link Ban}s. */
final class BanScan {
  private final Universe universe;
  private final List<Finding> findings = new ArrayList<>();
  private String type = "";
  private String method = "";
  private int line;

  private BanScan(Universe universe) {
    this.universe = universe;
  }

  /** Every breach in {@code type}; {@code universe} knows the project's own types. */
  static List<Finding> of(ClassModel type, Universe universe) {
    BanScan scan = new BanScan(universe);
    scan.type = Built.name(type);
    type.methods().forEach(scan::method);
    for (Statics.Mutable field : Statics.mutable(type, universe)) {
      scan.findings.add(
          new Finding(Ban.MUTABLE_STATIC, scan.type, field.name(), "static " + field.why()));
    }
    return scan.findings;
  }

  private void method(MethodModel m) {
    method = m.methodName().stringValue();
    line = 0;
    if (m.flags().has(AccessFlag.SYNCHRONIZED)) {
      found(Ban.MONITOR, "synchronized method");
    }
    m.code().ifPresent(this::code);
  }

  private void code(CodeModel code) {
    for (CodeElement element : code) {
      switch (element) {
        case LineNumber at -> line = at.line();
        case MonitorInstruction monitor when monitor.opcode() == Opcode.MONITORENTER ->
            found(Ban.MONITOR, "synchronized block");
        case InvokeInstruction call ->
            call(
                call.owner().asInternalName(),
                call.name().stringValue(),
                call.type().stringValue());
        case InvokeDynamicInstruction dynamic -> dynamic.bootstrapArgs().forEach(this::constant);
        case ConstantInstruction constant -> constant(constant.constantValue());
        default -> {}
      }
    }
  }

  /** A method reference is a method handle among the arguments of its bootstrap method. */
  private void constant(ConstantDesc constant) {
    if (constant instanceof DirectMethodHandleDesc handle) {
      String descriptor = handle.owner().descriptorString();
      if (handle.owner().isClassOrInterface() && handle.lookupDescriptor().startsWith("(")) {
        call(
            descriptor.substring(1, descriptor.length() - 1),
            handle.methodName(),
            handle.lookupDescriptor());
      }
    }
  }

  private void call(String owner, String name, String descriptor) {
    // A static or constructor named through a subclass of ours is still the banned one.
    String declared = name.equals("<init>") ? owner : universe.outermostForeign(owner);
    Ban.onCall(declared, name, descriptor)
        .filter(ban -> !declared.replace('/', '.').equals(type)) // its own business
        .ifPresent(ban -> found(ban, declared.replace('/', '.') + "." + name));
  }

  private void found(Ban ban, String what) {
    findings.add(new Finding(ban, type, method + (line > 0 ? ":" + line : ""), what));
  }
}
