/**
 * rtsol(8): asks for routers' advertisements. Neighbours: the kernel listens to the answers.
 * Threading: the tool's own. Ancestor: usr.sbin/rtsold.
 */
@NullMarked
package cellblock.userland.net.rtsol;

import org.jspecify.annotations.NullMarked;
