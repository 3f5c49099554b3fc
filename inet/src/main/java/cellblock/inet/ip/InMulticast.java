package cellblock.inet.ip;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfMulticast;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * Joins and leaves multicast groups (ancestor: netinet/in_mcast.c, the interface's half). IGMP is
 * told of each change of what is wanted. Threading: turns of the vnet's lane.
 */
public final class InMulticast {
  /** Who reports changes to routers: IGMP. */
  public interface Listener {
    /** The members of {@code group} together want something else than {@code before}. */
    void changed(InMulti group, InMulti.Wanted before);
  }

  private final Vnet vnet;
  private final Ip4Settings settings;
  private @Nullable Listener listener;

  public InMulticast(Vnet vnet, Ip4Settings settings) {
    this.vnet = vnet;
    this.settings = settings;
  }

  /** Sets who is told. Once, when the vnet's protocols are wired; null when IGMP goes. */
  public void listener(@Nullable Listener to) {
    listener = to;
  }

  /** Joins: all sources when not {@code include}, none yet when {@code include}. */
  public SourceFilter join(InIfinfo in, int group, boolean include) throws ErrnoException {
    vnet.gate();
    InMulti g = in.group(group);
    if (g == null) {
      IfMulticast link = in.ifnet().joinMulticast(Family.INET, (long) group << 32, 0);
      g = new InMulti(in, group, link);
      g.line = vnet.ledger().enter(LedgerKind.MULTICAST, g, null);
      in.add(g);
    }
    SourceFilter member = new SourceFilter(g, include);
    g.add(member);
    if (!include) {
      changed(g);
    }
    return member;
  }

  /** Leaves. */
  public void leave(SourceFilter member) {
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

  /** Adds a source to a member's list. */
  public void addSource(SourceFilter member, int source) throws ErrnoException {
    if (member.sources().length >= settings.mcastMaxSocketSources) {
      throw new ErrnoException(Errno.ENOBUFS);
    }
    member.add(source);
    changed(member.group());
  }

  /** Takes a source off a member's list. */
  public void removeSource(SourceFilter member, int source) {
    member.remove(source);
    changed(member.group());
  }

  private void changed(InMulti g) {
    InMulti.Wanted before = g.merge();
    if (listener != null && !before.sameAs(g.wanted())) {
      listener.changed(g, before);
    }
  }
}
