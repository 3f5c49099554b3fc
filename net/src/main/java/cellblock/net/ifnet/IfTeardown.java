package cellblock.net.ifnet;

import cellblock.kern.plan.Guard;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All interface work of the shutdown stage (ancestor: vnet_if_return of net/if.c and
 * if_clone_detach of net/if_clone.c, which run among the destructors there). Lent interfaces go
 * home, those born here are destroyed wherever they are, lo0 last. It looks again until nothing is
 * left, and waits for whatever other saga has one of them in hand; the gate is shut, so nothing new
 * comes.
 */
public final class IfTeardown extends Saga<Boolean> {
  private final Vnet vnet;
  private final Interfaces here;
  private final @Nullable String only;
  private @Nullable Ifnet last;
  private Set<Ifnet> hopeless = Set.of();

  private IfTeardown(Vnet vnet, @Nullable String only) {
    super("interfaces of " + vnet + (only == null ? "" : " made by " + only));
    this.vnet = vnet;
    this.here = Interfaces.of(vnet);
    this.only = only;
    again();
  }

  /** For a vnet that dies. */
  public static Saga<Boolean> of(Vnet vnet) {
    return new IfTeardown(vnet, null);
  }

  /**
   * For one type whose module goes, or whose home dies: from now on that cloner makes nothing, and
   * what it made is destroyed (F29). In a turn of the vnet's lane.
   *
   * @return null: nothing that it made is left
   */
  public static @Nullable Saga<Boolean> ofCloner(Vnet vnet, String cloner) {
    Interfaces here = Interfaces.of(vnet);
    here.cloners().seal(cloner);
    boolean made = first(here.born(), i -> isOf(i, cloner) && i != here.loopback()) != null;
    return made ? new IfTeardown(vnet, cloner) : null;
  }

  private void next() {
    if (!vnet.machine().plan().has(Guard.SWEEP)) {
      once();
      return;
    }
    Ifnet ifp = candidate();
    if (ifp != null && ifp == last) { // a fault has left it so that nothing more can be done
      hopeless = new LinkedHashSet<>(hopeless);
      hopeless.add(ifp);
      ifp = candidate();
    }
    if (ifp == null && only == null && here.arrivals()) {
      await("interfaces under way to", vnet, () -> !here.arrivals());
      again();
    } else if (ifp == null && only == null && here.loopback() != null) {
      end(here.loopback());
    } else if (ifp != null) {
      end(ifp);
    }
  }

  private @Nullable Ifnet candidate() {
    Ifnet ifp = only == null ? first(here.present(), this::mine) : null;
    return ifp == null ? first(here.born(), this::mine) : ifp;
  }

  /** One look and no second: vnet_if_return and if_clone_detach as they are. */
  private void once() {
    List<Ifnet> found = new ArrayList<>();
    if (only == null) {
      here.present()
          .forEach(i -> {
            if (i.home() != vnet) {
              found.add(i);
            }
          });
    } else {
      here.born()
          .forEach(i -> {
            if (mine(i)) {
              found.add(i);
            }
          });
    }
    Set<Ifnet> done = new LinkedHashSet<>();
    for (Ifnet ifp : found) {
      if (only == null) {
        inner("return", ifp, () -> IfMove.goHome(ifp, vnet));
      } else if (done.add(ifp)) {
        inner("destroy", ifp, () -> new IfDestroy(ifp));
        IfCloner cloner = ifp.homeCloner();
        done.addAll(cloner == null ? List.of() : cloner.ops().together(ifp));
      }
    }
  }

  private boolean mine(Ifnet ifp) {
    return ifp != here.loopback() && !hopeless.contains(ifp) && (only == null || isOf(ifp, only));
  }

  private static boolean isOf(Ifnet ifp, String cloner) {
    IfCloner made = ifp.homeCloner();
    return made != null && made.name().equals(cloner);
  }

  private void end(@Nullable Ifnet ifp) {
    last = ifp;
    if (ifp == null) {
      return;
    }
    if (ifp.home() == vnet) {
      inner("destroy", ifp, () -> new IfDestroy(ifp));
    } else {
      inner("return", ifp, () -> IfMove.goHome(ifp, vnet));
    }
    again();
  }

  private void again() {
    turn("list interfaces of", vnet, vnet.lane(), this::next);
  }

  private static @Nullable Ifnet first(Iterable<Ifnet> list, Predicate<Ifnet> wanted) {
    for (Ifnet ifp : list) {
      if (wanted.test(ifp)) {
        return ifp;
      }
    }
    return null;
  }

  @Override
  protected Boolean value() {
    return true;
  }
}
