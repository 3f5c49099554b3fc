/**
 * Interfaces joined to the host's network: each is one end of a TAP device of Linux, whose other
 * end the host's kernel has. The only native access of the stack. Neighbours: {@code net.ifnet} and
 * {@code net.ether} above, the C library below. Threading: the driver in turns of the lane of the
 * interface's vnet; two threads of its own for each device, which meet the driver in a ring of
 * frames each. Ancestor: none; to a jail it is an Ethernet card (sys/dev), to the host what tap(4)
 * (sys/net/if_tuntap.c) is to a program.
 */
@NullMarked
package cellblock.tap;

import org.jspecify.annotations.NullMarked;
