/**
 * jls(8): lists jails as columns, as name=value lines, or as JSON and XML. Threading: one run, one
 * thread. Ancestor: usr.sbin/jls; the structured output is libxo's, by a small writer of its own.
 */
@NullMarked
package cellblock.userland.jls;

import org.jspecify.annotations.NullMarked;
