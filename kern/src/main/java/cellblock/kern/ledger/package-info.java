/**
 * The ledger of a vnet: law 4 of the house. Neighbours: everything that attaches to a vnet.
 * Threading: the vnet's lane. Ancestor: none; FreeBSD counts some of this by hand (vnet_sockcnt,
 * vnet_ifcnt).
 */
@NullMarked
package cellblock.kern.ledger;

import org.jspecify.annotations.NullMarked;
