/**
 * Ethernet: output, input, demultiplexing. Neighbours: {@code ifnet}, {@code netisr}, {@code pfil}.
 * Threading: the lane. Ancestor: sys/net/if_ethersubr.c.
 */
@NullMarked
package cellblock.net.ether;

import org.jspecify.annotations.NullMarked;
