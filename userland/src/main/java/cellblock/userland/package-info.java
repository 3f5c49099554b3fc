/**
 * The tools: they parse, ask and print, with FreeBSD's forms, texts and exit codes. Neighbour:
 * {@code control}, the only thing they see. Threading: one run of a tool is one thread. Ancestor:
 * sbin, usr.sbin and usr.bin.
 */
@NullMarked
package cellblock.userland;

import org.jspecify.annotations.NullMarked;
