/**
 * jail(8): reads the command line or jail.conf(5), then drives each jail through its steps. The
 * steps are data ({@link cellblock.userland.jail.Step}); one class walks them forwards, backwards
 * after a failure, and for removal. Neighbours: {@code cellblock.userland.jail.conf} below, {@code
 * cellblock.control} for the kernel. Threading: all on the thread of the tool; one jail after
 * another. Ancestor: usr.sbin/jail.
 */
@NullMarked
package cellblock.userland.jail;

import org.jspecify.annotations.NullMarked;
