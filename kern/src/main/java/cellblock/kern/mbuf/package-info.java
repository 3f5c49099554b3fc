/**
 * Packets and the pools that they come from. Neighbours: {@code lane} (mbufs wait in inboxes),
 * {@code drop} (how they end). Threading: the holder's lane. Ancestor: sys/sys/mbuf.h,
 * sys/kern/kern_mbuf.c.
 */
@NullMarked
package cellblock.kern.mbuf;

import org.jspecify.annotations.NullMarked;
