package cellblock.tunnel;

import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;

/** Room for outer headers (ancestor: M_PREPEND). */
public final class Headroom {
  /** For the link headers below the outermost IP header. */
  private static final int BELOW = 32;

  /** The largest packet that IP can say the length of. */
  private static final int LARGEST = 65535;

  private Headroom() {}

  /**
   * {@code m}, or a copy of it with room, grown by {@code bytes} at the front. Takes {@code m} when
   * it answers with another.
   */
  public static Mbuf prepend(Vnet vnet, Mbuf m, int bytes) {
    Mbuf grown = m;
    if (m.headroom() < bytes + BELOW) {
      grown = vnet.mbufs().alloc(m.len + bytes + BELOW);
      grown.adjust(bytes + BELOW);
      System.arraycopy(m.buf, m.off, grown.buf, grown.off, m.len);
      grown.flags = m.flags;
      grown.flowId = m.flowId;
      grown.fib = m.fib;
      grown.priority = m.priority;
      vnet.mbufs().free(m);
    }
    grown.prepend(bytes);
    return grown;
  }

  /** Whether the packet would be too long for an IP header with {@code bytes} more. */
  public static boolean tooLong(Mbuf m, int bytes) {
    return m.len + bytes > LARGEST;
  }
}
