/**
 * Protocol control blocks of both families: tables, port choice, lookup, socket options that all
 * protocols share. Threading: turns of the vnet's lane. Ancestor: netinet/in_pcb.c.
 */
@NullMarked
package cellblock.inet.pcb;

import org.jspecify.annotations.NullMarked;
