package cellblock.inet.pcb;

import cellblock.inet.mcast.GroupIfinfo;
import cellblock.inet.mcast.Multicast;
import cellblock.inet.mcast.SourceFilter;
import cellblock.inet.mcast.Wanted;
import cellblock.inet.socket.Membership;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups of one socket, of either family (ancestor: inp_join_group, inp_leave_group,
 * inp_block_unblock_source and inp_set_source_filters of netinet/in_mcast.c, and the same of
 * netinet6/in6_mcast.c). Threading: turns of the vnet's lane.
 */
final class MulticastMembers {
  /** IP_MAX_MEMBERSHIPS. */
  private static final int LIMIT = 4095;

  private final Multicast multicast;
  private final List<SourceFilter> filters = new ArrayList<>(0);

  MulticastMembers(Multicast multicast) {
    this.multicast = multicast;
  }

  /** Whether a packet that came by {@code in} is wanted; addresses are left-aligned keys. */
  boolean wants(GroupIfinfo in, long hi, long lo, long fromHi, long fromLo) {
    for (int i = 0; i < filters.size(); i++) {
      SourceFilter f = filters.get(i);
      if (f.of(in, hi, lo)) {
        return f.wanted().passes(fromHi, fromLo);
      }
    }
    return false;
  }

  private @Nullable SourceFilter find(@Nullable GroupIfinfo in, IpAddress group) {
    for (SourceFilter f : filters) {
      if (f.of(in == null ? f.group().in() : in, group.hi(), group.lo())) {
        return f;
      }
    }
    return null;
  }

  void change(Membership m, int fib) throws ErrnoException {
    check(m.group());
    switch (m.what()) {
      case JOIN -> join(interfaceOf(m.ifname(), m.group(), fib), m.group());
      case JOIN_SOURCE ->
          joinSource(interfaceOf(m.ifname(), m.group(), fib), m.group(), source(m.source()));
      case LEAVE -> leave(member(m.ifname(), m.group()));
      case LEAVE_SOURCE -> leaveSource(member(m.ifname(), m.group()), source(m.source()));
      case BLOCK_SOURCE -> list(member(m.ifname(), m.group()), source(m.source()), true);
      case UNBLOCK_SOURCE -> list(member(m.ifname(), m.group()), source(m.source()), false);
    }
  }

  private void check(IpAddress group) throws ErrnoException {
    if (group.family() != multicast.family() || !group.isMulticast()) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  private IpAddress source(@Nullable IpAddress source) throws ErrnoException {
    if (source == null || source.family() != multicast.family() || source.isMulticast()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return source;
  }

  /** The interface that is named, else the one that the family chooses. */
  private GroupIfinfo interfaceOf(@Nullable String name, IpAddress group, int fib)
      throws ErrnoException {
    GroupIfinfo in;
    if (name == null) {
      in = multicast.chosen(group, fib);
    } else {
      Ifnet ifp = Interfaces.of(multicast.vnet()).attachedByName(name);
      in = ifp == null ? null : multicast.of(ifp);
    }
    if (in == null || (in.ifnet().flags() & IfFlags.MULTICAST) == 0) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return in;
  }

  private void join(GroupIfinfo in, IpAddress group) throws ErrnoException {
    if (find(in, group) != null) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
    add(in, group, Wanted.EVERYTHING);
  }

  private void add(GroupIfinfo in, IpAddress group, Wanted wanted) throws ErrnoException {
    if (filters.size() >= LIMIT) {
      throw new ErrnoException(Errno.ENOMEM);
    }
    filters.add(multicast.join(in, group.hi(), group.lo(), wanted));
  }

  private void joinSource(GroupIfinfo in, IpAddress group, IpAddress source) throws ErrnoException {
    SourceFilter f = find(in, group);
    if (f == null) {
      add(in, group, new Wanted(true, Wanted.NOTHING.sources().with(source)));
    } else if (!f.wanted().include()) {
      throw new ErrnoException(Errno.EINVAL);
    } else if (f.wanted().sources().has(source)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    } else {
      multicast.change(f, new Wanted(true, f.wanted().sources().with(source)));
    }
  }

  private SourceFilter member(@Nullable String name, IpAddress group) throws ErrnoException {
    SourceFilter f;
    if (name == null) {
      f = find(null, group);
    } else {
      Ifnet ifp = Interfaces.of(multicast.vnet()).unit(name);
      GroupIfinfo in = ifp == null ? null : multicast.of(ifp);
      f = in == null ? null : find(in, group);
    }
    if (f == null) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return f;
  }

  private void leave(SourceFilter f) {
    filters.remove(f);
    multicast.leave(f);
  }

  private void leaveSource(SourceFilter f, IpAddress source) throws ErrnoException {
    if (!f.wanted().include()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!f.wanted().sources().has(source)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    if (f.wanted().sources().size() == 1) {
      leave(f);
    } else {
      multicast.change(f, new Wanted(true, f.wanted().sources().without(source)));
    }
  }

  /** Blocks a source of a group that is joined for all, or lets it through again. */
  private void list(SourceFilter f, IpAddress source, boolean block) throws ErrnoException {
    Wanted now = f.wanted();
    if (now.include()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (now.sources().has(source) == block) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    multicast.change(
        f, new Wanted(false, block ? now.sources().with(source) : now.sources().without(source)));
  }

  /** setsourcefilter(3): EADDRNOTAVAIL unless it is a member. */
  void filter(@Nullable String name, IpAddress group, Wanted wanted) throws ErrnoException {
    check(group);
    for (IpAddress s : wanted.sources().all()) {
      source(s);
    }
    multicast.change(member(name, group), wanted);
  }

  /** getsourcefilter(3). */
  Wanted filter(@Nullable String name, IpAddress group) throws ErrnoException {
    check(group);
    return member(name, group).wanted();
  }

  void purge(GroupIfinfo gone) {
    for (SourceFilter f : List.copyOf(filters)) {
      if (f.group().in() == gone) {
        leave(f);
      }
    }
  }

  void leaveAll() {
    for (SourceFilter f : List.copyOf(filters)) {
      leave(f);
    }
  }
}
