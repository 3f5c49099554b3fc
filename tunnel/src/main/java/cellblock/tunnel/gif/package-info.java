/**
 * IP in IP, both versions inside and out. Neighbours: {@code tunnel}. Threading: turns of the
 * vnet's lane. Ancestors: sys/net/if_gif.c, netinet/in_gif.c, netinet6/in6_gif.c; RFC 2003, 2473,
 * 4213.
 */
@NullMarked
package cellblock.tunnel.gif;

import org.jspecify.annotations.NullMarked;
