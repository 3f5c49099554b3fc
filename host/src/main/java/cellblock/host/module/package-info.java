/**
 * Modules by name and from jars. Neighbours: {@code kern.module} below, {@code host.port} above.
 * Threading: any thread outside the lanes. Ancestor: sys/kern/kern_linker.c.
 */
@NullMarked
package cellblock.host.module;

import org.jspecify.annotations.NullMarked;
