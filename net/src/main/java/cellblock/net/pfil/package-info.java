/**
 * Packet filter hooks: heads with ordered chains in and out, per vnet. Neighbours: firewalls link
 * in, {@code ether} and {@code inet} run heads. Threading: the lane. Ancestor: sys/net/pfil.c.
 */
@NullMarked
package cellblock.net.pfil;

import org.jspecify.annotations.NullMarked;
