package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.Guard;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves an interface to another vnet: the one class that changes an interface's vnet (ancestor:
 * if_vmove, if_vmove_loan, if_vmove_reclaim of net/if.c). It leaves in the plan's order, then
 * attaches in the target; addresses, routes, memberships and taps stay behind. Until it stands in
 * the target, a failure brings it back to where it was, up if it was up; what was revoked by then
 * is lost.
 *
 * <p>Refusals: ENXIO (not there), EEXIST (the target is where it is, or has the name, as every vnet
 * has a lo0), EBUSY (source or target is going away).
 */
public final class IfMove extends IfSaga<Ifnet> {
  private final Ifnet ifp;
  private final Vnet source;
  private final Vnet target;
  private final boolean home;
  private boolean departs;
  private boolean wasUp;
  private String sourceName;
  private String targetName;

  private IfMove(Ifnet ifp, Vnet source, Vnet target, boolean home) {
    super("move " + ifp + " from " + source + " to " + target);
    this.ifp = ifp;
    this.source = source;
    this.target = target;
    this.home = home;
    this.sourceName = ifp.name();
    this.targetName = sourceName;
  }

  /** {@code ifconfig NAME vnet J}: SIOCSIFVNET, from {@code source} to a prison's vnet. */
  public static Saga<Ifnet> lend(Vnet source, String name, Vnet target) {
    return new Ask("lend " + name + " to " + target, source, name, target);
  }

  /** {@code ifconfig NAME -vnet J}: SIOCSIFRVNET, back from a prison's vnet. */
  public static Saga<Ifnet> reclaim(Vnet into, String name, Vnet from) {
    return new Ask("reclaim " + name + " from " + from, from, name, into);
  }

  /** Finds the interface, then moves it. */
  private static final class Ask extends Saga<Ifnet> {
    private @Nullable IfMove move;

    Ask(String what, Vnet source, String name, Vnet target) {
      super(what);
      turn(
          "find " + name,
          source.lane(),
          () -> {
            Interfaces here = Interfaces.ofLiving(source);
            Ifnet ifp = here.named(name);
            if (source == target) {
              throw new ErrnoException(Errno.EEXIST);
            }
            if (here.loopback() == ifp) {
              throw new ErrnoException(Errno.EEXIST); // every vnet has one of its own
            }
            source.gate();
            IfMove m = new IfMove(ifp, source, target, false);
            m.begin();
            move = m;
            inner(what, () -> m);
          });
    }

    @Override
    @SuppressWarnings("NullAway") // no result without it
    protected Ifnet value() {
      return move.value();
    }
  }

  /**
   * Back home from a vnet that goes away. No gate, and a name that is taken there is changed (F28).
   */
  static IfMove goHome(Ifnet ifp, Vnet from) {
    IfMove m = new IfMove(ifp, from, ifp.home(), true);
    m.begin();
    return m;
  }

  private void begin() {
    claim(List.of(ifp));
    local(
        "look again",
        () -> {
          if (!claims(ifp) || ifp.vnet() == source && ifp.attached()) {
            move();
          } else if (!home) {
            throw new ErrnoException(Errno.ENXIO);
          }
          releaseAtEnd();
        });
  }

  private void move() {
    turn("reserve name in " + target, target.lane(), this::reserve);
    depart(List.of(ifp), true);
    turn("attach in " + target, target.lane(), this::attach);
    local("moved", this::commitKeepingClaims);
    turn("leave " + source, source.lane(), () -> Interfaces.of(source).leave(ifp, sourceName));
  }

  private void reserve() throws ErrnoException {
    if (!home) {
      target.gate();
    }
    Interfaces there = Interfaces.of(target);
    if (home && !source.machine().plan().has(Guard.HOME_NAME)) {
      targetName = ifp.name();
      return;
    }
    if (home) {
      targetName = there.reserveLike(ifp.name());
    } else {
      targetName = ifp.name();
      there.reserve(targetName);
    }
    undo("unreserve in " + target, target.lane(), () -> there.unreserve(targetName));
  }

  @Override
  void down(Ifnet leaving, boolean moves) throws ErrnoException {
    begins();
    Interfaces.of(source).bringDown(ifp, true);
  }

  @Override
  void unlink(Ifnet leaving, boolean moves) throws ErrnoException {
    begins();
    Interfaces.of(source).unlink(ifp, true);
  }

  /** The first step of the departure, whichever it is. */
  private void begins() throws ErrnoException {
    if (departs) {
      return;
    }
    if (!home) {
      source.gate();
    }
    departs = true;
    sourceName = ifp.name();
    wasUp = (ifp.flags() & IfFlags.UP) != 0;
    undo("back to " + source, source.lane(), this::comeBack);
  }

  @Override
  void revoke(Ifnet leaving) {
    boolean first = source.machine().plan().has(Guard.REASSIGN);
    if (first) {
      ifp.driver().reassign(ifp, target);
    }
    Interfaces.of(source).revoke(ifp);
    if (!first) {
      ifp.driver().reassign(ifp, target);
    }
  }

  private void attach() throws ErrnoException {
    if (!home) {
      target.gate();
    }
    ifp.vnet(target);
    if (!sourceName.equals(targetName)) {
      ifp.name(targetName);
      target
          .machine()
          .messages()
          .log(
              sourceName + ": name is taken in " + target + ", the interface is now " + targetName);
    }
    Interfaces.of(target).arrive(ifp);
  }

  /** The way back: whatever of the departure has been done is undone. */
  private void comeBack() {
    Interfaces here = Interfaces.of(source);
    if (ifp.state() == IfState.DETACHING) {
      ifp.state(IfState.ATTACHED);
    } else if (ifp.state() == IfState.DETACHED) {
      here.revoke(ifp); // half a departure is none: it arrives anew
      here.comeBack(ifp);
    }
    if (wasUp) {
      ifp.up();
    }
  }

  @Override
  protected Ifnet value() {
    return ifp;
  }
}
