package cellblock.kern.vnet;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.saga.Saga;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ordered lists of per-vnet constructors, shutdown handlers and destructors (ancestor:
 * vnet_constructors and vnet_destructors of net/vnet.c, and the proposed vnet_shutdown_handlers).
 * Ascending by (subsystem, order) on the way up, descending on the way down; among equal keys the
 * one registered last is destroyed first. Positions up and down are independent of each other.
 *
 * <p>Threading: changed in turns of the kernel lane; the lists handed out are snapshots.
 */
public final class VnetStages {
  /** What a stage does; runs as a turn of the vnet's lane, curvnet set. */
  @FunctionalInterface
  public interface Action {
    void run(Vnet vnet) throws ErrnoException;
  }

  /**
   * A shutdown handler: revokes, frees nothing that others may still name (law 5). It may return a
   * second phase, which runs as a turn after a grace period.
   */
  @FunctionalInterface
  public interface ShutdownHandler {
    @Nullable Action run(Vnet vnet) throws ErrnoException;
  }

  /** Which list. */
  public enum Which {
    CONSTRUCTOR,
    SHUTDOWN,
    DESTRUCTOR
  }

  /**
   * A registration. Constructor and destructor of one module belong together by name: a destructor
   * runs in those vnets in which its constructor ran.
   */
  public static final class Stage {
    private final String module;
    private final String name;
    private final int subsystem;
    private final int order;
    private final @Nullable Action action;
    private final @Nullable ShutdownHandler handler;
    private final @Nullable Function<Vnet, @Nullable Saga<?>> saga;
    private long sequence;

    // Where FreeBSD's vnet_destroy does this work; a shutdown handler's own place otherwise.
    private int destroySubsystem;
    private int destroyOrder;
    private boolean method;

    private Stage(
        String module,
        String name,
        int subsystem,
        int order,
        @Nullable Action action,
        @Nullable ShutdownHandler handler,
        @Nullable Function<Vnet, @Nullable Saga<?>> saga) {
      if (subsystem <= Subsystem.VNET || subsystem > Subsystem.VNET_DONE) {
        throw new IllegalArgumentException(
            module + "." + name + ": subsystem must be after VNET and not after VNET_DONE");
      }
      this.module = module;
      this.name = name;
      this.subsystem = subsystem;
      this.order = order;
      this.action = action;
      this.handler = handler;
      this.saga = saga;
      this.destroySubsystem = subsystem;
      this.destroyOrder = order;
    }

    /**
     * Says where among the destructors FreeBSD does this shutdown handler's work: for plans without
     * a shutdown stage. While it is declared.
     */
    public Stage inDestroy(int atSubsystem, int atOrder) {
      destroySubsystem = atSubsystem;
      destroyOrder = atOrder;
      return this;
    }

    /** Says that FreeBSD does it in PR_METHOD_REMOVE, before the kill. While it is declared. */
    public Stage asMethod() {
      method = true;
      return this;
    }

    boolean isMethod() {
      return method;
    }

    public static Stage of(String module, String name, int subsystem, int order, Action action) {
      return new Stage(module, name, subsystem, order, action, null, null);
    }

    public static Stage shutdown(
        String module, String name, int subsystem, int order, ShutdownHandler handler) {
      return new Stage(module, name, subsystem, order, null, handler, null);
    }

    public static Stage shutdownSaga(
        String module,
        String name,
        int subsystem,
        int order,
        Function<Vnet, @Nullable Saga<?>> saga) {
      return new Stage(module, name, subsystem, order, null, null, saga);
    }

    public String module() {
      return module;
    }

    public String name() {
      return name;
    }

    public int subsystem() {
      return subsystem;
    }

    public int order() {
      return order;
    }

    void run(Vnet vnet) throws ErrnoException {
      if (action != null) {
        action.run(vnet);
      }
    }

    @Nullable Action shutdown(Vnet vnet) throws ErrnoException {
      return handler == null ? null : handler.run(vnet);
    }

    boolean isSaga() {
      return saga != null;
    }

    @Nullable Saga<?> saga(Vnet vnet) {
      return saga == null ? null : saga.apply(vnet);
    }

    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  private static final Comparator<Stage> UP =
      Comparator.<Stage>comparingInt(s -> s.subsystem)
          .thenComparingInt(s -> s.order)
          .thenComparingLong(s -> s.sequence);

  /** Shutdown handlers at their places among the destructors; a handler before its destructor. */
  private static Comparator<Stage> merged(TeardownPlan plan) {
    return Comparator.<Stage>comparingInt(s -> place(plan, s).subsystem())
        .thenComparingInt(s -> place(plan, s).order())
        .thenComparing(s -> s.action == null)
        .thenComparingLong(s -> s.sequence);
  }

  private static TeardownPlan.Place place(TeardownPlan plan, Stage s) {
    TeardownPlan.Place other = s.action == null ? plan.places().get(s.toString()) : null;
    return other == null ? new TeardownPlan.Place(s.destroySubsystem, s.destroyOrder) : other;
  }

  private final List<Stage> constructors = new ArrayList<>();
  private final List<Stage> shutdowns = new ArrayList<>();
  private final List<Stage> destructors = new ArrayList<>();
  private List<Stage> up = List.of();
  private long sequence;

  private List<Stage> list(Which which) {
    return switch (which) {
      case CONSTRUCTOR -> constructors;
      case SHUTDOWN -> shutdowns;
      case DESTRUCTOR -> destructors;
    };
  }

  void add(Which which, Stage stage) {
    stage.sequence = sequence++;
    List<Stage> list = list(which);
    list.add(stage);
    list.sort(UP);
    up = List.copyOf(constructors);
  }

  void removeModule(String module) {
    for (Which which : Which.values()) {
      list(which).removeIf(s -> s.module.equals(module));
    }
    up = List.copyOf(constructors);
  }

  /** Constructors in the order in which they run. */
  List<Stage> up() {
    return up;
  }

  /** Shutdown handlers or destructors in the order in which they run. */
  List<Stage> down(Which which) {
    return List.copyOf(list(which)).reversed();
  }

  /** Shutdown handlers and destructors together, in the order of a plan without a stage. */
  List<Stage> allMerged(TeardownPlan plan) {
    List<Stage> all = new ArrayList<>(shutdowns);
    all.addAll(destructors);
    all.sort(merged(plan));
    return all.reversed();
  }

  /** Whether a stage is a shutdown handler. */
  boolean isShutdown(Stage stage) {
    return stage.action == null;
  }

  /** The constructor that a destructor belongs to, or null when it stands alone. */
  @Nullable Stage constructorOf(Stage destructor) {
    for (Stage s : constructors) {
      if (s.module.equals(destructor.module) && s.name.equals(destructor.name)) {
        return s;
      }
    }
    return null;
  }
}
