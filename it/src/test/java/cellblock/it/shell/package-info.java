/**
 * Tests that run {@code ./cellblock} as a user does: launcher, client, daemon and kernel as
 * processes, with the host's shell around them. Neighbours: {@code lab} has what needs no process.
 */
@NullMarked
package cellblock.it.shell;

import org.jspecify.annotations.NullMarked;
