package cellblock.inet.ip6;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfMulticast;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * Joins and leaves multicast groups (ancestor: in6_joingroup, in6_leavegroup of
 * netinet6/in6_mcast.c). MLD is told of the first member and of the last. Threading: the lane.
 */
public final class In6Multicast {
  /** Who reports changes to routers: MLD. */
  public interface Listener {
    /** The first member came. */
    void joined(In6Multi group);

    /** The last member went; the interface still knows the group. */
    void left(In6Multi group);
  }

  private final Vnet vnet;
  private @Nullable Listener listener;

  In6Multicast(Vnet vnet) {
    this.vnet = vnet;
  }

  /** Sets who is told. */
  public void listener(@Nullable Listener to) {
    listener = to;
  }

  /** Becomes a member. */
  public In6Multi join(In6Ifinfo in, long hi, long lo) throws ErrnoException {
    vnet.gate();
    In6Multi g = in.group(hi, lo);
    if (g == null) {
      IfMulticast link = in.ifnet().joinMulticast(Family.INET6, hi, lo);
      g = new In6Multi(in, hi, lo, link);
      g.line = vnet.ledger().enter(LedgerKind.MULTICAST, g, null);
      in.add(g);
    }
    g.references++;
    if (g.references == 1 && listener != null) {
      listener.joined(g);
    }
    return g;
  }

  /** Gives a membership back. */
  public void leave(In6Multi g) {
    g.references--;
    if (g.references > 0) {
      return;
    }
    if (listener != null) {
      listener.left(g);
    }
    g.in().remove(g);
    g.in().ifnet().leaveMulticast(g.link);
    if (g.line != null) {
      g.line.leave();
      g.line = null;
    }
  }
}
