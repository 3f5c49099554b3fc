package cellblock.race;

import cellblock.kern.lane.Lane;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step reads and writes: calls of these are woven into the stack's classes by {@link
 * TouchLoader}; in all other runs there are none. What cannot change is left out.
 *
 * <p>Threading: the one thread of the run.
 */
public final class Touch {
  /** The place of an object that has no places: a collection, an array. */
  private static final String ALL = "all";

  /** Of a map: what is changed when more than one key may be. */
  private static final String KEYS = "keys";

  private static @Nullable Footprint now;

  private Touch() {}

  /** What is told from now on, or null. */
  static void tell(@Nullable Footprint footprint) {
    now = footprint;
  }

  /** Whether this copy of the classes tells. */
  static boolean isWoven() {
    ClassLoader mine = Touch.class.getClassLoader();
    return mine != null && mine.getClass().getName().equals(TouchLoader.class.getName());
  }

  /** A field is read. */
  public static void read(@Nullable Object of, String field) {
    Footprint f = now;
    if (f != null && of != null) {
      f.read(of, field);
    }
  }

  /** A field is written. */
  public static void write(@Nullable Object of, String field) {
    Footprint f = now;
    if (f != null && of != null) {
      f.write(of, field);
    }
  }

  /** Somebody puts an item into a lane's inbox, takes it out, or looks whether there is one. */
  public static void inbox(Object of) {
    Footprint f = now;
    if (f != null) {
      f.inbox((Lane) of);
    }
  }

  /** Something of an array or of an object of the JDK is read. */
  public static void looks(@Nullable Object at) {
    if (now != null && at != null && !isFixed(at)) {
      read(at, ALL);
    }
  }

  /** Something of an array or of an object of the JDK is written, or may be. */
  public static void changes(@Nullable Object what) {
    if (now != null && what != null && !isFixed(what)) {
      write(what, ALL);
      if (what instanceof Map<?, ?>) {
        write(what, KEYS);
      }
    }
  }

  /** What a map has under a key is looked at; of another collection: something is. */
  public static void looksUnder(@Nullable Object map, @Nullable Object key) {
    Footprint f = now;
    if (f == null || map == null || isFixed(map)) {
      return;
    }
    if (key != null && isPlace(map, key)) {
      f.read(map, key);
      f.read(map, KEYS);
    } else {
      f.read(map, ALL);
    }
  }

  /** What a map has under a key is changed; of another collection: something is. */
  public static void changesUnder(@Nullable Object map, @Nullable Object key) {
    Footprint f = now;
    if (f == null || map == null || isFixed(map)) {
      return;
    }
    f.write(map, ALL);
    if (key != null && isPlace(map, key)) {
      f.write(map, key);
    } else if (map instanceof Map<?, ?>) {
      f.write(map, KEYS);
    }
  }

  private static boolean isPlace(Object map, Object key) {
    return map instanceof Map<?, ?>
        && (key instanceof String || key instanceof Long || key instanceof Integer);
  }

  /** An argument of a call of the JDK, which may read all of it. */
  public static void passes(@Nullable Object argument) {
    if (argument instanceof Collection<?>
        || argument instanceof Map<?, ?>
        || (argument != null && argument.getClass().isArray())) {
      looks(argument);
    }
  }

  private static boolean isFixed(Object o) {
    return o.getClass().getName().startsWith("java.util.ImmutableCollections");
  }
}
