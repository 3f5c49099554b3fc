/**
 * jexec(8) and setfib(1): change where a process belongs, then become another program. Threading:
 * one run, one thread. Ancestors: usr.sbin/jexec, usr.sbin/setfib.
 */
@NullMarked
package cellblock.userland.jexec;

import org.jspecify.annotations.NullMarked;
