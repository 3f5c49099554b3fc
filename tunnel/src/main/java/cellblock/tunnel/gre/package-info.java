/**
 * Generic routing encapsulation over IPv4, IPv6 and UDP. Neighbours: {@code tunnel}, and {@code
 * inet.udp} for the port. Threading: turns of the vnet's lane. Ancestors: sys/net/if_gre.c,
 * netinet/ip_gre.c, netinet6/ip6_gre.c; RFC 2784, 2890, 8086.
 */
@NullMarked
package cellblock.tunnel.gre;

import org.jspecify.annotations.NullMarked;
