package cellblock.it.lab;

import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Every object that can be reached from one: a walk that knows nothing of ledgers. Fields of the
 * project's classes are followed, and what collections, maps and references of the JDK hold.
 */
final class ObjectGraph {
  private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

  private final IdentityHashMap<Object, Object> foundBy = new IdentityHashMap<>();
  private final ArrayDeque<Object> next = new ArrayDeque<>();

  private ObjectGraph() {}

  /** Walks from an object. */
  static ObjectGraph of(Object root) {
    ObjectGraph graph = new ObjectGraph();
    graph.see(root, root);
    for (Object o = graph.next.poll(); o != null; o = graph.next.poll()) {
      graph.follow(o);
    }
    return graph;
  }

  /** How many objects. */
  int size() {
    return foundBy.size();
  }

  /** All of a class. */
  <T> List<T> all(Class<T> type) {
    List<T> found = new ArrayList<>();
    for (Object o : foundBy.keySet()) {
      if (type.isInstance(o)) {
        found.add(type.cast(o));
      }
    }
    return found;
  }

  /** Each stack that is gone and can still be reached, and how. */
  List<String> deadVnets() {
    List<String> found = new ArrayList<>();
    for (Vnet v : all(Vnet.class)) {
      if (v.state() == Vnet.State.DEAD) {
        found.add(v + ": " + path(v));
      }
    }
    return found;
  }

  /** By which classes the walk came to an object, from the root. */
  String path(Object to) {
    List<String> names = new ArrayList<>();
    for (Object o = to; ; o = foundBy.get(o)) {
      names.add(o.getClass().getName().replaceFirst("^.*\\.", ""));
      if (foundBy.get(o) == o) {
        return String.join(" > ", names.reversed());
      }
    }
  }

  private void see(@Nullable Object o, Object by) {
    if (o != null && interesting(o.getClass()) && foundBy.putIfAbsent(o, by) == null) {
      next.add(o);
    }
  }

  private static boolean interesting(Class<?> c) {
    return ours(c)
        || c.isArray() && !c.getComponentType().isPrimitive()
        || Collection.class.isAssignableFrom(c)
        || Map.class.isAssignableFrom(c)
        || Reference.class.isAssignableFrom(c)
        || c == AtomicReference.class
        || c == AtomicReferenceArray.class;
  }

  private static boolean ours(Class<?> c) {
    return c.getName().startsWith("cellblock.") && !c.isEnum();
  }

  private void follow(Object o) {
    switch (o) {
      case Object[] array -> {
        for (Object e : array) {
          see(e, o);
        }
      }
      case Collection<?> c when !ours(c.getClass()) -> c.forEach(e -> see(e, o));
      case Map<?, ?> m when !ours(m.getClass()) ->
          m.forEach((k, v) -> {
            see(k, o);
            see(v, o);
          });
      case AtomicReference<?> r -> see(r.get(), o);
      case AtomicReferenceArray<?> a -> {
        for (int i = 0; i < a.length(); i++) {
          see(a.get(i), o);
        }
      }
      case Reference<?> r -> {} // what only a weak reference holds is not held
      case Callout c when !c.pending() -> {} // one that was stopped leaves its queue by and by
      default -> fields(o);
    }
  }

  private void fields(Object o) {
    for (Field f : FIELDS.computeIfAbsent(o.getClass(), ObjectGraph::fieldsOf)) {
      try {
        see(f.get(o), o);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static List<Field> fieldsOf(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> c = type; c != null && ours(c); c = c.getSuperclass()) {
      for (Field f : c.getDeclaredFields()) {
        if (!Modifier.isStatic(f.getModifiers()) && !f.getType().isPrimitive()) {
          f.setAccessible(true);
          fields.add(f);
        }
      }
    }
    return List.copyOf(fields);
  }
}
