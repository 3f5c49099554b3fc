package cellblock.kern.plan;

/** The steps by which an interface leaves a vnet. A {@link TeardownPlan} says in what order. */
public enum DetachStep {
  /** if_down: nothing more is sent. */
  DOWN,
  /** Out of every lookup. */
  UNLINK,
  /** Whoever saw it before has gone on. */
  GRACE,
  /** The driver lets go of what the packets need. */
  STOP,
  /** Addresses, routes, memberships, taps and the families' data go. */
  REVOKE
}
