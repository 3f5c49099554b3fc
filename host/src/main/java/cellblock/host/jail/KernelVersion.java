package cellblock.host.jail;

/** The FreeBSD release whose behaviour is the model. */
public final class KernelVersion {
  /** kern.osrelease. */
  public static final String OSRELEASE = "14.2-RELEASE";

  /** kern.osreldate. */
  public static final String OSRELDATE = "1402000";

  private KernelVersion() {}
}
