/**
 * ICMPv6 of one vnet: echo, errors sent and heard. Neighbours: {@code ip6} below, {@code nd6} and
 * {@code mld} beside. Threading: turns of the vnet's lane. Ancestor: netinet6/icmp6.c; RFC 4443.
 */
@NullMarked
package cellblock.inet.icmp6;

import org.jspecify.annotations.NullMarked;
