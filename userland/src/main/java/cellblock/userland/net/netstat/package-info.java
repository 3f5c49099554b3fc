/**
 * netstat(1): options ({@link cellblock.userland.net.netstat.Netstat}) and one class for each display.
 * What protocols count and how it reads is data ({@link cellblock.userland.net.netstat.StatTables}):
 * its keys are libxo's field names and the names by which the kernel reports its counters. Neighbours:
 * {@code cellblock.control} and {@code cellblock.userland.net}. Threading: one run, one thread.
 * Ancestor: usr.bin/netstat.
 */
@NullMarked
package cellblock.userland.net.netstat;

import org.jspecify.annotations.NullMarked;
