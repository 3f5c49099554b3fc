/**
 * Lanes: exclusive execution domains with one state word. Law 1 of the house lives here.
 * Neighbours: {@code epoch} watches lanes, {@code mbuf} waits in them, {@code vnet} owns one each.
 * Threading: see {@link cellblock.kern.lane.Lane}. Ancestor: none in FreeBSD; netisr(9) and the
 * locks of the stack are what it replaces.
 */
@NullMarked
package cellblock.kern.lane;

import org.jspecify.annotations.NullMarked;
