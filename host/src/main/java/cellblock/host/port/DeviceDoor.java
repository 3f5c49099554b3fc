package cellblock.host.port;

import cellblock.control.DevicePort;
import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.host.Kernel;
import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.Prison;
import cellblock.kern.lane.Event;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.tuntap.TunDescriptor;
import cellblock.net.tuntap.TunDevice;
import cellblock.net.tuntap.TunKind;
import cellblock.net.tuntap.TunTapModule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An open tun or tap device of a process (ancestor: tunopen, tunclone, tunread of net/if_tuntap.c).
 * A device made by being opened holds the prison of who opened it until the interface is destroyed,
 * as its credentials do there (F9).
 */
final class DeviceDoor implements DevicePort {
  private static final String FOLDER = "/dev/";

  private final Proc proc;
  private final Machine machine;
  private final TunDevice device;
  private final TunDescriptor descriptor;
  private final Runnable abandon;

  private DeviceDoor(Proc proc, TunDevice device, TunDescriptor descriptor) {
    this.proc = proc;
    this.machine = proc.vnet().machine();
    this.device = device;
    this.descriptor = descriptor;
    this.abandon = () -> device.abandon(descriptor);
  }

  static DeviceDoor open(Kernel kernel, Proc proc, String path) throws ErrnoException {
    if (!path.startsWith(FOLDER)) {
      throw new ErrnoException(Errno.ENOENT);
    }
    String name = path.substring(FOLDER.length());
    proc.cred().checkNet();
    TunDevice there = find(proc, name);
    TunDevice device = there == null ? make(kernel, proc, name) : there;
    TunDescriptor d = device.in(ifp -> device.open(ifp, proc.pid()));
    DeviceDoor door = new DeviceDoor(proc, device, d);
    boolean owned = door.machine.kernelLane().call(() -> proc.onExit(door.abandon));
    if (!owned) {
      door.close();
      throw new ErrnoException(Errno.EINTR);
    }
    return door;
  }

  /**
   * The device by its own name, or by that of its interface; null where there is none to be seen.
   */
  private static @Nullable TunDevice find(Proc proc, String name) throws ErrnoException {
    Vnet vnet = proc.vnet();
    TunDevice device = TunTapModule.loaded(vnet) ? TunTapModule.device(vnet.machine(), name) : null;
    if (device != null) {
      Ifnet ifp = device.ifnet();
      boolean host = proc.prison().parent() == null;
      return host || ifp.vnet() == vnet || ifp.home() == vnet ? device : null;
    }
    return vnet.call(() -> {
      Ifnet ifp = Interfaces.of(vnet).unit(name);
      return ifp != null && ifp.driver() instanceof TunDevice renamed ? renamed : null;
    });
  }

  /** devfs cloning: "tun" is the next, "tun7" is that one. */
  private static TunDevice make(Kernel kernel, Proc proc, String name) throws ErrnoException {
    Vnet vnet = proc.vnet();
    if (!TunTapModule.loaded(vnet) || !isClone(vnet.machine(), name)) {
      throw new ErrnoException(Errno.ENOENT);
    }
    Ifnet made;
    try {
      made = vnet.machine().coordinator().run(new IfCreate(vnet, name, Map.of()));
    } catch (ErrnoException e) {
      throw e.errno() == Errno.EEXIST ? new ErrnoException(Errno.ENOENT) : e; // not ours to see
    }
    TunDevice device = (TunDevice) made.driver();
    Prison prison = proc.prison();
    if (prison.parent() != null) {
      vnet.machine()
          .kernelLane()
          .call(() -> {
            prison.hold(HolderKind.DEVICE, device.name());
            device.pin(() -> kernel.prisons().release(prison, HolderKind.DEVICE, device.name()));
            return true;
          });
    }
    return device;
  }

  private static boolean isClone(Machine machine, String name) {
    for (TunKind kind : TunKind.values()) {
      if (name.startsWith(kind.type())
          && name.substring(kind.type().length()).chars().allMatch(c -> c >= '0' && c <= '9')) {
        return TunTapModule.clones(machine, kind);
      }
    }
    return false;
  }

  /** Something done to the device in a turn of where its interface is. */
  private interface Work {
    void on(Ifnet ifp) throws ErrnoException;
  }

  private void turn(Work work) throws KernelError {
    try {
      if (!descriptor.isOpen()) {
        throw new ErrnoException(Errno.ENXIO);
      }
      device.in(ifp -> {
        work.on(ifp);
        return true;
      });
    } catch (ErrnoException e) {
      throw ProcessPort.refusal(e);
    }
  }

  @Override
  public String ifname() throws KernelError {
    turn(ifp -> {});
    return device.ifnet().name();
  }

  @Override
  public int read(byte[] data, int offset, int length, @Nullable Duration timeout)
      throws KernelError, InterruptedException {
    byte[] packet = descriptor.poll();
    if (packet == null) {
      new Poll(machine, List.of(readable())).await(timeout);
      packet = descriptor.poll();
    }
    if (packet != null) {
      int n = Math.min(length, packet.length);
      System.arraycopy(packet, 0, data, offset, n);
      return n;
    }
    if (!descriptor.isOpen()) {
      throw ProcessPort.refusal(new ErrnoException(Errno.ENXIO));
    }
    return 0;
  }

  @Override
  public void write(byte[] data, int offset, int length) throws KernelError {
    turn(ifp -> device.write(ifp, data, offset, length));
  }

  @Override
  public void control(String request, int value) throws KernelError {
    turn(ifp -> device.control(ifp, request, value));
  }

  @Override
  public Pollable readable() {
    return new Pollable() {
      @Override
      public boolean ready() {
        return descriptor.ready();
      }

      @Override
      public void watch(@Nullable Thread thread) {
        descriptor.reader(thread);
      }
    };
  }

  @Override
  public void close() {
    try {
      device.in(ifp -> {
        device.close(ifp, descriptor);
        return true;
      });
    } catch (ErrnoException e) {
      // It has been destroyed, which closed it.
    }
    machine.kernelLane().post(Event.of(() -> proc.forget(abandon)));
  }
}
