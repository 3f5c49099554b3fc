package cellblock.control;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An open tun(4) or tap(4) device: what the interface sends is read, what is written comes in on
 * it. One packet or frame a call. It belongs to the process and is closed with it: the interface
 * goes down and loses its addresses. Threading: one reader, one writer; {@link #close} from any
 * thread. Errors: ENXIO once the interface has been destroyed.
 */
public interface DevicePort extends AutoCloseable {
  /** The interface's name now (TUNGIFNAME). */
  String ifname() throws KernelError;

  /**
   * The next packet; what does not fit is cut off. Waits.
   *
   * @param timeout how long at most; zero does not wait; null = for ever
   * @return its bytes; 0 when the time passed first
   */
  int read(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException;

  /**
   * A packet comes in. Ignored while the interface is down; EIO when it is too long, EAFNOSUPPORT
   * for what is neither IPv4 nor IPv6.
   */
  void write(byte[] data, int offset, int length) throws KernelError;

  /**
   * ioctl(2) by name: TUNSIFHEAD (four bytes of family, in network order, before each packet;
   * without them only IPv4 is sent), TUNSIFMODE (IFF_POINTOPOINT or IFF_BROADCAST, while down),
   * TUNSTRANSIENT (the interface goes with the last close).
   */
  void control(String request, int value) throws KernelError;

  /** Whether a read would not wait. */
  Pollable readable();

  @Override
  void close();
}
