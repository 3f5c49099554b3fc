package cellblock.kern.jail;

import cellblock.kern.Machine;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.plan.Guard;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.plan.TeardownStep;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetDestroy;
import cellblock.kern.vnet.VnetShutdown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The undertaker of one prison and everything below it, descendants first: the whole of {@code jail
 * -r} inside the kernel (ancestor: prison_deref and vnet_destroy; the shutdown stage is the one
 * that seed 1 proposes). From the first turn on the gate refuses whatever is new. The saga waits as
 * long as it must; whoever asked for the removal has the deadline, and reads {@link #at}, {@link
 * #why} and {@link #trace}.
 */
public final class JailRemove extends Saga<Boolean> {
  private final Machine machine;
  private final Prisons prisons;
  private final Inmates inmates;
  private final Prison target;
  private final TeardownPlan plan;
  private final Reaper reaper;
  private final Consumer<Prison> buriedEvent;
  private final List<String> trace = new CopyOnWriteArrayList<>();
  private final Map<Prison, BooleanSupplier> reaped = new LinkedHashMap<>();
  private volatile boolean returned;
  private volatile String why = "";
  private volatile List<String> strays = List.of();

  /**
   * Marks the prison and its descendants dying. In a turn of the kernel lane, so that one removal
   * only is ever begun: the caller checked that the prison is alive.
   *
   * @param inmates the processes
   * @param reaper kills what the process table does not know
   * @param buried told of each prison that is gone, in a turn of the kernel lane
   */
  public JailRemove(
      Prisons prisons, Inmates inmates, Prison target, Reaper reaper, Consumer<Prison> buried) {
    super("jail_remove", target);
    this.machine = prisons.machine();
    this.prisons = prisons;
    this.inmates = inmates;
    this.target = target;
    this.plan = machine.plan();
    this.reaper = reaper;
    this.buriedEvent = buried;
    List<Prison> order = new ArrayList<>();
    postOrder(target, order);
    for (Prison p : order) {
      if (p.state() == PrisonState.ALIVE) {
        prisons.dying(p);
        p.removal(this);
        if (p.held(HolderKind.PERSIST) > 0) {
          p.drop(HolderKind.PERSIST);
        }
      }
    }
    sweep(order);
    for (Prison p : order) {
      remove(p);
    }
  }

  /** What a plan wants done to all of them first; jail -r returns after that. */
  private void sweep(List<Prison> order) {
    if (plan.sweep().isEmpty()) {
      return;
    }
    for (TeardownStep step : plan.sweep()) {
      for (Prison p : order) {
        if (p.removal() == this) {
          local(step, p, () -> begin(step, p));
        }
      }
    }
    local("jail -r returns", () -> returned = true);
  }

  private static void postOrder(Prison p, List<Prison> order) {
    p.children().forEach(c -> postOrder(c, order));
    order.add(p);
  }

  private void remove(Prison p) {
    if (p.removal() != this) {
      // A child whose own removal began earlier: its undertaker finishes it. Or one that is being
      // made: it cannot come alive below a dying parent, and its maker takes it back.
      if (plan.has(Guard.PARENT)) {
        await("AWAIT", p, () -> p.state() == PrisonState.GONE);
      }
      return;
    }
    for (TeardownStep step : plan.each()) {
      local(step, p, () -> begin(step, p));
    }
  }

  private void begin(TeardownStep step, Prison p) {
    p.timeline().add(step.name());
    boolean vnet = p.ownsVnet();
    switch (step) {
      case METHODS -> {
        if (vnet) {
          inner(step, p, () -> VnetShutdown.methods(p.vnet()));
        }
      }
      case KILL -> {
        if (vnet && plan.has(Guard.GATE)) {
          turn("shut the gate of", p, p.vnet().lane(), p.vnet()::shutGate);
        }
        turn(step, p, machine.kernelLane(), () -> inmates.kill(p));
        local("KILL strays of", p, () -> reaped.put(p, reaper.kill(p)));
      }
      case AWAIT -> {
        BooleanSupplier strays = reaped.getOrDefault(p, () -> true);
        await("AWAIT processes of", p, () -> noProcess(p) && strays.getAsBoolean());
      }
      case SHUTDOWN -> {
        if (vnet) {
          inner(step, p, () -> new VnetShutdown(p.vnet()));
        }
      }
      case AUDIT -> {
        if (vnet) {
          audit(p);
        }
      }
      case RELEASE -> await(step + " " + p + ": holders", () -> unheld(p));
      case DESTROY -> {
        if (vnet) {
          VnetDestroy destroy = new VnetDestroy(p.vnet());
          inner(step, p, () -> destroy);
          local("ledger of", p, () -> strays = destroy.result());
        }
      }
      case BURY -> {
        await(step + " " + p + ": holders", () -> unheld(p));
        turn(step, p, machine.kernelLane(), () -> bury(p));
      }
    }
    trace.add(step + " " + p);
  }

  private boolean noProcess(Prison p) {
    int n = p.held(HolderKind.PROCESS);
    why =
        n == 0
            ? "host processes not dead yet"
            : n + " process" + (n == 1 ? "" : "es") + " not dead yet";
    return n == 0;
  }

  private boolean unheld(Prison p) {
    String who = plan.has(Guard.PARENT) ? p.holdersText() : p.holdersText(HolderKind.CHILD);
    why = who.isEmpty() ? "" : "held by " + who;
    return who.isEmpty();
  }

  /**
   * Looks whether strays are left; while there are, waits for the ledger to change and looks again.
   */
  private void audit(Prison p) {
    Vnet v = p.vnet();
    turn(
        "AUDIT " + p,
        v.lane(),
        () -> {
          List<Ledger.Entry> left = v.ledger().strays();
          if (left.isEmpty()) {
            strays = List.of();
            why = "";
            return;
          }
          strays = left.stream().map(Ledger.Entry::toString).toList();
          why = String.join(", ", strays);
          trace.add("AUDIT " + p + ": " + why);
          p.timeline().add("AUDIT waits for " + why);
          int total = v.ledger().total();
          await("AUDIT " + p + ": " + why, () -> v.ledger().total() != total);
          local("AUDIT again", p, () -> audit(p));
        });
  }

  private void bury(Prison p) {
    returned |= p == target;
    prisons.bury(p, strays, List.copyOf(trace));
    buriedEvent.accept(p);
  }

  @Override
  protected void failed(Throwable cause) {
    machine.messages().log("jail_remove " + target + ": " + cause.getMessage());
  }

  /** Whether jail -r need not wait any longer: the target is gone, or the plan does not wait. */
  public boolean returned() {
    return returned || finished();
  }

  /** Why the current step cannot go on, or "". */
  public String why() {
    return why;
  }

  /** The steps taken so far. */
  public List<String> trace() {
    return List.copyOf(trace);
  }

  /** The prison whose removal was asked for. */
  public Prison target() {
    return target;
  }

  @Override
  protected Boolean value() {
    return true;
  }
}
