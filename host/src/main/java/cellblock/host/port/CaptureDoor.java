package cellblock.host.port;

import cellblock.control.CapturePort;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.proc.Proc;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bpf.BpfDescriptor;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bpf descriptor as tcpdump holds it: it is closed when the process ends, and waits by the
 * kernel's clock.
 */
final class CaptureDoor implements CapturePort {
  private static final int WAITING_FRAMES = 16_384;
  private static final int FAMILY = 4;

  /** How far the time of day may be from where it was expected without being believed, ns. */
  private static final long STEADY = 1_000_000;

  private final Proc proc;
  private final Vnet vnet;
  private final BpfDescriptor bpf;
  private final boolean ether;
  private final Runnable abandon;
  private final Callout timer;
  private volatile boolean timedOut;
  private volatile long epoch;

  private CaptureDoor(Proc proc, Vnet vnet, BpfDescriptor bpf, boolean ether) {
    this.proc = proc;
    this.vnet = vnet;
    this.bpf = bpf;
    this.ether = ether;
    this.timer = vnet.callout("bpf read timeout", () -> timedOut = true);
    this.abandon = () -> vnet.lane().post(Event.of(this::shut));
  }

  static CaptureDoor open(Proc proc, String ifname, int snapLength, boolean promiscuous)
      throws ErrnoException {
    proc.cred().checkNet();
    if (snapLength <= 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    Vnet vnet = proc.vnet();
    CaptureDoor door =
        vnet.call(() -> {
          vnet.gate();
          Ifnet ifp = Interfaces.of(vnet).named(ifname);
          BpfDescriptor bpf = BpfDescriptor.open(ifp, snapLength, WAITING_FRAMES, promiscuous);
          return new CaptureDoor(proc, vnet, bpf, ifp.isEther());
        });
    if (!vnet.machine().kernelLane().call(() -> proc.onExit(door.abandon))) {
      door.close();
      throw new ErrnoException(Errno.EINTR);
    }
    return door;
  }

  /** In the lane of the vnet. */
  private void shut() {
    timer.stop();
    bpf.close();
  }

  @Override
  public int linkType() {
    return ether ? 1 : 0;
  }

  @Override
  public @Nullable Frame next(@Nullable Duration timeout) throws InterruptedException {
    if (bpf.isEmpty() && bpf.isOpen()) {
      await(timeout);
    }
    BpfDescriptor.Captured c = bpf.poll();
    if (c == null && Thread.interrupted()) {
      throw new InterruptedException();
    }
    return c == null ? null : frame(c);
  }

  private void await(@Nullable Duration timeout) {
    timedOut = false;
    bpf.reader(Thread.currentThread());
    if (timeout != null) {
      reset(timeout.toNanos());
    }
    vnet.lane().lanes().waiting().interruptibly(() -> !bpf.isEmpty() || !bpf.isOpen() || timedOut);
    if (timeout != null && !timedOut) {
      reset(-1);
    }
  }

  /** Sets the timer, or stops it. */
  private void reset(long nanos) {
    turn(() -> {
      if (nanos < 0 || !bpf.isOpen()) {
        timer.stop();
      } else {
        timer.reset(nanos);
      }
    });
  }

  private void turn(Runnable work) {
    try {
      vnet.call(() -> {
        work.run();
        return true;
      });
    } catch (ErrnoException e) {
      timedOut = true; // nothing here refuses; a vnet that is gone has no more frames either
    }
  }

  /** The time of day at boot: looked at anew for each frame it would shake by a microsecond. */
  private long epoch() {
    long now = vnet.machine().clock().wallNanos() - vnet.machine().clock().nanos();
    long before = epoch;
    if (before != 0 && Math.abs(now - before) < STEADY) {
      return before;
    }
    epoch = now;
    return now;
  }

  private Frame frame(BpfDescriptor.Captured c) {
    long wall = epoch() + c.nanos();
    byte[] bytes = c.bytes();
    int length = c.length();
    if (!ether) {
      byte[] whole = new byte[bytes.length + FAMILY];
      boolean six = bytes.length > 0 && (bytes[0] & 0xf0) == 0x60;
      whole[0] = (byte) (six ? 28 : 2); // AF_INET6, AF_INET
      System.arraycopy(bytes, 0, whole, FAMILY, bytes.length);
      bytes = whole;
      length += FAMILY;
    }
    return new Frame(wall, length, c.out(), bytes);
  }

  @Override
  public boolean isOpen() {
    return bpf.isOpen();
  }

  @Override
  public long received() {
    return bpf.received();
  }

  @Override
  public long dropped() {
    return bpf.dropped();
  }

  @Override
  public void close() {
    turn(this::shut);
    vnet.machine().kernelLane().post(Event.of(() -> proc.forget(abandon)));
  }
}
