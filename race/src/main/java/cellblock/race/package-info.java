/**
 * Races of the life cycle, found, named and replayed: scenarios, the explorer that tries their
 * interleavings, the trace that tells a run. Neighbours: {@code sim}, whose stepper asks what comes
 * next; {@code host}, whose kernel is under test. Threading: one thread a run. Ancestor: none.
 */
@NullMarked
package cellblock.race;

import org.jspecify.annotations.NullMarked;
