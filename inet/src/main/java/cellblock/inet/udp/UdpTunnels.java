package cellblock.inet.udp;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.Ifnet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * UDP ports whose datagrams go to a tunnel in place of a socket, of one family in one vnet
 * (ancestor: udp_set_kernel_tunneling of netinet/udp_usrreq.c, without the socket). Threading:
 * turns of the vnet's lane.
 */
public final class UdpTunnels {
  /** What takes a port's datagrams. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * Takes a datagram over whose lengths and checksum are good; {@code m} begins with its IP
     * header.
     *
     * @param payload bytes of the IP and UDP headers
     */
    void input(Mbuf m, int payload, Ifnet in);
  }

  private int[] ports = {};
  private Receiver[] receivers = {};

  /** Takes a port; EADDRINUSE when another tunnel has it. */
  public void take(int port, Receiver r) throws ErrnoException {
    if (at(port) != null) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
    int count = ports.length;
    ports = Arrays.copyOf(ports, count + 1);
    receivers = Arrays.copyOf(receivers, count + 1);
    ports[count] = port;
    receivers[count] = r;
  }

  /** Gives a port back. */
  public void release(int port) {
    int[] left = new int[ports.length];
    Receiver[] stay = receivers.clone();
    int count = 0;
    for (int i = 0; i < ports.length; i++) {
      if (ports[i] != port) {
        left[count] = ports[i];
        stay[count++] = receivers[i];
      }
    }
    ports = Arrays.copyOf(left, count);
    receivers = Arrays.copyOf(stay, count);
  }

  /** Who has the port; null = sockets. */
  @Nullable Receiver at(int port) {
    int[] known = ports;
    for (int i = 0; i < known.length; i++) {
      if (known[i] == port) {
        return receivers[i];
      }
    }
    return null;
  }
}
