/**
 * A kernel behind a control socket, for processes that call its tools. Neighbours: {@code host}
 * runs the kernel, {@code userland} the tools, {@code control} names the requests. Threading: one
 * thread a connection. Ancestor: none; the system call boundary is what it stands for.
 */
@NullMarked
package cellblock.daemon;

import org.jspecify.annotations.NullMarked;
