/**
 * The size report: the longest files and methods, as signs to look at and not as limits.
 * Neighbours: the main sources of every module. Threading: none. Ancestor: none.
 */
@NullMarked
package cellblock.it.size;

import org.jspecify.annotations.NullMarked;
