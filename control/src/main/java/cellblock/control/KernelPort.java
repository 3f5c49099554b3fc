package cellblock.control;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door of one process into its kernel. Every call acts with the credentials of that process: in
 * its jail, on its vnet, through its default FIB. Calls block the calling (virtual or platform)
 * thread; a thread that is interrupted while it waits gets {@code EINTR}.
 *
 * <p>Threading: any thread; calls of one port are independent of each other.
 */
public interface KernelPort {
  /** The process that this port belongs to. */
  int pid();

  /** Asks and waits for the answer. */
  <R> R ask(Request<R> request) throws KernelError;

  /** socket(2) in the process's vnet. */
  SocketPort socket(SocketPort.Domain domain, SocketPort.Type type, int protocol)
      throws KernelError;

  /**
   * Waits until one of {@code any} is ready: poll(2).
   *
   * @param timeout how long at most, by the kernel's clock; null = for ever
   * @return false when the time passed first
   */
  default boolean poll(List<Pollable> any, @Nullable Duration timeout) throws InterruptedException {
    if (any.stream().anyMatch(Pollable::ready)) {
      return true;
    }
    throw new IllegalStateException("nothing to wait by");
  }

  /** Opens a stream of routing messages of the process's vnet, as a routing socket gives them. */
  EventPort<RouteEvent> routeEvents() throws KernelError;

  /**
   * clock_gettime(2) with CLOCK_REALTIME: nanoseconds since the Unix epoch, by the kernel's clock.
   */
  default long nowNanos() throws KernelError {
    throw new KernelError("ENOSYS", "Function not implemented", "no clock here");
  }

  /** nanosleep(2): waits by the kernel's clock, which in a simulation is not the host's. */
  default void sleep(Duration time) throws KernelError, InterruptedException {
    throw new KernelError("ENOSYS", "Function not implemented", "no clock here");
  }

  /**
   * open(2) of a network device: "/dev/tun3", "/dev/tap0"; without a number one is made with the
   * next.
   *
   * @throws KernelError ENOENT for what is not there or not to be seen from this jail, EBUSY when
   *     it is open already, EACCES without the right
   */
  default DevicePort open(String path) throws KernelError {
    throw new KernelError("ENOENT", "No such file or directory", "no devices here");
  }

  /**
   * Opens a capture on an interface of the process's vnet (bpf(4)).
   *
   * @param snapLength bytes kept of a frame
   * @param promiscuous whether frames for others are wanted, too
   */
  default CapturePort capture(String ifname, int snapLength, boolean promiscuous)
      throws KernelError {
    throw new KernelError("ENXIO", "Device not configured", "no captures here");
  }
}
