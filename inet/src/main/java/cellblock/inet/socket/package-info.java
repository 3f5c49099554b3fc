/**
 * Sockets: what a program holds. Receive buffers are rings between the lane and the reader; all
 * else is a turn. Neighbours: the protocols. Threading: said at each type. Ancestors:
 * kern/uipc_socket.c, kern/uipc_sockbuf.c.
 */
@NullMarked
package cellblock.inet.socket;

import org.jspecify.annotations.NullMarked;
