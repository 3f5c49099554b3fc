package cellblock.tunnel.vxlan;

import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfEvent;
import cellblock.net.ifnet.IfListener;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.tunnel.RouteStats;
import cellblock.wire.BigEndian;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vxlans of one vnet that run, and how a datagram finds its own: by port and network number
 * (ancestor: struct vxlan_socket, vxlan_rcv_udp_packet). Threading: turns of the vnet's lane.
 */
final class VxlanNet {
  /** Bytes of the header; the flag that says that the number is valid. */
  static final int HEADER = 8;

  static final int VALID = 0x0800_0000;

  final Vnet vnet;
  final RouteStats stats = new RouteStats();
  final IntCell caching = new IntCell(1);
  private final List<Vxlan> running = new ArrayList<>(0);
  private @Nullable IfRegistration listening;

  VxlanNet(Vnet vnet) {
    this.vnet = vnet;
  }

  /** EEXIST: another has the number on that port; EADDRINUSE: a socket has the port. */
  void add(Vxlan v, Family family, int port) throws ErrnoException {
    boolean first = true;
    for (Vxlan other : running) {
      if (other.takes(family, port)) {
        first = false;
        if (other.vni() == v.vni()) {
          throw new ErrnoException(Errno.EEXIST);
        }
      }
    }
    if (first) {
      if (Inet.of(vnet).udp.isBound(port)) {
        throw new ErrnoException(Errno.EADDRINUSE);
      }
      if (family == Family.INET) {
        Inet.of(vnet).udp.tunnels().take(port, (m, p, in) -> input4(port, m, p));
      } else {
        Inet6.of(vnet).udp.tunnels().take(port, (m, p, in) -> input6(port, m, p, in));
      }
    }
    if (running.isEmpty()) {
      listening = Interfaces.of(vnet).listen(0, new Departures());
    }
    running.add(v);
  }

  void remove(Vxlan v, Family family, int port) {
    running.remove(v);
    boolean last = running.stream().noneMatch(o -> o.takes(family, port));
    if (last && family == Family.INET) {
      Inet.of(vnet).udp.tunnels().release(port);
    } else if (last) {
      Inet6.of(vnet).udp.tunnels().release(port);
    }
    IfRegistration heard = listening;
    if (running.isEmpty() && heard != null) {
      listening = null;
      heard.close();
    }
  }

  /** Stops all: the shutdown stage. */
  void stopAll() {
    List.copyOf(running).forEach(Vxlan::tearDown);
  }

  /** A vxlan whose multicast interface leaves stops (ancestor: vxlan_ifdetach_event). */
  private final class Departures implements IfListener {
    @Override
    public void event(Ifnet ifp, IfEvent event) {
      if (event == IfEvent.DEPARTURE) {
        for (Vxlan v : List.copyOf(running)) {
          v.departed(ifp);
        }
      }
    }

    @Override
    public String toString() {
      return "multicast interfaces of vxlans";
    }
  }

  private void input4(int port, Mbuf m, int payload) {
    long from = (long) Ip4Header.source(m.buf, m.off) << 32;
    Vxlan v = find(Family.INET, port, m, payload);
    if (v != null) {
      v.input(m, payload + HEADER, from, 0, 0);
    }
  }

  private void input6(int port, Mbuf m, int payload, Ifnet in) {
    long hi = Ip6Header.sourceHi(m.buf, m.off);
    long lo = Ip6Header.sourceLo(m.buf, m.off);
    Vxlan v = find(Family.INET6, port, m, payload);
    if (v != null) {
      int zone = Ip6Address.isLinkLocal(hi) ? in.index() : 0;
      v.input(m, payload + HEADER, hi, lo, zone);
    }
  }

  /** Whose datagram it is; null: nobody's, and dropped. */
  private @Nullable Vxlan find(Family family, int port, Mbuf m, int payload) {
    int at = m.off + payload;
    if (m.len >= payload + HEADER + 14
        && BigEndian.get32(m.buf, at) == VALID
        && m.buf[at + 7] == 0) {
      int vni = BigEndian.get32(m.buf, at + 4) >>> 8;
      for (int i = 0; i < running.size(); i++) {
        Vxlan v = running.get(i);
        if (v.vni() == vni && v.takes(family, port)) {
          return v;
        }
      }
      vnet.drop(m, DropReason.TUNNEL_DOWN);
    } else {
      vnet.drop(m, DropReason.TUNNEL_MALFORMED);
    }
    return null;
  }
}
