/**
 * inetd(8): one process that serves many small services, those it has itself and those that are
 * programs of the host. Neighbours: {@code cellblock.control} (sockets, poll). Threading: one
 * thread, which waits by poll(2), asks the kernel and prints; a program's pipes have a thread each
 * that only copies between the pipe and a {@link cellblock.userland.net.inetd.PipeReader} or {@link
 * cellblock.userland.net.inetd.PipeWriter}. Ancestor: usr.sbin/inetd.
 */
@NullMarked
package cellblock.userland.net.inetd;

import org.jspecify.annotations.NullMarked;
