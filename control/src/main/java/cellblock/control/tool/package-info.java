/**
 * The contract between a tool and whatever runs it: the daemon for a client's call, the simulator
 * for a script, a test. Tools know nothing else. Neighbours: {@code cellblock.control} (requests).
 * Threading: a context belongs to one run; its signal handlers may be called from any thread.
 */
@NullMarked
package cellblock.control.tool;

import org.jspecify.annotations.NullMarked;
