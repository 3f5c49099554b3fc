package cellblock.host.jail;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.Prisons;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.kern.vnet.VnetDestroy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a jail: allocates the prison, builds its vnet where it has one, sets the parameters, and
 * only then lets it be found (ancestor: kern_jail_set with JAIL_CREATE). When a step fails nothing
 * is left.
 */
final class JailCreate extends Saga<Prison> {
  private final Prisons prisons;
  private final Machine machine;
  private final Prison parent;
  private final JailSettings settings;
  private final JailChecks checks;
  private final Consumer<Prison> abandoned;
  private @Nullable Prison prison;

  /**
   * @param abandoned takes a prison back whose making failed, in a turn of the kernel lane
   */
  JailCreate(Prisons prisons, Prison creator, JailSettings settings, Consumer<Prison> abandoned) {
    super("jail_set");
    this.prisons = prisons;
    this.machine = prisons.machine();
    this.settings = settings;
    this.abandoned = abandoned;
    this.checks = new JailChecks(prisons, creator);
    this.parent = creator;
    turn("allocate", machine.kernelLane(), this::allocate);
  }

  private void allocate() throws ErrnoException {
    boolean vnet = "new".equals(settings.get("vnet"));
    checks.creation(settings, vnet);
    JailChecks.Place place = checks.place(settings);
    Prison made = prisons.allocate(place.parent(), place.jid(), place.fullName(), vnet);
    prison = made;
    undo("take it back", machine.kernelLane(), () -> abandoned.accept(made));
    if (vnet) {
      VnetCreate create = new VnetCreate(machine, made.name());
      inner("vnet_alloc", () -> create);
      turn("enter vnet", machine.kernelLane(), () -> enter(made, create.result()));
    } else {
      prisons.setVnet(made, place.parent().vnet());
    }
    turn("parameters", machine.kernelLane(), () -> complete(made));
    local("done", this::commit);
  }

  private void enter(Prison made, Vnet vnet) {
    prisons.setVnet(made, vnet);
    undo("vnet_destroy", null, () -> inner("vnet_destroy", () -> new VnetDestroy(vnet)));
  }

  private void complete(Prison made) throws ErrnoException {
    checks.inherit(made, parent);
    checks.apply(made, settings);
    if (settings.is("persist")) {
      made.hold(HolderKind.PERSIST);
    }
    prisons.alive(made);
  }

  @Override
  @SuppressWarnings("NullAway") // set by the first step
  protected Prison value() {
    return prison;
  }
}
