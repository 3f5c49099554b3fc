/**
 * The IPv4 rooms: Ip4Input, Ip4Output, Ip4Forward, Ip4Reassembly; addresses and multicast groups of
 * interfaces. Neighbours: net below, the protocols above (through {@code Ip4Protocol}). Threading:
 * turns of the vnet's lane. Ancestors: netinet/ip_input.c, ip_output.c, ip_fastfwd.c, ip_reass.c,
 * in.c, in_mcast.c.
 */
@NullMarked
package cellblock.inet.ip;

import org.jspecify.annotations.NullMarked;
