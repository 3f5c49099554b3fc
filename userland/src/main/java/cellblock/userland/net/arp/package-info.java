/**
 * arp(8). Neighbours: {@code cellblock.control} and {@code cellblock.userland.net}. Threading: one run,
 * one thread. Ancestor: usr.sbin/arp.
 */
@NullMarked
package cellblock.userland.net.arp;

import org.jspecify.annotations.NullMarked;
