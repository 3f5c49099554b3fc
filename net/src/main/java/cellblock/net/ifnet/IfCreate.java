package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import java.util.Collections;
import java.util.LinkedHashMap;
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
  private @Nullable Action closing;

  /** Makes the interface in a turn of the vnet. */
  @FunctionalInterface
  private interface Maker {
    Ifnet make(String name, int unit) throws ErrnoException;
  }

  /**
   * @param request "epair", "epair3", "lo1"
   * @param params what the type wants to know besides
   */
  public IfCreate(Vnet vnet, String request, Map<String, String> params) {
    super("create " + request + " in " + vnet);
    this.vnet = vnet;
    this.request = request;
    this.params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    turn("find cloner", vnet.lane(), this::begin);
  }

  private void begin() throws ErrnoException {
    vnet.gate();
    if (request.length() > Ifnet.NAME_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
    IfCloner cloner = Interfaces.of(vnet).cloners().match(request);
    int wanted = cloner.unitOf(request);
    CloneOps ops = cloner.ops();
    if (ops instanceof DeviceOps<?> devices) {
      local("open device", () -> open(cloner, devices, wanted));
    } else {
      take(cloner, wanted, Math.max(wanted, 0), (n, u) -> ops.create(cloner, n, u, params));
    }
  }

  private <D> void open(IfCloner cloner, DeviceOps<D> ops, int wanted) throws ErrnoException {
    D device = ops.open(cloner, params);
    closing = () -> ops.close(device);
    undo("close device", null, closing);
    take(cloner, wanted, Math.max(wanted, 0), (n, u) -> ops.create(cloner, n, u, device));
  }

  /**
   * Takes a unit, then looks whether its names are free; where any unit will do, tries the next.
   */
  private void take(IfCloner cloner, int wanted, int from, Maker maker) {
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
          turn(
              "create " + cloner.name() + unit,
              vnet.lane(),
              () -> create(cloner, wanted, unit, maker));
        });
  }

  private void create(IfCloner cloner, int wanted, int unit, Maker maker) throws ErrnoException {
    vnet.gate();
    cloner.mustBeOpen();
    if (cloner.clash(unit) != null) {
      if (wanted >= 0) {
        throw new ErrnoException(Errno.EEXIST);
      }
      commit(); // this unit's way back, taken here and now
      if (closing != null) {
        undo("close device", null, closing);
      }
      turn("release unit", owner(cloner), () -> cloner.units().release(unit));
      local("try the next", () -> take(cloner, wanted, unit + 1, maker));
      return;
    }
    made = maker.make(cloner.name() + unit, unit);
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
