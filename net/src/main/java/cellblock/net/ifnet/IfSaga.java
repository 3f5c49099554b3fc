package cellblock.net.ifnet;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.plan.DetachStep;
import cellblock.kern.plan.Guard;
import cellblock.kern.saga.Saga;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A saga that has interfaces to itself while it runs: each is claimed by one saga at a time, in
 * order of index, so that two sagas never wait for each other; the second waits its turn.
 */
abstract class IfSaga<T> extends Saga<T> {
  private final List<Ifnet> claimed = new ArrayList<>();

  IfSaga(String verb, Object of) {
    super(verb, of);
    undo("release", null, this::release);
  }

  /** Steps that claim; more than one only in one call. */
  final void claim(List<Ifnet> interfaces) {
    if (!claims(interfaces.getFirst())) {
      return;
    }
    List<Ifnet> ordered = new ArrayList<>(interfaces);
    ordered.sort(Comparator.comparingInt(Ifnet::index));
    for (Ifnet ifp : ordered) {
      await("wait for", ifp, () -> ifp.claim(this));
      local("claimed", ifp, () -> claimed.add(ifp));
    }
  }

  /** Whether the plan has sagas claim their interfaces, and look again once they have them. */
  static boolean claims(Ifnet ifp) {
    return ifp.home().machine().plan().has(Guard.CLAIM);
  }

  /** The steps of the plan by which interfaces leave, all of them at each step. */
  final void depart(List<Ifnet> all, boolean moves) {
    Ifnet first = all.getFirst();
    for (DetachStep step : first.home().machine().plan().detach()) {
      switch (step) {
        case DOWN -> all.forEach(i -> at("bring down", i, () -> down(i, moves)));
        case UNLINK -> all.forEach(i -> at("unlink", i, () -> unlink(i, moves)));
        case GRACE -> grace("grace period of " + first, first.home().machine().epoch());
        case STOP -> all.forEach(i -> at("stop", i, () -> i.interfaces().stop(i)));
        case REVOKE -> all.forEach(i -> at("revoke", i, () -> revoke(i)));
      }
    }
  }

  private void at(String step, Ifnet ifp, Action action) {
    turn(step, ifp, ifp.vnet().lane(), action);
  }

  /** DOWN, in a turn of the lane of its vnet. */
  void down(Ifnet ifp, boolean moves) throws ErrnoException {
    ifp.interfaces().bringDown(ifp, moves);
  }

  /** UNLINK, in a turn of the lane of its vnet. */
  void unlink(Ifnet ifp, boolean moves) throws ErrnoException {
    ifp.interfaces().unlink(ifp, moves);
  }

  /** REVOKE, in a turn of the lane of its vnet. */
  void revoke(Ifnet ifp) {
    ifp.interfaces().revoke(ifp);
  }

  /** No way back from here, except that the claims are released. */
  final void commitKeepingClaims() {
    commit();
    undo("release", null, this::release);
  }

  /** The last step. */
  final void releaseAtEnd() {
    local("release", this::release);
  }

  private void release() {
    claimed.forEach(ifp -> ifp.unclaim(this));
    claimed.clear();
  }
}
