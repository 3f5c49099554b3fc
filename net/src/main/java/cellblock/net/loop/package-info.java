/**
 * The loopback interface. Neighbours: {@code ifnet}, {@code netisr}. Threading: the lane. Ancestor:
 * sys/net/if_loop.c.
 */
@NullMarked
package cellblock.net.loop;

import org.jspecify.annotations.NullMarked;
