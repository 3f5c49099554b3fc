/**
 * The composition root: a kernel is an ordered list of modules, vnet0 and prison0; several may live
 * in one JVM. Neighbours: {@code kern}, {@code net}, {@code inet} below; {@code control} is what it
 * answers. Threading: requests arrive on any thread. Ancestor: sys/kern/init_main.c and
 * sys/kern/kern_jail.c.
 */
@NullMarked
package cellblock.host;

import org.jspecify.annotations.NullMarked;
