/**
 * Operations over several lanes as explicit steps with a way back: law 1's sagas. Neighbours:
 * {@code lane} (turns), {@code epoch} (grace periods). Threading: one driver a saga. Ancestor:
 * none; FreeBSD holds sx locks across such work.
 */
@NullMarked
package cellblock.kern.saga;

import org.jspecify.annotations.NullMarked;
