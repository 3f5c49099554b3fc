package cellblock.inet.mcast;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfMulticast;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Joins and leaves the groups of one family (ancestor: netinet/in_mcast.c and netinet6/in6_mcast.c,
 * the interface's half). Whoever reports to routers is told of each change of what is wanted.
 * Threading: turns of the vnet's lane.
 */
public abstract class Multicast {
  /** Who reports changes to routers: IGMP, MLD. */
  public interface Listener {
    /** The members of {@code group} together want something else than {@code before}. */
    void changed(InMulti group, Wanted before);
  }

  protected final Vnet vnet;
  private final Family family;
  private @Nullable Listener listener;

  protected Multicast(Vnet vnet, Family family) {
    this.vnet = vnet;
    this.family = family;
  }

  /** What the family keeps of an interface, or null when it is not attached. */
  public abstract @Nullable GroupIfinfo of(Ifnet ifp);

  /** The interface for a membership that names none, or null. */
  public abstract @Nullable GroupIfinfo chosen(IpAddress group, int fib);

  /** How many senders one member may list. */
  protected abstract int sourceLimit();

  public final Vnet vnet() {
    return vnet;
  }

  public final Family family() {
    return family;
  }

  /** Sets who is told. Once, when the vnet's protocols are wired; null when they go. */
  public final void listener(@Nullable Listener to) {
    listener = to;
  }

  /** Becomes a member that wants everybody's packets. The group is a left-aligned key. */
  public final SourceFilter join(GroupIfinfo in, long hi, long lo) throws ErrnoException {
    return join(in, hi, lo, Wanted.EVERYTHING);
  }

  /** Becomes a member. */
  public final SourceFilter join(GroupIfinfo in, long hi, long lo, Wanted wanted)
      throws ErrnoException {
    vnet.gate();
    limit(wanted);
    InMulti g = in.group(hi, lo);
    if (g == null) {
      IfMulticast link = in.ifnet().joinMulticast(family, hi, lo);
      g = new InMulti(in, family, hi, lo, link);
      g.line = vnet.ledger().enter(LedgerKind.MULTICAST, g, null);
      in.add(g);
    }
    SourceFilter member = new SourceFilter(g, wanted);
    g.add(member);
    changed(g);
    return member;
  }

  /** Leaves. */
  public final void leave(SourceFilter member) {
    InMulti g = member.group();
    g.remove(member);
    changed(g);
    if (g.references() == 0) {
      g.in().remove(g);
      g.in().ifnet().leaveMulticast(g.link);
      if (g.line != null) {
        g.line.leave();
        g.line = null;
      }
    }
  }

  /** A member wants others than before; ENOBUFS when it lists too many. */
  public final void change(SourceFilter member, Wanted wanted) throws ErrnoException {
    limit(wanted);
    member.wanted(wanted);
    changed(member.group());
  }

  private void limit(Wanted wanted) throws ErrnoException {
    if (wanted.sources().size() > sourceLimit()) {
      throw new ErrnoException(Errno.ENOBUFS);
    }
  }

  private void changed(InMulti g) {
    Wanted before = g.merge();
    if (listener != null && !before.equals(g.wanted())) {
      listener.changed(g, before);
    }
  }
}
