/**
 * The conversation between a thin client and a daemon: length-prefixed binary frames over one
 * Unix-domain socket connection per tool call. Neighbours: {@code cellblock.client} and {@code
 * cellblock.daemon} speak it; nothing else does. Threading: a channel has one reader and any number
 * of writers. Ancestor: none; FreeBSD's tools reach their kernel by system calls.
 *
 * <p>A frame is {@code int length | byte type | body}, big-endian, where length counts type and
 * body and is at most {@link FrameType#MAX_FRAME}. The client opens with HELLO; the daemon ends
 * with EXIT, EXEC or REFUSE. Kept free of lambdas, regular expressions and string concatenation:
 * the client loads these classes at every tool call.
 */
@NullMarked
package cellblock.control.session;

import org.jspecify.annotations.NullMarked;
