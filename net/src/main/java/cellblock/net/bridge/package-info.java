/**
 * The bridge: Ethernet interfaces of one vnet joined to one link, with learning. Neighbours: {@code
 * ifnet}, whose hooks give it the frames of its members, {@code ether}, {@code pfil}. No member is
 * kept by pointer: ports hold weak handles. Threading: turns of the lane of the vnet that bridge
 * and members are in. Ancestor: sys/net/if_bridge.c; the parameters of sys/net/bridgestp.c are kept
 * and shown, the protocol is not there.
 */
@NullMarked
package cellblock.net.bridge;

import org.jspecify.annotations.NullMarked;
