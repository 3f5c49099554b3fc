/**
 * ping(8) over a raw ICMP socket: options ({@link cellblock.userland.net.ping.PingOptions}), the packet
 * sent ({@link cellblock.userland.net.ping.PingPacket}), what is made of a packet received ({@link
 * cellblock.userland.net.ping.PingReply}), counts, and the loop ({@link
 * cellblock.userland.net.ping.Ping}). Threading: one run, one thread; signal handlers touch only the
 * counts and close the socket. Ancestor: sbin/ping.
 */
@NullMarked
package cellblock.userland.net.ping;

import org.jspecify.annotations.NullMarked;
