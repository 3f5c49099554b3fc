/**
 * Runs packetdrill scripts against a vnet in virtual time: a parser by hand, a runner that injects
 * and expects packets through a soft interface and calls the vnet's sockets, and the command.
 * Neighbours: {@code host} boots a kernel for each script, {@code sim} drives it, {@code userland}
 * has the commands that scripts put in backticks. Threading: a script runs on one thread; several
 * may run at a time, each with a kernel of its own. Ancestor: packetdrill, whose language it takes.
 */
@NullMarked
package cellblock.packetdrill;

import org.jspecify.annotations.NullMarked;
