package cellblock.net.ifnet;

import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sees an interface's frames besides its driver and its link layer: taps look on, hooks may
 * take them (ancestor: if_bpf, if_bridge, if_lagg and if_vlantrunk of struct ifnet). Each stands in
 * the vnet's ledger until it is removed or cut off. Threading: changed in turns of the lane; the
 * arrays are snapshots.
 */
final class IfHooks {
  private static final IfTap[] NO_TAPS = {};
  private static final EtherHook[] NO_HOOKS = {};

  private final Ifnet ifp;
  private volatile IfTap[] taps = NO_TAPS;
  private volatile EtherHook[] hooks = NO_HOOKS;
  private @Nullable List<Ledger.Entry> lines; // of those few that have any

  IfHooks(Ifnet ifp) {
    this.ifp = ifp;
  }

  boolean any() {
    return hooks.length > 0;
  }

  // ---- frames ----

  /** Shows the taps a frame. */
  void tap(Mbuf m, boolean out) {
    for (IfTap t : taps) {
      t.tap(ifp, m, out);
    }
  }

  /** Whether a hook has taken a frame that is about to leave. */
  boolean output(Mbuf m) {
    for (EtherHook h : hooks) {
      if (h.output(ifp, m)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a hook has taken a frame that has come in. */
  boolean input(Mbuf m) {
    for (EtherHook h : hooks) {
      if (h.input(ifp, m)) {
        return true;
      }
    }
    return false;
  }

  // ---- they come and go ----

  void add(IfTap t) {
    taps = Snapshots.with(taps, t);
    enter(t, "tap");
  }

  void remove(IfTap t) {
    taps = Snapshots.without(taps, t);
    leave(t);
  }

  void add(EtherHook h) {
    hooks = Snapshots.with(hooks, h);
    enter(h, "hook");
  }

  void remove(EtherHook h) {
    hooks = Snapshots.without(hooks, h);
    leave(h);
  }

  /** The interface leaves its vnet: hooks see no more of it. */
  void cutHooks() {
    EtherHook[] cut = hooks;
    hooks = NO_HOOKS;
    for (EtherHook h : cut) {
      leave(h);
    }
  }

  /** The same for taps; each is told. */
  void cutTaps() {
    IfTap[] cut = taps;
    taps = NO_TAPS;
    for (IfTap t : cut) {
      leave(t);
      t.departed(ifp);
    }
  }

  private void enter(Object who, String what) {
    List<Ledger.Entry> known = lines;
    if (known == null) {
      known = new ArrayList<>(1);
      lines = known;
    }
    known.add(ifp.vnet().ledger().enter(LedgerKind.HOOK, who, what + " on " + ifp.name()));
  }

  private void leave(Object who) {
    List<Ledger.Entry> known = lines == null ? List.of() : lines;
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).owner() == who) {
        known.remove(i).leave();
        return;
      }
    }
  }
}
