/**
 * Where a frame goes once its link header is off: one protocol for each Ethernet type, per vnet.
 * Neighbours: {@code ether} and {@code loop} call in, {@code inet} registers. Threading: the lane.
 * Ancestor: sys/net/netisr.c, without its queues: lanes have the inboxes.
 */
@NullMarked
package cellblock.net.netisr;

import org.jspecify.annotations.NullMarked;
