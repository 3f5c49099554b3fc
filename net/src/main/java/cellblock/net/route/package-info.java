/**
 * Which way: routes, nexthops and what depends on them. A {@link cellblock.net.route.Rib} is
 * changed, its {@link cellblock.net.route.Fib} is read. Neighbours: {@code ifnet} below; {@code
 * inet} and the tunnels above, which look up, subscribe, and remember nexthops in a {@link
 * cellblock.net.route.RouteCache}. Threading: changes in turns of the vnet's lane, lookups from
 * anywhere. Ancestor: sys/net/route.c, sys/net/route/*.c, sys/net/rtsock.c.
 */
@NullMarked
package cellblock.net.route;

import org.jspecify.annotations.NullMarked;
