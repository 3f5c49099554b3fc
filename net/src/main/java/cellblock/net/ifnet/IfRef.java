package cellblock.net.ifnet;

/**
 * A counted reference (ancestor: if_ref, if_rele). The interface may leave its vnet meanwhile: the
 * reference keeps its index from being used again, nothing more. Closing twice is a bug.
 */
public final class IfRef implements AutoCloseable {
  private final Ifnet ifp;
  private boolean closed;

  IfRef(Ifnet ifp) {
    this.ifp = ifp;
  }

  public Ifnet get() {
    return ifp;
  }

  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("reference to " + ifp + " closed twice");
    }
    closed = true;
    ifp.release();
  }
}
