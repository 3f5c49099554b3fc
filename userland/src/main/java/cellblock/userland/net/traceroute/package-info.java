/**
 * traceroute(8) and traceroute6(8): the routers on the way, found by packets that die there.
 * Neighbours: {@code cellblock.control} (raw sockets). Threading: one thread a run. Ancestors:
 * contrib/traceroute, usr.sbin/traceroute6.
 */
@NullMarked
package cellblock.userland.net.traceroute;

import org.jspecify.annotations.NullMarked;
