package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * How packets of network protocols travel over one kind of link, in one vnet (ancestor: if_output
 * and if_input of struct ifnet). An interface gets the one of its vnet each time it is attached.
 * Threading: the vnet's lane.
 */
public interface LinkLayer {
  /**
   * Sends {@code m}, which starts at its network header, to the next hop. Takes {@code m}.
   *
   * @return null, or why it was dropped
   */
  @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo);

  /** A frame has come in. Takes {@code m}. */
  void input(Ifnet ifp, Mbuf m);
}
