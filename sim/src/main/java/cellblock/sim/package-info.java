/**
 * The same code in virtual time on one thread from a seed: clock, stepper of lanes, residue check,
 * validator. Neighbour: {@code kern}, whose clock and lanes it supplies. Threading: one thread.
 * Ancestor: none.
 */
@NullMarked
package cellblock.sim;

import org.jspecify.annotations.NullMarked;
