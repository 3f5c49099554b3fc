/**
 * Interfaces: their life, their lists, their references, their cloners, and the sagas that create,
 * move and destroy them. Neighbours: {@code ether} and {@code loop} (link layers), drivers below,
 * families above by {@link cellblock.net.ifnet.IfDomain}. Threading: an interface changes in turns
 * of the lane of the vnet that it is in; snapshots are for anyone. Ancestor: sys/net/if.c,
 * if_var.h, if_clone.c.
 */
@NullMarked
package cellblock.net.ifnet;

import org.jspecify.annotations.NullMarked;
