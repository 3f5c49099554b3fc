/**
 * Grace periods over lanes' turns and explicit reader sections: law 2 of the house. Neighbour:
 * {@code lane}. Threading: any. Ancestor: sys/kern/subr_epoch.c.
 */
@NullMarked
package cellblock.kern.epoch;

import org.jspecify.annotations.NullMarked;
