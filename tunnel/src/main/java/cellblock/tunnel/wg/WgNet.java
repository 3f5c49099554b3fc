package cellblock.tunnel.wg;

import cellblock.kern.sysctl.IntCell;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.LinkLayer;
import cellblock.tunnel.RouteStats;
import cellblock.tunnel.TunnelLink;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * WireGuard in one vnet: the devices that were made here, wherever their interfaces are, and the
 * link layer of the interfaces that are here, wherever they were made (ancestor: wg_list and
 * V_wg_cloner of if_wg.c). Threading: the vnet's lane.
 */
final class WgNet {
  /** MAX_LOOPS: how many tunnels a packet may be put into. */
  static final int MAX_LOOPS = 8;

  final RouteStats stats = new RouteStats();
  final IntCell caching = new IntCell(1);
  private final Vnet vnet;
  private final List<WgDevice> devices = new ArrayList<>(0);
  private @Nullable LinkLayer link;

  /** How many devices of this vnet the packet in hand is inside of. */
  int depth;

  WgNet(Vnet vnet) {
    this.vnet = vnet;
  }

  /** What keys are made of. */
  RandomGenerator random() {
    return WgModule.WG_RANDOM.of(vnet.machine());
  }

  LinkLayer link() {
    LinkLayer known = link;
    if (known == null) {
      known = new TunnelLink(vnet);
      link = known;
    }
    return known;
  }

  void add(WgDevice d) {
    devices.add(d);
  }

  void remove(WgDevice d) {
    devices.remove(d);
  }

  /** The vnet goes away: every device made here loses sockets and credentials. */
  void cutAll() {
    List.copyOf(devices).forEach(WgDevice::cut);
  }
}
