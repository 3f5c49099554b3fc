/**
 * ndp(8). Neighbours: {@code control} below. Threading: the tool's own thread. Ancestor:
 * usr.sbin/ndp.
 */
@NullMarked
package cellblock.userland.net.ndp;

import org.jspecify.annotations.NullMarked;
