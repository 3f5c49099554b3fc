/**
 * Tests with whole kernels: several jails, tools, virtual time; each ends with the residue check.
 */
@NullMarked
package cellblock.it.lab;

import org.jspecify.annotations.NullMarked;
