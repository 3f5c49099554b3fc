/**
 * Prisons: their tree, their holders, their removal. Neighbours: {@code proc} (what lives in them),
 * {@code vnet} (what they own). Threading: the kernel lane; removals are sagas. Ancestor:
 * sys/kern/kern_jail.c.
 */
@NullMarked
package cellblock.kern.jail;

import org.jspecify.annotations.NullMarked;
