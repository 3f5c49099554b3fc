/**
 * Requests, replies and events between a process and its kernel: what system calls, ioctls, sysctls
 * and routing sockets are in FreeBSD, as values. Depends on nothing. Addresses travel as canonical
 * text. Threading: records are immutable; {@link cellblock.control.KernelPort} may be called from
 * any thread.
 */
@NullMarked
package cellblock.control;

import org.jspecify.annotations.NullMarked;
