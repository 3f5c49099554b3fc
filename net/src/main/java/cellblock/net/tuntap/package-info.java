/**
 * tun and tap: interfaces whose other end is a program. Neighbours: {@code ifnet}, {@code ether},
 * {@code netisr} below; {@code host.port} opens the devices for processes. Threading: turns of the
 * lane of the vnet that the interface is in; what waits for the program is read by one thread
 * outside. Ancestor: sys/net/if_tuntap.c.
 */
@NullMarked
package cellblock.net.tuntap;

import org.jspecify.annotations.NullMarked;
