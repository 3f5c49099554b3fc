/**
 * Ethernet in UDP: unicast with a forwarding table that learns, and multicast. Neighbours: {@code
 * tunnel}, {@code net.ether}, {@code inet.udp} for the port. Threading: turns of the vnet's lane.
 * Ancestor: sys/net/if_vxlan.c; RFC 7348.
 */
@NullMarked
package cellblock.tunnel.vxlan;

import org.jspecify.annotations.NullMarked;
