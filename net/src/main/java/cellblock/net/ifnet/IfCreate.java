package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an interface by name or type (ancestor: if_clone_create of net/if_clone.c). The unit is
 * taken in a turn of whoever owns the units, the interface made in a turn of the vnet.
 *
 * <p>Refusals: EINVAL (no such type), EEXIST (name or unit in use), ENOSPC (no unit left), EBUSY
 * (the vnet is going away), or what the type says.
 */
public final class IfCreate extends Saga<Ifnet> {
  private final Vnet vnet;
  private final String request;
  private final Map<String, String> params;
  private @Nullable Ifnet made;

  /**
   * @param request "epair", "epair3", "lo1"
   * @param params what the type wants to know besides
   */
  public IfCreate(Vnet vnet, String request, Map<String, String> params) {
    super("create " + request + " in " + vnet);
    this.vnet = vnet;
    this.request = request;
    this.params = Map.copyOf(params);
    turn("find cloner", vnet.lane(), this::begin);
  }

  private void begin() throws ErrnoException {
    vnet.gate();
    if (request.length() > Ifnet.NAME_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
    IfCloner cloner = Interfaces.of(vnet).cloners().match(request);
    int wanted = cloner.unitOf(request);
    take(cloner, wanted, Math.max(wanted, 0));
  }

  /**
   * Takes a unit, then looks whether its names are free; where any unit will do, tries the next.
   */
  private void take(IfCloner cloner, int wanted, int from) {
    turn(
        "take unit",
        owner(cloner),
        () -> {
          IfUnits units = cloner.units();
          int unit = wanted >= 0 ? wanted : units.free(from);
          if (unit < 0) {
            throw new ErrnoException(Errno.ENOSPC);
          }
          if (!units.take(unit)) {
            throw new ErrnoException(Errno.EEXIST);
          }
          undo("release unit", owner(cloner), () -> units.release(unit));
          turn("create " + cloner.name() + unit, vnet.lane(), () -> create(cloner, wanted, unit));
        });
  }

  private void create(IfCloner cloner, int wanted, int unit) throws ErrnoException {
    vnet.gate();
    if (cloner.clash(unit) != null) {
      if (wanted >= 0) {
        throw new ErrnoException(Errno.EEXIST);
      }
      commit(); // this unit's way back, taken here and now
      turn("release unit", owner(cloner), () -> cloner.units().release(unit));
      local("try the next", () -> take(cloner, wanted, unit + 1));
      return;
    }
    made = cloner.ops().create(cloner, cloner.name() + unit, unit, params);
    local("made", this::commit);
  }

  private Lane owner(IfCloner cloner) {
    return cloner.machineWide() ? vnet.machine().kernelLane() : vnet.lane();
  }

  @Override
  @SuppressWarnings("NullAway") // no result without the last step
  protected Ifnet value() {
    return made;
  }
}
