package cellblock.kern.memguard;

/** Ends the turn that touched what is dead; the lane is quarantined, the process lives. */
public final class StaleUse extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  StaleUse(Fault fault) {
    super(fault.toString());
    this.fault = fault;
  }

  /** The fault. */
  public Fault fault() {
    return fault;
  }
}
