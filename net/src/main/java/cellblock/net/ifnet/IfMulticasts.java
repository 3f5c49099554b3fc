package cellblock.net.ifnet;

import cellblock.kern.ledger.LedgerKind;
import cellblock.wire.Family;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memberships of one interface, and the link-level filter that follows from them (ancestor:
 * if_addmulti, if_delmulti of net/if.c). Threading: the lane; the filter is a snapshot.
 */
final class IfMulticasts {
  private static final long[] NOTHING = {};

  private final Ifnet ifp;
  private final List<IfMulticast> all = new ArrayList<>(2);
  private volatile long[] filter = NOTHING;

  IfMulticasts(Ifnet ifp) {
    this.ifp = ifp;
  }

  List<IfMulticast> list() {
    return List.copyOf(all);
  }

  boolean filters(long mac) {
    return Arrays.binarySearch(filter, mac) >= 0;
  }

  IfMulticast join(Family family, long hi, long lo) {
    IfMulticast m = find(family, hi, lo);
    if (m != null) {
      m.refs++;
      return m;
    }
    IfMulticast below = null;
    if (ifp.hwAddrLen() == 6) {
      below =
          joinLink(
              family == Family.INET
                  ? MacAddress.ofGroup4((int) (hi >>> 32))
                  : MacAddress.ofGroup6(lo));
    }
    return add(new IfMulticast(ifp, family, hi, lo, below));
  }

  private IfMulticast joinLink(long mac) {
    IfMulticast m = find(null, 0, mac);
    if (m != null) {
      m.refs++;
      return m;
    }
    m = add(new IfMulticast(ifp, null, 0, mac, null));
    refilter();
    return m;
  }

  private IfMulticast add(IfMulticast m) {
    m.entry = ifp.vnet().ledger().enter(LedgerKind.MULTICAST, m, null);
    all.add(m);
    return m;
  }

  private @Nullable IfMulticast find(@Nullable Family family, long hi, long lo) {
    for (IfMulticast m : all) {
      if (m.family() == family && m.lo() == lo && m.hi() == hi) {
        return m;
      }
    }
    return null;
  }

  void leave(IfMulticast m) {
    if (m.refs == 0 || --m.refs > 0) {
      return;
    }
    ifp.mustLive("membership", m);
    remove(m);
    if (m.below != null) {
      leave(m.below);
    } else if (m.family() == null) {
      refilter();
    }
  }

  private void remove(IfMulticast m) {
    all.remove(m);
    if (m.entry != null) {
      m.entry.leave();
      m.entry = null;
    }
  }

  /** The interface leaves: nobody's membership outlives it (F33). */
  void purge() {
    if (all.isEmpty()) {
      return;
    }
    for (IfMulticast m : List.copyOf(all)) {
      m.refs = 0;
      remove(m);
    }
    refilter();
  }

  private void refilter() {
    int n = 0;
    for (IfMulticast m : all) {
      n += m.family() == null ? 1 : 0;
    }
    long[] now = n == 0 ? NOTHING : new long[n];
    for (IfMulticast m : all) {
      if (m.family() == null) {
        now[--n] = m.lo();
      }
    }
    Arrays.sort(now);
    filter = now;
    ifp.driver().multicastChanged(ifp);
  }
}
