/**
 * Multicast listener discovery, the host's half. Neighbours: {@code ip6} below, {@code icmp6}
 * beside. Threading: turns of the vnet's lane. Ancestor: netinet6/mld6.c; RFC 2710, 3810.
 */
@NullMarked
package cellblock.inet.mld;

import org.jspecify.annotations.NullMarked;
