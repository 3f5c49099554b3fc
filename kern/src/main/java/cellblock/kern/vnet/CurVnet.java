package cellblock.kern.vnet;

/**
 * curvnet: the vnet on whose behalf this thread runs (ancestor: CURVNET_SET in net/vnet.h). A lane
 * binds it for each turn, {@link Vnet#run} for callers outside. It ends with the binding: nothing
 * to restore, nothing to forget.
 */
public final class CurVnet {
  static final ScopedValue<Vnet> VALUE = ScopedValue.newInstance();

  private static final StackWalker STACK = StackWalker.getInstance();

  private CurVnet() {}

  public static boolean isSet() {
    return VALUE.isBound();
  }

  /** The current vnet; without one, an error that names the place. */
  public static Vnet get() {
    if (!VALUE.isBound()) {
      throw new NoCurrentVnet("curvnet is not set at " + site());
    }
    return VALUE.get();
  }

  /** The place outside this package that asked. */
  static String site() {
    return STACK.walk(frames ->
        frames
            .filter(f -> !f.getClassName().startsWith("cellblock.kern.vnet."))
            .findFirst()
            .map(StackWalker.StackFrame::toStackTraceElement)
            .map(StackTraceElement::toString)
            .orElse("an unknown place"));
  }

  /** A V_ variable or curvnet used where no vnet is current: in FreeBSD, a page fault. */
  public static final class NoCurrentVnet extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NoCurrentVnet(String message) {
      super(message);
    }
  }
}
