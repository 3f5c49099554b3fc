/**
 * Neighbours of IPv4 on Ethernet: the table, requests, replies, expiry, proxy. Neighbours: {@code
 * ip} and net. Threading: turns of the vnet's lane. Ancestor: netinet/if_ether.c.
 */
@NullMarked
package cellblock.inet.arp;

import org.jspecify.annotations.NullMarked;
