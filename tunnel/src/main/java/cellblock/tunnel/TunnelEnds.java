package cellblock.tunnel;

import cellblock.wire.Family;
import cellblock.wire.IpAddress;

/**
 * The outer addresses of a tunnel (ancestor: gif_iphdr, gre_oip and their kin).
 *
 * @param local the source of what leaves
 * @param remote the far end
 */
public record TunnelEnds(IpAddress local, IpAddress remote) {
  public Family family() {
    return local.family();
  }
}
