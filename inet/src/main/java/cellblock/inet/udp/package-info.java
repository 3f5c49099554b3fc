/**
 * UDP. Neighbours: {@code ip} below, {@code socket} above. Threading: turns of the vnet's lane.
 * Ancestor: netinet/udp_usrreq.c.
 */
@NullMarked
package cellblock.inet.udp;

import org.jspecify.annotations.NullMarked;
