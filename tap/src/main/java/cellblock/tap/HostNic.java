package cellblock.tap;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network card whose cable leads to the host's kernel. Frames are sent complete, with every
 * checksum in place, and come as the host has made them. Ancestor: a simple driver of sys/dev, such
 * as vmxnet or vtnet without offloads.
 *
 * <p>Threading: turns of the lane of the interface's vnet. The event that takes in what came is
 * posted by the device's reader; it follows the interface where that has been moved meanwhile, and
 * drops what comes while it is in no vnet.
 */
final class HostNic implements IfDriver {
  /** Largest MTU: what the host's own end can be set to. */
  static final int MTU_MAX = 65_521;

  /** Frames taken in by one turn's item; the rest waits for its next place. */
  private static final int BUDGET = 32;

  private static final int READY = IfFlags.UP | IfFlags.RUNNING;

  private final int unit;
  private final HostDevice device;
  private final Event arrived =
      new Event() {
        @Override
        protected void fire(Lane lane) {
          arrive(lane);
        }

        @Override
        public String toString() {
          return "frames of the host for " + self;
        }
      };

  private @Nullable Ifnet self;
  private boolean plugged = true;
  private long missed;
  private long refused;

  HostNic(int unit, HostDevice device) {
    this.unit = unit;
    this.device = device;
  }

  int unit() {
    return unit;
  }

  HostDevice device() {
    return device;
  }

  /** Once, in the turn that has attached it: frames come from here on. */
  void start(Ifnet ifp) {
    self = ifp;
    device.start(ifp.name(), this::post);
  }

  // ---- out ----

  @Override
  public @Nullable Errno transmit(Ifnet ifp, Mbuf m) {
    Vnet here = ifp.vnet();
    if ((ifp.flags() & READY) != READY) {
      return refuse(ifp, m, DropReason.INTERFACE_DOWN, Errno.ENETDOWN);
    }
    if (!carrier()) {
      return refuse(ifp, m, DropReason.NO_CARRIER, null);
    }
    if (m.len > HostDevice.LARGEST) {
      return refuse(ifp, m, DropReason.OVERSIZE, Errno.EMSGSIZE);
    }
    count(ifp);
    if (!device.send(m.buf, m.off, m.len, here.lane())) {
      return refuse(ifp, m, DropReason.LINK_QUEUE_FULL, Errno.ENOBUFS);
    }
    ifp.sent(m.len, m.flags);
    here.mbufs().free(m);
    return null;
  }

  private static @Nullable Errno refuse(
      Ifnet ifp, Mbuf m, DropReason reason, @Nullable Errno errno) {
    ifp.counters().oqdrops++;
    ifp.vnet().drop(m, reason);
    return errno;
  }

  // ---- in ----

  private void post() {
    Ifnet ifp = self;
    if (ifp != null) {
      ifp.vnet().lane().post(arrived);
    }
  }

  private void arrive(Lane lane) {
    Ifnet ifp = self;
    if (ifp == null) {
      return;
    }
    Vnet here = ifp.vnet();
    if (here.lane() != lane) {
      post(); // it has been moved meanwhile
      return;
    }
    count(ifp);
    follow(ifp);
    FrameRing frames = device.received();
    for (int i = 0; i < BUDGET; i++) {
      if (frames.peek() < 0) {
        return;
      }
      if (carrier() && ifp.usableIn(here) && lane.fault() == null) {
        Mbuf m = here.mbufs().alloc(frames.length());
        frames.copyTo(m.buf, m.off);
        frames.release();
        ifp.input(m);
      } else {
        frames.release();
        ifp.counters().iqdrops++;
      }
    }
    lane.post(arrived);
  }

  /** What the threads outside have lost becomes the interface's count. */
  private void count(Ifnet ifp) {
    long in = device.missed();
    long out = device.refused();
    ifp.counters().iqdrops += in - missed;
    ifp.counters().oerrors += out - refused;
    missed = in;
    refused = out;
  }

  // ---- the link ----

  private boolean carrier() {
    return plugged && !device.lost();
  }

  private void follow(Ifnet ifp) {
    LinkState now = carrier() ? LinkState.UP : LinkState.DOWN;
    if (ifp.attached() && ifp.linkState() != now) {
      ifp.linkStateChange(now);
    }
  }

  /** Running from its creation on, up or down. */
  @Override
  public void stop(Ifnet ifp) {}

  @Override
  public void attached(Ifnet ifp) {
    ifp.running(true);
    follow(ifp);
  }

  @Override
  public void setMtu(Ifnet ifp, int mtu) throws ErrnoException {
    if (mtu > MTU_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  public String media(Ifnet ifp) {
    return "Ethernet autoselect";
  }

  @Override
  public String status(Ifnet ifp) {
    return carrier() ? "active" : "no carrier";
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    return List.of("hostdev: " + device.name());
  }

  @Override
  public void plug(Ifnet ifp, boolean now) {
    plugged = now;
    follow(ifp);
  }
}
