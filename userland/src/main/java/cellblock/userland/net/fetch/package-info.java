/**
 * fetch(1): retrieves a file by its URL: HTTP over the jail's TCP, or a file. Neighbours: {@code
 * cellblock.control} (sockets). Threading: one thread a run; SIGINT closes its socket from another.
 * Ancestors: usr.bin/fetch, lib/libfetch.
 */
@NullMarked
package cellblock.userland.net.fetch;

import org.jspecify.annotations.NullMarked;
