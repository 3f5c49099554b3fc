/**
 * The machine: what the subsystems of one kernel share. Neighbours: all of {@code cellblock.kern}.
 * Threading: immutable after construction.
 */
@NullMarked
package cellblock.kern;

import org.jspecify.annotations.NullMarked;
