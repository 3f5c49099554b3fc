/**
 * Tools about processes: killall(1) and daemon(8). Threading: one run, one thread. Ancestors:
 * usr.bin/killall, usr.sbin/daemon.
 */
@NullMarked
package cellblock.userland.proc;

import org.jspecify.annotations.NullMarked;
