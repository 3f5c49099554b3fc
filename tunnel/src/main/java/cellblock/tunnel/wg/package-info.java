/**
 * WireGuard: an interface whose packets are sealed for the peer that its allowed addresses name,
 * and travel in UDP. A {@code WgDevice} with its peers, timers and sockets belongs to the lane of
 * the vnet that the interface was made in, for life; the interface may be lent to another vnet, and
 * packets then cross by inbox, as an epair's do. Neighbours: {@code tunnel.wg.noise} below for the
 * protocol, {@code tunnel} for nexthops, {@code inet.udp} for sockets. Threading: the home vnet's
 * lane but where {@code Wg} says otherwise. Ancestor: sys/dev/wg/if_wg.c.
 */
@NullMarked
package cellblock.tunnel.wg;

import org.jspecify.annotations.NullMarked;
