package cellblock.host.port;

import cellblock.control.EventPort;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest.RouteInfo;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.KernelFault;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of a routing socket: a bounded queue that the vnet's lane fills. A reader that
 * is too slow loses messages, which are counted.
 */
final class RouteEvents implements EventPort<RouteEvent> {
  private static final int CAPACITY = 4096;

  private final Vnet vnet;
  private final BlockingQueue<RouteEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong lost = new AtomicLong();
  private final RouteEvent end = new RouteEvent.Announce("", 0, "end");
  private @Nullable IfRegistration registration;

  private RouteEvents(Vnet vnet) {
    this.vnet = vnet;
  }

  static RouteEvents open(Vnet vnet) throws ErrnoException {
    RouteEvents events = new RouteEvents(vnet);
    events.registration =
        vnet.call(() -> RouteTables.of(vnet).messages().listen("a routing socket", events::heard));
    return events;
  }

  /** In a turn of the lane. */
  private void heard(RouteMessage message) {
    RouteEvent event = event(message);
    if (event != null && !queue.offer(event)) {
      lost.incrementAndGet();
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
    RouteEvent next =
        timeout == null ? queue.take() : queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    if (next == end) {
      tellEnd(); // to the next reader, too
      return null;
    }
    return next;
  }

  /** Behind what was heard; in a full queue the oldest gives way. */
  private void tellEnd() {
    while (!queue.offer(end)) {
      queue.poll();
    }
  }

  @Override
  public long lost() {
    return lost.get();
  }

  @Override
  public void close() {
    IfRegistration open = registration;
    registration = null;
    tellEnd();
    if (open != null) {
      try {
        vnet.call(() -> {
          open.close();
          return true;
        });
      } catch (ErrnoException e) {
        throw new KernelFault("closing a routing socket: " + e.getMessage(), e);
      }
    }
  }
}
