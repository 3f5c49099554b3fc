package cellblock.net.ifnet;

/** What can happen to an interface (ancestor: the ifnet_* event handlers of net/if_var.h). */
public enum IfEvent {
  /** It has just become visible in this vnet (ifnet_arrival_event). */
  ARRIVAL,
  /** Every listener has been told of its arrival (ifnet_attached_event). */
  ATTACHED,
  /**
   * It leaves this vnet: let go of it now (ifnet_departure_event). It is out of every lookup
   * already.
   */
  DEPARTURE,
  UP,
  DOWN,
  LINK_STATE,
  /** Its link address changed (iflladdr_event). */
  LLADDR,
  RENAME,
  FLAGS,
  MTU,
  CAPABILITIES,
  GROUPS
}
