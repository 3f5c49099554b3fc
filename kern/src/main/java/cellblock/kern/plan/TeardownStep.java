package cellblock.kern.plan;

/** The numbered steps of a jail's removal. A {@link TeardownPlan} says which, and in what order. */
public enum TeardownStep {
  /** FreeBSD's PR_METHOD_REMOVE: the handlers that stand there. Only in plans that say so. */
  METHODS,
  /** Kill every process. */
  KILL,
  /** Wait until each has ended. */
  AWAIT,
  /** vnet_shutdown: the shutdown handlers, a grace period, their second phases. */
  SHUTDOWN,
  /** Only what constructors made is left in the ledger. */
  AUDIT,
  /** Wait until nobody holds the prison. Where it is not in the plan, BURY waits for that. */
  RELEASE,
  /** vnet_destroy: the destructors; then the ledger reads zero. */
  DESTROY,
  /** Unlink, drop the parent's reference, free the jid. */
  BURY
}
