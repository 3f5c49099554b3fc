/**
 * The process that a shell sees when a tool is called: it ships the call to the daemon, copies
 * streams and signals, and ends as the tool ends, or becomes the host program that the daemon
 * names. Neighbours: {@code cellblock.control.session}. Threading: the main thread reads frames;
 * one thread reads standard input when asked; signals arrive on the JVM's own. Ancestor: none.
 *
 * <p>Every class here costs each tool call a little: no lambdas, no string concatenation, no
 * regular expressions, no collections beyond lists on the way of an ordinary call. {@link
 * cellblock.client.Libc} is native access (docs/adr/0003-client-exec.md).
 */
@NullMarked
package cellblock.client;

import org.jspecify.annotations.NullMarked;
