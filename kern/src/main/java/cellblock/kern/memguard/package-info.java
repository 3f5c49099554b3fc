/**
 * Use of what is dead, caught and named. An object that is freed keeps a {@link
 * cellblock.kern.memguard.Grave}; who touches it afterwards gets a fault that tells both sides.
 * Neighbours: {@code lane}, whose turns are the places; everything that can die. Threading: any.
 * Ancestor: memguard(9), vm/memguard.c, which makes freed memory fault in FreeBSD.
 */
@NullMarked
package cellblock.kern.memguard;

import org.jspecify.annotations.NullMarked;
