/**
 * Prisons: their tree, their holders, their removal. Neighbours: {@code proc}, which lives in them
 * and which they know as {@link cellblock.kern.jail.Inmates} alone; {@code vnet}, which they own.
 * Threading: the kernel lane; removals are sagas. Ancestor: sys/kern/kern_jail.c.
 */
@NullMarked
package cellblock.kern.jail;

import org.jspecify.annotations.NullMarked;
