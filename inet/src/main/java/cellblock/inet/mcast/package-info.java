/**
 * Multicast groups of one vnet, for both families: who is a member, which senders the members
 * together want, and what routers are still to be told of it. Neighbours: {@code ip} and {@code
 * ip6} tell which interfaces there are, {@code igmp} and {@code mld} put the reports on the wire,
 * {@code pcb} has the sockets' memberships. Threading: turns of the vnet's lane. Ancestor:
 * netinet/in_mcast.c and netinet6/in6_mcast.c, and what igmp.c and mld6.c have in common; FreeBSD
 * has each of them twice.
 */
@NullMarked
package cellblock.inet.mcast;

import org.jspecify.annotations.NullMarked;
