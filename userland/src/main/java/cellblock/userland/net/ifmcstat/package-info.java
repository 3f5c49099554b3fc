/**
 * ifmcstat(8): multicast memberships by interface. Neighbours: {@code cellblock.control} and {@code
 * cellblock.userland.net}. Threading: one run, one thread. Ancestor: usr.sbin/ifmcstat.
 */
@NullMarked
package cellblock.userland.net.ifmcstat;

import org.jspecify.annotations.NullMarked;
