/**
 * Neighbour discovery of one vnet: resolution, unreachability detection, duplicate addresses,
 * routers and prefixes, redirects. Neighbours: {@code ip6} below, {@code icmp6} beside. Threading:
 * turns of the vnet's lane. Ancestor: netinet6/{nd6, nd6_nbr, nd6_rtr}.c; RFC 4861, 4862.
 */
@NullMarked
package cellblock.inet.nd6;

import org.jspecify.annotations.NullMarked;
