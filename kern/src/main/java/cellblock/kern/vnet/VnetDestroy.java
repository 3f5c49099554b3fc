package cellblock.kern.vnet;

import cellblock.kern.Machine;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.saga.Saga;
import java.util.List;

/**
 * Destroys a vnet: vnet_destroy (ancestor: net/vnet.c). Destructors run in descending order,
 * exactly those whose constructors ran; then the ledger must read zero, and the slots are poisoned.
 * The result is what was left in the ledger: an empty list unless a module leaked. A plan without a
 * shutdown stage has the shutdown handlers' work done here, where FreeBSD has it.
 */
public final class VnetDestroy extends Saga<List<String>> {
  private final Machine machine;
  private final Vnet vnet;
  private List<String> left = List.of();

  public VnetDestroy(Vnet vnet) {
    super("vnet_destroy " + vnet);
    this.machine = vnet.machine();
    this.vnet = vnet;
    turn("destroying", vnet.lane(), () -> vnet.state(Vnet.State.DESTROYING));
    turn("list destructors", machine.kernelLane(), this::destructors);
  }

  private void destructors() {
    VnetStages stages = machine.vnets().stages();
    List<VnetStages.Stage> all =
        machine.plan().merged()
            ? stages.allMerged(machine.plan())
            : stages.down(VnetStages.Which.DESTRUCTOR);
    for (VnetStages.Stage s : all) {
      if (stages.isShutdown(s)) {
        inner(s.toString(), () -> VnetShutdown.one(vnet, s));
      } else {
        teardownTurn("destruct " + s, vnet.lane(), () -> vnet.destruct(s));
      }
    }
    grace("grace period", machine.epoch());
    turn("poison", vnet.lane(), this::poison);
    turn("remove", machine.kernelLane(), () -> machine.vnets().remove(vnet));
  }

  private void poison() {
    left = vnet.ledger().entries().stream().map(Ledger.Entry::toString).toList();
    if (!left.isEmpty()) {
      machine.messages().log(vnet + ": ledger not zero at vnet_destroy: " + left);
      left.forEach(e -> machine.memguard().left(e, "vnet " + vnet));
    }
    vnet.callouts().close();
    vnet.poison();
    vnet.state(Vnet.State.DEAD);
    vnet.lane().close();
  }

  @Override
  protected List<String> value() {
    return left;
  }
}
