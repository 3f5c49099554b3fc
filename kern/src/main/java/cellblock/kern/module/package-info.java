/**
 * Modules and the linker: boot, load and unload in the orders that seed 5 tells. Neighbours: {@code
 * vnet} (stages), {@code sysctl} (nodes), {@code saga}. Threading: the kernel lane; loads and
 * unloads are sagas. Ancestor: sys/kern/kern_linker.c, kern_module.c.
 */
@NullMarked
package cellblock.kern.module;

import org.jspecify.annotations.NullMarked;
