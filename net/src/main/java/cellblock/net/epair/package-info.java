/**
 * Pairs of Ethernet-like interfaces joined back to back. Neighbours: {@code ifnet}, {@code ether}.
 * Threading: each end in the lane of its own vnet; a packet crosses in an inbox. Ancestor:
 * sys/net/if_epair.c.
 */
@NullMarked
package cellblock.net.epair;

import org.jspecify.annotations.NullMarked;
