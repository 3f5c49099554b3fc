/**
 * What the network tools share: the streams and exit of one run (err(3)), getopt(3), IPv4 address text,
 * jail attachment, and structured output in the manner of libxo. Neighbours: {@code
 * cellblock.control} below, one sub-package per tool above. Threading: everything belongs to one run of
 * one tool, on one thread. Ancestors: lib/libc/gen/err.c, lib/libc/stdlib/getopt.c, contrib/libxo.
 */
@NullMarked
package cellblock.userland.net;

import org.jspecify.annotations.NullMarked;
