package cellblock.it.law;

import java.lang.classfile.ClassModel;
import java.lang.constant.ClassDesc;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The project's own types by internal name, and what follows from their superclasses. */
final class Universe {
  private final Map<String, ClassModel> types = new TreeMap<>();

  private final Set<String> declaredImmutable;

  Universe(Collection<ClassModel> classes, Set<String> declaredImmutable) {
    this.declaredImmutable = declaredImmutable;
    classes.forEach(c -> types.put(c.thisClass().asInternalName(), c));
  }

  Optional<ClassModel> find(ClassDesc type) {
    String descriptor = type.descriptorString();
    return type.isClassOrInterface()
        ? Optional.ofNullable(types.get(descriptor.substring(1, descriptor.length() - 1)))
        : Optional.empty();
  }

  /** Whether allowances.txt vouches for this type, by its binary name. */
  boolean isDeclaredImmutable(String name) {
    return declaredImmutable.contains(name);
  }

  /** The first superclass that is not ours (or the type itself): {@code our/Worker} is a Thread. */
  String outermostForeign(String type) {
    String at = type;
    for (ClassModel own = types.get(at); own != null; own = types.get(at)) {
      String parent = own.superclass().map(s -> s.asInternalName()).orElse("java/lang/Object");
      if (parent.equals("java/lang/Object")) {
        return type;
      }
      at = parent;
    }
    return at;
  }
}
