package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.vnet.Vnet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Destroys a cloned interface with all that die with it, from whichever vnet holds it, found by its
 * home cloner (ancestor: if_clone_destroy of net/if_clone.c, if_detach of net/if.c). The order is
 * the plan's: bring down, unlink, grace, revoke; then drop; each in the lane of the vnet that each
 * one is in.
 *
 * <p>Refusals: ENXIO (not there), EINVAL (no cloner made it, or lo0). Once the first is down there
 * is no way back.
 */
public final class IfDestroy extends IfSaga<Boolean> {
  private final boolean mayBeGone;
  private boolean destroyed;

  /** {@code ifconfig NAME destroy} in {@code vnet}. */
  public IfDestroy(Vnet vnet, String name) {
    super("destroy " + name + " in " + vnet);
    mayBeGone = false;
    turn(
        "find " + name,
        vnet.lane(),
        () -> {
          Ifnet ifp = Interfaces.ofLiving(vnet).named(name);
          IfCloner cloner = Interfaces.of(vnet).cloners().of(ifp);
          cloner.ops().checkDestroy(ifp);
          start(ifp, vnet);
        });
  }

  /**
   * Destroys {@code ifp} wherever it is, as its home or its holder goes away; done already is fine.
   */
  IfDestroy(Ifnet ifp) {
    super("destroy " + ifp);
    mayBeGone = true;
    local("find " + ifp, () -> start(ifp, null));
  }

  private void start(Ifnet ifp, @Nullable Vnet asked) {
    List<Ifnet> all = together(ifp);
    claim(all);
    local(
        "look again",
        () -> {
          boolean here = asked == null || ifp.vnet() == asked;
          boolean alive = ifp.state() != IfState.DEAD && ifp.state() != IfState.ALLOCATED;
          if (!claims(ifp) || here && alive) {
            commitKeepingClaims();
            destroyed = true;
            depart(all, false);
            drop(ifp, all);
          } else if (!mayBeGone) {
            throw new ErrnoException(Errno.ENXIO);
          }
          releaseAtEnd();
        });
  }

  private static List<Ifnet> together(Ifnet ifp) {
    IfCloner cloner = ifp.homeCloner();
    return cloner == null ? List.of(ifp) : cloner.ops().together(ifp);
  }

  private void drop(Ifnet first, List<Ifnet> all) {
    IfCloner cloner = first.homeCloner();
    if (cloner != null) {
      int unit = cloner.ops().unit(first);
      Lane owner = cloner.machineWide() ? first.home().machine().kernelLane() : first.home().lane();
      turn("release unit of " + first, owner, () -> cloner.units().release(unit));
    }
    for (Ifnet ifp : all) {
      turn("leave " + ifp.vnet(), ifp.vnet().lane(), () -> ifp.interfaces().leave(ifp));
      turn(
          "drop " + ifp,
          ifp.home().lane(),
          () -> {
            ifp.mustLive("the interfaces made in " + ifp.home());
            Interfaces.of(ifp.home()).forget(ifp);
            if (cloner != null) {
              cloner.ops().destroyed(ifp);
            }
            ifp.facts.flag(IfFlags.DYING, true);
            Interfaces.of(ifp.home()).dead(ifp);
          });
      if (cloner != null && cloner.ops() instanceof DeviceOps<?> devices) {
        await("device of " + ifp, () -> devices.closed(ifp));
      }
    }
  }

  /** Whether it was this saga that destroyed it. */
  @Override
  protected Boolean value() {
    return destroyed;
  }
}
