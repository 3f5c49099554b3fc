/**
 * nc(1): connections and datagrams by hand. Neighbours: {@code cellblock.control} (sockets, poll).
 * Threading: one thread a run, which waits by poll(2). Ancestor: contrib/netcat/netcat.c.
 */
@NullMarked
package cellblock.userland.net.nc;

import org.jspecify.annotations.NullMarked;
