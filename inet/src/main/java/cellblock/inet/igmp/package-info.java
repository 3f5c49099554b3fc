/**
 * The host side of IGMP versions 1 to 3. Neighbours: {@code ip}, whose groups it reports.
 * Threading: turns of the vnet's lane. Ancestor: netinet/igmp.c.
 */
@NullMarked
package cellblock.inet.igmp;

import org.jspecify.annotations.NullMarked;
