/**
 * Which interface, which neighbour, which way: interfaces and cloners, Ethernet, neighbour tables,
 * rib, fib and nexthops, and the soft drivers. Neighbours: {@code kern} below, {@code inet} above.
 * Threading: state changes in turns of the owning vnet's lane; snapshots are read by any. Ancestor:
 * sys/net.
 */
@NullMarked
package cellblock.net;

import org.jspecify.annotations.NullMarked;
