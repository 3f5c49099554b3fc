/**
 * A small kernel for tests: jails, processes, interfaces and variables with the rules that the
 * tools depend on, and a context that runs tools in it and programs on the host.
 */
@NullMarked
package cellblock.userland.world;

import org.jspecify.annotations.NullMarked;
