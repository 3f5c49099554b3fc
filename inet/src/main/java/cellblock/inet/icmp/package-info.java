/**
 * ICMP: answers to queries, errors made under FreeBSD's rules and rate limits, errors handed to
 * pcbs. Neighbours: {@code ip}. Threading: turns of the vnet's lane. Ancestor: netinet/ip_icmp.c.
 */
@NullMarked
package cellblock.inet.icmp;

import org.jspecify.annotations.NullMarked;
