/**
 * IPv6 of one vnet: input, output, forwarding, fragments, addresses with their lifetimes, scopes,
 * groups. Neighbours: {@code net} below; {@code icmp6}, {@code nd6}, {@code mld}, {@code udp},
 * {@code raw} above. Threading: turns of the vnet's lane. Ancestor: netinet6/{ip6_input,
 * ip6_output, ip6_forward, frag6, in6, in6_src, in6_mcast, scope6}.c. Scope ids live beside
 * addresses, never inside them.
 */
@NullMarked
package cellblock.inet.ip6;

import org.jspecify.annotations.NullMarked;
