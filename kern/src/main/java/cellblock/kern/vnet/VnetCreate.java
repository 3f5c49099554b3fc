package cellblock.kern.vnet;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.Guard;
import cellblock.kern.saga.Saga;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a vnet: vnet_alloc (ancestor: net/vnet.c). Constructors run in ascending order, each as a
 * turn of the new vnet's lane; one that a module adds meanwhile is found at the next look. When one
 * fails, those that ran are undone.
 */
public final class VnetCreate extends Saga<Vnet> {
  private final Machine machine;
  private final Set<VnetStages.Stage> offered = new LinkedHashSet<>();
  private @Nullable Vnet vnet;

  public VnetCreate(Machine machine, String name) {
    super("vnet_alloc " + name);
    this.machine = machine;
    turn("allocate", machine.kernelLane(), () -> allocate(name));
  }

  private void allocate(String name) throws ErrnoException {
    if (!machine.vimage() && !machine.vnets().list().isEmpty()) {
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
    Vnet made = machine.vnets().allocate(name);
    vnet = made;
    undo("destroy what was built", null, () -> inner("vnet_destroy", () -> new VnetDestroy(made)));
    turn("next constructor", machine.kernelLane(), () -> next(made));
  }

  private void next(Vnet made) {
    for (VnetStages.Stage s : machine.vnets().stages().up()) {
      if (offered.add(s)) {
        turn("construct", s, made.lane(), () -> made.construct(s));
        turn("next constructor", machine.kernelLane(), () -> next(made));
        return;
      }
    }
    turn("alive", made.lane(), () -> made.state(Vnet.State.ALIVE));
    if (!machine.plan().has(Guard.EARLY_LIST)) {
      turn("list", machine.kernelLane(), () -> machine.vnets().enter(made));
    }
    local("done", this::commit);
  }

  @Override
  @SuppressWarnings("NullAway") // set by the first step, without which there is no result
  protected Vnet value() {
    return vnet;
  }
}
