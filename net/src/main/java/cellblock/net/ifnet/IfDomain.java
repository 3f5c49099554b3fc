package cellblock.net.ifnet;

import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * What an address family has on every interface of a vnet (ancestor: dom_ifattach and dom_ifdetach
 * of sys/domain.h). Called in turns of the vnet's lane.
 */
public interface IfDomain {
  Family family();

  /** Makes the family's data of an interface, before anybody can find the interface. */
  @Nullable Object attach(Ifnet ifp);

  /** Deletes its addresses, memberships and routes there; the data is still in place. */
  void purge(Ifnet ifp);

  /** The data is out of the interface: what it holds may go. After the departure event. */
  void detach(Ifnet ifp, @Nullable Object data);
}
