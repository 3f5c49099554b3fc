/**
 * route(8): the command line ({@link cellblock.userland.net.route.Route}), one request on several FIBs
 * ({@link cellblock.userland.net.route.NewRoute}), flush, the layout of {@code get}, and the messages
 * of {@code monitor}. Neighbours: {@code cellblock.control} and {@code cellblock.userland.net}.
 * Threading: one run, one thread. Ancestor: sbin/route.
 */
@NullMarked
package cellblock.userland.net.route;

import org.jspecify.annotations.NullMarked;
