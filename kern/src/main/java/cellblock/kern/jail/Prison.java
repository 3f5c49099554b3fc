package cellblock.kern.jail;

import cellblock.kern.memguard.Grave;
import cellblock.kern.time.Clock;
import cellblock.kern.vnet.Vnet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * A jail as the kernel knows it (ancestor: struct prison, sys/jail.h). It has a place in the tree
 * of prisons, a vnet of its own or its parent's, parameters, and holders by kind.
 *
 * <p>Threading: owned by the kernel lane. {@link #state}, {@link #name}, {@link #vnet}, {@link
 * #removal} and {@link #held} may be read from anywhere.
 */
public final class Prison {
  private final @Nullable Prison parent;
  private final boolean ownsVnet;
  private @Nullable Set<Prison> children; // most prisons have none
  private final AtomicIntegerArray holders = new AtomicIntegerArray(HolderKind.values().length);
  private final Map<String, String> parameters = new LinkedHashMap<>(8);
  private Map<String, String> defaults = Map.of();
  private final Timeline timeline;
  private final int serial;
  private volatile int id;
  private volatile String name;
  private volatile PrisonState state = PrisonState.INVALID;
  private volatile @Nullable Vnet vnet;
  private volatile @Nullable JailRemove removal;
  private volatile @Nullable Grave grave;
  private int descendants;
  private int childrenMax;
  private int secureLevel = -1;

  Prison(@Nullable Prison parent, int serial, int id, String name, boolean ownsVnet, Clock clock) {
    this.timeline = new Timeline(clock);
    this.parent = parent;
    this.serial = serial;
    this.id = id;
    this.name = name;
    this.ownsVnet = ownsVnet;
  }

  /**
   * What tells it from every other prison of the machine, dying ones included, as long as it
   * exists: it never changes, and fits into 20 bits. 0 is prison0's.
   */
  public int serial() {
    return serial;
  }

  /** jid; unique in the machine. A dying prison may be given another one (get_next_deadid). */
  public int id() {
    return id;
  }

  void id(int now) {
    id = now;
  }

  /** Full dotted name, as vnet0's root sees it; "0" for prison0. */
  public String name() {
    return name;
  }

  void name(String now) {
    name = now;
  }

  public @Nullable Prison parent() {
    return parent;
  }

  /** PR_VNET: whether the prison has a network stack of its own. */
  public boolean ownsVnet() {
    return ownsVnet;
  }

  public PrisonState state() {
    return state;
  }

  void state(PrisonState now) {
    state = now;
  }

  /** The vnet that its processes live in: its own, or the nearest ancestor's. */
  public Vnet vnet() {
    Vnet v = vnet;
    if (v == null) {
      throw new IllegalStateException("prison " + name + " has no vnet yet");
    }
    return v;
  }

  void vnet(Vnet v) {
    vnet = v;
  }

  /** The removal under way, or null. */
  public @Nullable JailRemove removal() {
    return removal;
  }

  void removal(JailRemove r) {
    removal = r;
  }

  @Nullable Grave grave() {
    return grave;
  }

  void grave(Grave of) {
    grave = of;
  }

  /** Children in order of creation. */
  public List<Prison> children() {
    return children == null ? List.of() : List.copyOf(children);
  }

  /** How many prisons lie below, at any depth, dying ones included. */
  public int childrenCur() {
    return descendants;
  }

  /** A child came. */
  void adopt(Prison child) {
    if (children == null) {
      children = new LinkedHashSet<>();
    }
    children.add(child);
    for (Prison p = this; p != null; p = p.parent) {
      p.descendants++;
    }
  }

  /** A child is gone; it has no children of its own any more. */
  void disown(Prison child) {
    if (children != null) {
      children.remove(child);
    }
    for (Prison p = this; p != null; p = p.parent) {
      p.descendants--;
    }
  }

  public int childrenMax() {
    return childrenMax;
  }

  public void childrenMax(int max) {
    childrenMax = max;
  }

  public int secureLevel() {
    return secureLevel;
  }

  public void secureLevel(int level) {
    secureLevel = level;
  }

  /** What parameters have that nobody set; shared by all prisons. Before it can be found. */
  public void defaults(Map<String, String> values) {
    defaults = values;
  }

  /** A parameter's value as text, or null when there is no such parameter. */
  public @Nullable String parameter(String parameter) {
    String own = parameters.get(parameter);
    return own != null ? own : defaults.get(parameter);
  }

  /** Sets a parameter. */
  public void parameter(String parameter, String value) {
    if (value.equals(defaults.get(parameter))) {
      parameters.remove(parameter);
    } else {
      parameters.put(parameter, value);
    }
  }

  /** Every parameter by name, in the order of the defaults. */
  public Map<String, String> parameters() {
    Map<String, String> all = new LinkedHashMap<>(defaults);
    all.putAll(parameters);
    return all;
  }

  /** Counts a holder: prison_hold, prison_proc_hold. */
  public void hold(HolderKind kind) {
    hold(kind, "");
  }

  /** The same; {@code who} is for people. */
  public void hold(HolderKind kind, String who) {
    holders.incrementAndGet(kind.ordinal());
    timeline.add(kind.comes(who));
  }

  /** Who held it when, and what became of it. */
  public Timeline timeline() {
    return timeline;
  }

  /** Counts a holder off. */
  void drop(HolderKind kind) {
    drop(kind, "");
  }

  /** The same; {@code who} is for people. */
  void drop(HolderKind kind, String who) {
    timeline.add(kind.goes(who));
    if (holders.getAndDecrement(kind.ordinal()) <= 0) {
      throw new IllegalStateException("prison " + name + ": no " + kind.text() + " holds it");
    }
  }

  public int held(HolderKind kind) {
    return holders.get(kind.ordinal());
  }

  /** Whether somebody keeps it alive: pr_uref. */
  public boolean keptAlive() {
    for (HolderKind k : HolderKind.values()) {
      if (k.keepsAlive() && held(k) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Who still holds it, in words: "2 processes, 1 socket". */
  public String holdersText() {
    return holdersText(null);
  }

  /** The same without one kind. */
  String holdersText(@Nullable HolderKind but) {
    StringBuilder text = new StringBuilder();
    for (HolderKind k : HolderKind.values()) {
      int n = held(k);
      if (n > 0 && k != but) {
        text.append(text.isEmpty() ? "" : ", ").append(n).append(' ').append(k.text());
      }
    }
    return text.toString();
  }

  /** Whether {@code other} is this prison or lies below it. */
  public boolean contains(Prison other) {
    for (Prison p = other; p != null; p = p.parent) {
      if (p == this) {
        return true;
      }
    }
    return false;
  }

  /** Whether a viewer in {@code viewer} sees this prison: it lies below. */
  public boolean visibleTo(Prison viewer) {
    return this != viewer && viewer.contains(this);
  }

  @Override
  public String toString() {
    return name + "(" + id + ")";
  }
}
