package cellblock.net.ifnet;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one type of cloned interface does (ancestor: ifc_create_t and its kin of net/if_clone.h).
 */
public interface CloneOps {
  /**
   * Makes and attaches the interface, or all that come together, in a turn of the vnet's lane.
   *
   * @param name type and unit ("epair0"); what the ends are called is the type's business
   * @return the one whose name is answered
   */
  Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException;

  /** The names that {@link #create} will need. */
  default List<String> names(String name) {
    return List.of(name);
  }

  /** Units counted over all vnets, owned by the kernel lane; null = each vnet has its own. */
  default @Nullable IfUnits machineUnits(Machine machine) {
    return null;
  }

  /** Refuses what may not be destroyed: EINVAL for lo0. */
  default void checkDestroy(Ifnet ifp) throws ErrnoException {}

  /** Those that die together, the asked one among them. */
  default List<Ifnet> together(Ifnet ifp) {
    return List.of(ifp);
  }

  /** The unit to give back once all that die together are gone. */
  int unit(Ifnet ifp);

  /** It is gone; in a turn of the home's lane, after a grace period. */
  default void destroyed(Ifnet ifp) {}
}
