package cellblock.inet.pcb;

import cellblock.inet.ip.InAddress;
import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.Ip4;
import cellblock.inet.ip.SourceFilter;
import cellblock.inet.socket.Membership;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups of one socket (ancestor: inp_join_group, inp_leave_group and
 * inp_block_unblock_source of netinet/in_mcast.c). Threading: turns of the vnet's lane.
 */
final class MulticastMembers {
  /** IP_MAX_MEMBERSHIPS. */
  private static final int LIMIT = 4095;

  private final Ip4 ip;
  private final List<SourceFilter> filters = new ArrayList<>(0);

  MulticastMembers(Ip4 ip) {
    this.ip = ip;
  }

  @Nullable SourceFilter of(InIfinfo in, int group) {
    for (int i = 0; i < filters.size(); i++) {
      SourceFilter f = filters.get(i);
      if (f.group().group() == group && f.group().in() == in) {
        return f;
      }
    }
    return null;
  }

  private @Nullable SourceFilter anywhere(int group) {
    for (SourceFilter f : filters) {
      if (f.group().group() == group) {
        return f;
      }
    }
    return null;
  }

  void change(Membership m, int fib) throws ErrnoException {
    if (!(m.group() instanceof Ip4Address g) || !g.isMulticast()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    int source = source(m.source());
    switch (m.what()) {
      case JOIN -> join(interfaceOf(m.ifname(), g.bits(), fib), g.bits());
      case JOIN_SOURCE -> joinSource(interfaceOf(m.ifname(), g.bits(), fib), g.bits(), source);
      case LEAVE -> leave(member(m, g.bits()));
      case LEAVE_SOURCE -> leaveSource(member(m, g.bits()), source);
      case BLOCK_SOURCE -> block(member(m, g.bits()), source);
      case UNBLOCK_SOURCE -> unblock(member(m, g.bits()), source);
    }
  }

  private static int source(@Nullable IpAddress source) {
    return source instanceof Ip4Address four ? four.bits() : 0;
  }

  /** The interface that is named, else the one that routing chooses, else the first that can. */
  private InIfinfo interfaceOf(@Nullable String name, int group, int fib) throws ErrnoException {
    InIfinfo in = null;
    Interfaces interfaces = Interfaces.of(ip.vnet);
    if (name != null) {
      Ifnet ifp = interfaces.attachedByName(name);
      in = ifp == null ? null : Ip4.of(ifp);
    } else {
      InAddress a = ip.output.sourceFor(fib, group);
      if (a != null) {
        in = a.in();
      } else {
        for (Ifnet ifp : interfaces.list()) {
          InIfinfo candidate = Ip4.of(ifp);
          if (in == null
              && candidate != null
              && !candidate.isLoopback()
              && candidate.has(cellblock.net.ifnet.IfFlags.MULTICAST)) {
            in = candidate;
          }
        }
      }
    }
    if (in == null || !in.has(cellblock.net.ifnet.IfFlags.MULTICAST)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return in;
  }

  private void join(InIfinfo in, int group) throws ErrnoException {
    if (of(in, group) != null) {
      throw new ErrnoException(Errno.EADDRINUSE);
    }
    add(ip.multicast.join(in, group, false));
  }

  private void add(SourceFilter f) throws ErrnoException {
    if (filters.size() >= LIMIT) {
      ip.multicast.leave(f);
      throw new ErrnoException(Errno.ENOMEM);
    }
    filters.add(f);
  }

  private void joinSource(InIfinfo in, int group, int source) throws ErrnoException {
    SourceFilter f = of(in, group);
    if (f == null) {
      f = ip.multicast.join(in, group, true);
      add(f);
    } else if (!f.include()) {
      throw new ErrnoException(Errno.EINVAL);
    } else if (f.lists(source)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    ip.multicast.addSource(f, source);
  }

  private SourceFilter member(Membership m, int group) throws ErrnoException {
    SourceFilter f = null;
    if (m.ifname() == null) {
      f = anywhere(group);
    } else {
      Ifnet ifp = Interfaces.of(ip.vnet).unit(m.ifname());
      InIfinfo in = ifp == null ? null : Ip4.of(ifp);
      f = in == null ? null : of(in, group);
    }
    if (f == null) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    return f;
  }

  private void leave(SourceFilter f) {
    filters.remove(f);
    ip.multicast.leave(f);
  }

  private void leaveSource(SourceFilter f, int source) throws ErrnoException {
    if (!f.include()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!f.lists(source)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    if (f.sources().length == 1) {
      leave(f);
    } else {
      ip.multicast.removeSource(f, source);
    }
  }

  private void block(SourceFilter f, int source) throws ErrnoException {
    if (f.include()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (f.lists(source)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    ip.multicast.addSource(f, source);
  }

  private void unblock(SourceFilter f, int source) throws ErrnoException {
    if (f.include()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!f.lists(source)) {
      throw new ErrnoException(Errno.EADDRNOTAVAIL);
    }
    ip.multicast.removeSource(f, source);
  }

  void purge(InIfinfo gone) {
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
