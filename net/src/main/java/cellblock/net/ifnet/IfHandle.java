package cellblock.net.ifnet;

import cellblock.kern.Machine;
import cellblock.kern.plan.Guard;
import org.jspecify.annotations.Nullable;

/**
 * A weak reference to an interface (ancestor: if_index with if_idxgen, ifnet_byindexgen). It keeps
 * nothing alive and resolves to nothing once the interface has been detached or moved: the
 * generation changes on both, and is never used again by another interface.
 *
 * @param index the interface's place in the index table
 * @param generation its generation while it is attached where it is
 * @param vnetId the vnet that it was in
 */
public record IfHandle(int index, int generation, int vnetId) {
  /**
   * The interface, if it is still attached and still where it was; else null. Any thread, in a
   * section.
   */
  public @Nullable Ifnet resolve(Machine machine) {
    return IfIndexTable.IFINDEX.of(machine).resolve(this, machine.plan().has(Guard.HANDLE_VNET));
  }
}
