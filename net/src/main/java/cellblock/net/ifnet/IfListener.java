package cellblock.net.ifnet;

/**
 * Told of what happens to the interfaces of one vnet. Runs in turns of its lane: must not block.
 */
public interface IfListener {
  default void event(Ifnet ifp, IfEvent event) {}

  /** An address came ({@code added}) or went (ifaddr_event). */
  default void address(Ifnet ifp, IfAddress address, boolean added) {}
}
