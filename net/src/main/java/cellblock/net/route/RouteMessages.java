package cellblock.net.route;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who listens to a vnet's routing messages, {@code route monitor} for one (ancestor: net/rtsock.c,
 * its sending half). Interfaces are heard as an {@link IfListener}. Threading: turns of the lane;
 * listeners are called in them and must not block.
 */
public final class RouteMessages implements IfListener {
  private final Vnet vnet;
  private List<Listener> listeners = List.of();

  RouteMessages(Vnet vnet) {
    this.vnet = vnet;
  }

  /** One listener; a line in the ledger. */
  private final class Listener implements IfRegistration {
    private final String who;
    private final Consumer<RouteMessage> callback;
    private final Ledger.Entry entry;
    private boolean closed;

    Listener(String who, Consumer<RouteMessage> callback) {
      this.who = who;
      this.callback = callback;
      this.entry = vnet.ledger().enter(LedgerKind.HOOK, this, null);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        entry.leave();
        List<Listener> now = new ArrayList<>(listeners);
        now.remove(this);
        listeners = now;
      }
    }

    @Override
    public String toString() {
      return "route messages to " + who;
    }
  }

  /**
   * Calls {@code callback} with every message until the registration is closed; closing again does
   * nothing. The shutdown stage closes what is left.
   *
   * @param who for people, in the ledger
   */
  public IfRegistration listen(String who, Consumer<RouteMessage> callback) throws ErrnoException {
    vnet.gate();
    Listener l = new Listener(who, callback);
    List<Listener> now = new ArrayList<>(listeners);
    now.add(l);
    listeners = now;
    return l;
  }

  /** Whether anybody listens: spares the making of a message. */
  public boolean heard() {
    return !listeners.isEmpty();
  }

  /** Tells every listener. */
  public void send(RouteMessage message) {
    for (Listener l : listeners) {
      if (!l.closed) {
        l.callback.accept(message);
      }
    }
  }

  /** A change as messages: one for each way that came, went or changed. */
  void send(RibChange change, RouteMessage.Type type, RouteMessage.Sender sender) {
    if (!heard() || change.prefix() == null) {
      return;
    }
    RouteTarget before = change.before();
    RouteTarget after = change.after();
    List<RouteTarget.Path> of = after == null ? List.of() : after.paths();
    if (before != null && type == RouteMessage.Type.ADD) {
      of = without(of, before);
    } else if (before != null && type == RouteMessage.Type.DELETE) {
      of = after == null ? before.paths() : without(before.paths(), after);
    }
    for (RouteTarget.Path p : of) {
      Nexthop nh = p.nexthop();
      send(
          new RouteMessage.Route(
              type,
              change.rib().number(),
              change.prefix(),
              nh,
              nh.routeFlags(),
              p.weight(),
              0,
              sender));
    }
  }

  private static List<RouteTarget.Path> without(List<RouteTarget.Path> paths, RouteTarget known) {
    return paths.stream()
        .filter(p -> known.paths().stream().noneMatch(k -> k.nexthop() == p.nexthop()))
        .toList();
  }

  @Override
  public void event(Ifnet ifp, IfEvent e) {
    if (!heard()) {
      return;
    }
    switch (e) {
      case ARRIVAL -> send(new RouteMessage.Announce(ifp.name(), ifp.index(), true));
      case DEPARTURE -> send(new RouteMessage.Announce(ifp.name(), ifp.index(), false));
      case UP, DOWN, LINK_STATE, FLAGS ->
          send(new RouteMessage.Interface(ifp, ifp.flags(), ifp.linkState()));
      default -> {
        // no routing message tells of it
      }
    }
  }

  @Override
  public void address(Ifnet ifp, IfAddress a, boolean added) {
    send(
        new RouteMessage.Address(added ? RouteMessage.Type.NEWADDR : RouteMessage.Type.DELADDR, a));
  }

  /** Lets go of every listener. */
  void close() {
    for (Listener l : listeners) {
      l.close();
    }
  }
}
