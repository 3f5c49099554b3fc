package cellblock.kern.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a jail, its vnet and its interfaces die, as data. The classes that do the work are the same
 * for every plan, and none of them exists in order to fail.
 *
 * @param sweep steps taken for the whole tree of jails before anything else; where there are any,
 *     {@code jail -r} returns after them
 * @param each steps taken for one jail after the other, descendants first
 * @param merged whether DESTROY does the work of the shutdown handlers, too, at the places where
 *     FreeBSD has it among the destructors
 * @param detach the order in which an interface leaves
 * @param guards what is in force
 * @param places of those shutdown handlers ("module.name") that a merged plan has elsewhere among
 *     the destructors than where they say
 */
public record TeardownPlan(
    String name,
    List<TeardownStep> sweep,
    List<TeardownStep> each,
    boolean merged,
    List<DetachStep> detach,
    Set<Guard> guards,
    Map<String, Place> places) {

  /** Where among the destructors: SI_SUB and SI_ORDER. */
  public record Place(int subsystem, int order) {}

  private static final List<DetachStep> DOWN_FIRST =
      List.of(DetachStep.DOWN, DetachStep.UNLINK, DetachStep.GRACE, DetachStep.REVOKE);

  private static final List<DetachStep> UNLINK_FIRST =
      List.of(DetachStep.UNLINK, DetachStep.GRACE, DetachStep.DOWN, DetachStep.REVOKE);

  /** The order of the house. */
  public static final TeardownPlan STAGED =
      new TeardownPlan(
          "staged",
          List.of(),
          List.of(
              TeardownStep.KILL,
              TeardownStep.AWAIT,
              TeardownStep.SHUTDOWN,
              TeardownStep.AUDIT,
              TeardownStep.DESTROY,
              TeardownStep.BURY),
          false,
          DOWN_FIRST,
          EnumSet.allOf(Guard.class),
          Map.of());

  /**
   * FreeBSD's: methods before the kill, which nobody awaits; no stage between; destructors by
   * SI_SUB, the return of interfaces first; unlink before down; an interface that is moved does not
   * say so.
   */
  public static final TeardownPlan CLASSIC =
      new TeardownPlan(
          "classic",
          List.of(TeardownStep.METHODS, TeardownStep.KILL),
          List.of(TeardownStep.RELEASE, TeardownStep.DESTROY, TeardownStep.BURY),
          true,
          UNLINK_FIRST,
          EnumSet.complementOf(
              EnumSet.of(
                  Guard.GATE,
                  Guard.ENTRY,
                  Guard.CLAIM,
                  Guard.SWEEP,
                  Guard.LEAVING,
                  Guard.GENERATION_ON_MOVE,
                  Guard.HANDLE_VNET,
                  Guard.HOME_NAME,
                  Guard.TAPS,
                  Guard.RIB_CLOSING,
                  Guard.CACHES,
                  Guard.EARLY_LIST,
                  Guard.SECOND_PHASE)),
          Map.of());

  /**
   * The branch in which vnet_shutdown was first tried: the stage is there, but before the kill,
   * without a gate, and the ribs are freed in it.
   */
  public static final TeardownPlan PROTOTYPE =
      new TeardownPlan(
          "prototype",
          List.of(TeardownStep.METHODS, TeardownStep.SHUTDOWN, TeardownStep.KILL),
          List.of(TeardownStep.RELEASE, TeardownStep.DESTROY, TeardownStep.BURY),
          false,
          UNLINK_FIRST,
          CLASSIC.guards,
          Map.of());

  public TeardownPlan {
    sweep = List.copyOf(sweep);
    each = List.copyOf(each);
    detach = List.copyOf(detach);
    EnumSet<Guard> own = EnumSet.noneOf(Guard.class);
    own.addAll(guards);
    guards = Collections.unmodifiableSet(own);
    places = Collections.unmodifiableMap(new LinkedHashMap<>(places));
  }

  /** Whether a guard is in force. */
  public boolean has(Guard guard) {
    return guards.contains(guard);
  }

  /** Every step, in the order in which one jail meets them. */
  public List<TeardownStep> steps() {
    List<TeardownStep> all = new ArrayList<>(sweep);
    all.addAll(each);
    return all;
  }

  /** The same without some guards. */
  public TeardownPlan without(Guard... gone) {
    EnumSet<Guard> left = EnumSet.noneOf(Guard.class);
    left.addAll(guards);
    List.of(gone).forEach(left::remove);
    return new TeardownPlan(name, sweep, each, merged, detach, left, places);
  }

  /** The same without a step. */
  public TeardownPlan without(TeardownStep gone) {
    return new TeardownPlan(
        name,
        sweep.stream().filter(s -> s != gone).toList(),
        each.stream().filter(s -> s != gone).toList(),
        merged,
        detach,
        guards,
        places);
  }

  /** The same with another way for interfaces to leave. */
  public TeardownPlan detach(DetachStep... order) {
    return new TeardownPlan(name, sweep, each, merged, List.of(order), guards, places);
  }

  /** The same with a shutdown handler at another place among the destructors. */
  public TeardownPlan place(String handler, int subsystem, int order) {
    Map<String, Place> more = new LinkedHashMap<>(places);
    more.put(handler, new Place(subsystem, order));
    return new TeardownPlan(name, sweep, each, merged, detach, guards, more);
  }

  /** The plan of a name, or null. */
  public static @Nullable TeardownPlan named(String name) {
    for (TeardownPlan p : List.of(STAGED, CLASSIC, PROTOTYPE)) {
      if (p.name.equals(name)) {
        return p;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name;
  }
}
