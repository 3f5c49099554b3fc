package cellblock.host.port;

import cellblock.control.EventPort;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest.RouteInfo;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.proc.Proc;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.LinkState;
import cellblock.net.route.RouteMessage;
import cellblock.net.route.RouteTables;
import cellblock.net.route.RouteTarget;
import cellblock.wire.Family;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of a routing socket: a bounded queue that the vnet's lane fills. A reader that
 * is too slow loses messages, which are counted.
 */
final class RouteEvents implements EventPort<RouteEvent> {
  private static final int CAPACITY = 4096;

  private final Proc proc;
  private final Vnet vnet;
  private final Runnable abandon;
  private final BlockingQueue<RouteEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong lost = new AtomicLong();
  private final Callout timer;
  private volatile @Nullable Thread reader;
  private volatile boolean timedOut;
  private volatile boolean closed;
  private @Nullable IfRegistration registration;

  private RouteEvents(Proc proc, Vnet vnet) {
    this.proc = proc;
    this.vnet = vnet;
    this.timer = vnet.callout("routing socket timeout", this::timeout);
    this.abandon = () -> vnet.lane().post(Event.of(this::shut));
  }

  /** Opens one for a process; it is closed with it at the latest. */
  static RouteEvents open(Proc proc) throws ErrnoException {
    Vnet vnet = proc.vnet();
    RouteEvents events = new RouteEvents(proc, vnet);
    events.registration =
        vnet.call(() -> RouteTables.of(vnet).messages().listen("a routing socket", events::heard));
    if (!vnet.machine().kernelLane().call(() -> proc.onExit(events.abandon))) {
      events.close();
      throw new ErrnoException(Errno.EINTR);
    }
    return events;
  }

  /** In the lane of the vnet. */
  private void shut() {
    closed = true;
    timer.stop();
    wakeReader();
    IfRegistration open = registration;
    registration = null;
    if (open != null) {
      open.close();
    }
  }

  /** In a turn of the lane. */
  private void heard(RouteMessage message) {
    RouteEvent event = event(message);
    if (event != null) {
      if (!queue.offer(event)) {
        lost.incrementAndGet();
      }
      wakeReader();
    }
  }

  private void timeout() {
    timedOut = true;
    wakeReader();
  }

  private void wakeReader() {
    Thread waits = reader;
    if (waits != null) {
      vnet.lane().wake(waits);
    }
  }

  private static @Nullable RouteEvent event(RouteMessage message) {
    return switch (message) {
      case RouteMessage.Route r -> route(r);
      case RouteMessage.Notice n -> notice(n);
      case RouteMessage.Address a ->
          new RouteEvent.Addr(
              a.type().text(),
              a.address().ifnet().name(),
              a.address().ifnet().index(),
              Addresses.info(a.address()));
      case RouteMessage.Interface i ->
          new RouteEvent.Interface(
              i.ifnet().name(), i.ifnet().index(), i.flags(), status(i.link()));
      case RouteMessage.Announce a ->
          new RouteEvent.Announce(a.name(), a.index(), a.arrival() ? "arrival" : "departure");
    };
  }

  private static @Nullable String status(LinkState link) {
    return switch (link) {
      case UP -> "active";
      case DOWN -> "no carrier";
      case UNKNOWN -> null;
    };
  }

  private static @Nullable RouteEvent route(RouteMessage.Route r) {
    if (r.nexthop() == null) {
      return null;
    }
    RouteInfo info =
        RouteView.of(r.fib(), r.destination(), new RouteTarget.Path(r.nexthop(), r.weight()));
    return new RouteEvent.Route(
        r.type().text(), info, r.sender().pid(), r.sender().seq(), r.errno());
  }

  private static RouteEvent notice(RouteMessage.Notice n) {
    RouteInfo info =
        new RouteInfo(
            n.fib(),
            n.destination().family() == Family.INET ? "inet" : "inet6",
            n.destination().toString(),
            n.destination().width(),
            n.gateway() == null ? null : n.gateway().toString(),
            null,
            "",
            0,
            null,
            n.flags(),
            0,
            0,
            0,
            0);
    return new RouteEvent.Route(n.type().text(), info, 0, 0, n.errno());
  }

  @Override
  public @Nullable RouteEvent next(@Nullable Duration timeout) throws InterruptedException {
    if (queue.isEmpty() && !closed) {
      await(timeout);
    }
    RouteEvent next = queue.poll();
    if (next == null && Thread.interrupted()) {
      throw new InterruptedException();
    }
    return next;
  }

  private void await(@Nullable Duration timeout) {
    reader = Thread.currentThread();
    try {
      timedOut = false;
      if (timeout != null) {
        turn(() -> arm(timeout.toNanos()));
      }
      vnet.lane().lanes().waiting().interruptibly(() -> !queue.isEmpty() || closed || timedOut);
      if (timeout != null && !timedOut) {
        turn(timer::stop);
      }
    } finally {
      reader = null;
    }
  }

  private void arm(long nanos) {
    if (closed) {
      timedOut = true;
    } else {
      timer.reset(nanos);
    }
  }

  private void turn(Runnable work) {
    try {
      vnet.call(() -> {
        work.run();
        return true;
      });
    } catch (ErrnoException e) {
      timedOut = true; // nothing here refuses; a vnet that is gone has no more messages either
    }
  }

  @Override
  public long lost() {
    return lost.get();
  }

  @Override
  public void close() {
    turn(this::shut);
    vnet.machine().kernelLane().post(Event.of(() -> proc.forget(abandon)));
  }
}
