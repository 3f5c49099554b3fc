/**
 * The jail service: jail(2)'s rules on top of the kernel's prisons. Neighbours: {@code kern.jail}
 * below, {@code host.port} above. Threading: any thread outside the lanes. Ancestor:
 * sys/kern/kern_jail.c.
 */
@NullMarked
package cellblock.host.jail;

import org.jspecify.annotations.NullMarked;
