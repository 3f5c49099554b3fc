/**
 * A kernel behind a control socket: accepts thin clients, runs their tools on virtual threads in
 * this JVM, and keeps account of the host processes that belong to jails. Neighbours: {@code
 * cellblock.control} (tools and frames); the kernel comes in by {@link cellblock.daemon.Door}.
 * Threading: two virtual threads a connection, one reading frames and one running the tool;
 * everything shared is concurrent or under a lock. Ancestor: none; the account of processes stands
 * for FreeBSD's {@code p_ucred->cr_prison}.
 *
 * <p>House law 3 (no clock, no sleep) does not reach here: this is the host's side of the wall.
 */
@NullMarked
package cellblock.daemon;

import org.jspecify.annotations.NullMarked;
