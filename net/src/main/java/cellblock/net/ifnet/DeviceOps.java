package cellblock.net.ifnet;

import cellblock.kern.errno.ErrnoException;
import java.util.Map;

/**
 * A type whose interfaces each hold something of the world outside: a device of the host. To open
 * and to close one may take time, so neither is done in a turn. {@link IfCreate} opens it before it
 * takes a unit; {@link IfDestroy} ends when it is closed. Ancestor: none; a driver of FreeBSD finds
 * its device by the bus (device_attach of kern/subr_bus.c).
 *
 * @param <D> the device
 */
public interface DeviceOps<D> extends CloneOps {
  /** Opens the device. On the thread that drives the saga, outside every lane. */
  D open(IfCloner cloner, Map<String, String> params) throws ErrnoException;

  /** Closes what no interface has been made of. Outside every lane. */
  void close(D device);

  /** As the other {@code create}, of an open device, which is the interface's from here on. */
  Ifnet create(IfCloner cloner, String name, int unit, D device) throws ErrnoException;

  /** Whether the device of an interface that has been destroyed is closed. Any thread. */
  boolean closed(Ifnet ifp);

  /** There is none without a device. */
  @Override
  default Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params) {
    throw new IllegalStateException(name + " without a device");
  }
}
