/**
 * Real time: the host's clock, and how a thread of the host waits. Everything else takes these by
 * constructor, so that the simulator can give others. Threading: any.
 */
@NullMarked
package cellblock.host.real;

import org.jspecify.annotations.NullMarked;
