package cellblock.tunnel.vxlan;

import cellblock.tunnel.OuterRoute;
import cellblock.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Another end of the tunnel with the remembered way to it, which closes when no address is behind
 * it any more. Threading: the lane.
 */
final class FarEnd {
  private final IpAddress address;
  private final @Nullable OuterRoute route;

  /** How many entries of the forwarding table, and the interface itself, name it. */
  int entries;

  /**
   * @param route null for a group, which leaves by an interface of its own
   */
  FarEnd(IpAddress address, @Nullable OuterRoute route) {
    this.address = address;
    this.route = route;
  }

  IpAddress address() {
    return address;
  }

  @Nullable OuterRoute route() {
    return route;
  }

  void release() {
    entries--;
    if (entries == 0 && route != null) {
      route.close();
    }
  }
}
