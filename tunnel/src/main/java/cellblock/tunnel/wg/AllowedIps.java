package cellblock.tunnel.wg;

import cellblock.net.route.PrefixTree;
import cellblock.wire.Family;
import cellblock.wire.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * Whose packet it is: the peer of the longest prefix around an address, for both families (paper,
 * section 2, cryptokey routing; ancestor: sc_aip4 and sc_aip6 with wg_aip_lookup). A value that is
 * published: another vnet's lane may look while the home's changes it. Lookups allocate nothing.
 */
record AllowedIps(PrefixTree<WgPeer> four, PrefixTree<WgPeer> six) {
  static final AllowedIps NONE =
      new AllowedIps(PrefixTree.empty(PrefixTree.IPV4), PrefixTree.empty(PrefixTree.IPV6));

  /** The same with a prefix given to a peer, taken from whoever had it. */
  AllowedIps with(IpPrefix p, WgPeer peer) {
    long hi = p.address().hi();
    long lo = p.address().lo();
    return p.family() == Family.INET
        ? new AllowedIps(four.with(hi, lo, p.length(), peer), six)
        : new AllowedIps(four, six.with(hi, lo, p.length(), peer));
  }

  AllowedIps without(IpPrefix p) {
    long hi = p.address().hi();
    long lo = p.address().lo();
    return p.family() == Family.INET
        ? new AllowedIps(four.without(hi, lo, p.length()), six)
        : new AllowedIps(four, six.without(hi, lo, p.length()));
  }

  /** Who has exactly this prefix; null = nobody. */
  @Nullable WgPeer exact(IpPrefix p) {
    PrefixTree<WgPeer> tree = p.family() == Family.INET ? four : six;
    return tree.exact(p.address().hi(), p.address().lo(), p.length());
  }
}
