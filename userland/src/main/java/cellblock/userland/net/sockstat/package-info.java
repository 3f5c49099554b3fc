/**
 * sockstat(1): the open sockets of a vnet. Neighbours: {@code cellblock.control}. Threading: one
 * thread a run. Ancestor: usr.bin/sockstat/main.c.
 */
@NullMarked
package cellblock.userland.net.sockstat;

import org.jspecify.annotations.NullMarked;
