/**
 * The VIMAGE framework: vnets, virtualised variables, curvnet, ordered constructors, shutdown
 * handlers and destructors. Neighbours: {@code lane}, {@code ledger}, {@code module}. Threading: a
 * vnet belongs to its lane, the lists to the kernel lane. Ancestor: sys/net/vnet.c, sys/net/vnet.h.
 */
@NullMarked
package cellblock.kern.vnet;

import org.jspecify.annotations.NullMarked;
