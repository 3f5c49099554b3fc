/**
 * What all tunnels share: the outer addresses, the remembered way to the far end, the table that
 * finds a tunnel for a packet that has come in, ECN. Neighbours: {@code net} below (interfaces,
 * nexthops, rib subscriptions), {@code inet} below (IP output, protocols); one package above for
 * each kind. Threading: turns of the vnet's lane. Ancestors: sys/net/if_gif.c, if_gre.c,
 * if_vxlan.c, ip_encap.c, netinet/ip_ecn.c; the route cache is that of seed 1's branch.
 */
@NullMarked
package cellblock.tunnel;

import org.jspecify.annotations.NullMarked;
