package cellblock.net.ifnet;

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

  IfSaga(String name) {
    super(name);
    undo("release", null, this::release);
  }

  /** Steps that claim; more than one only in one call. */
  final void claim(List<Ifnet> interfaces) {
    List<Ifnet> ordered = new ArrayList<>(interfaces);
    ordered.sort(Comparator.comparingInt(Ifnet::index));
    for (Ifnet ifp : ordered) {
      await("wait for " + ifp, () -> ifp.claim(this));
      local("claimed " + ifp, () -> claimed.add(ifp));
    }
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
