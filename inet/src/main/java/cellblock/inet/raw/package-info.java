/**
 * Raw IPv4 sockets. Neighbours: {@code ip} below, {@code socket} above. Threading: turns of the
 * vnet's lane. Ancestor: netinet/raw_ip.c.
 */
@NullMarked
package cellblock.inet.raw;

import org.jspecify.annotations.NullMarked;
