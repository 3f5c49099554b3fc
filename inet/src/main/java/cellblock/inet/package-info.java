/**
 * Which host, which socket: the internet protocols and the sockets that programs hold. Neighbours:
 * {@code net} below, {@code host} above. Threading: state changes in turns of the owning vnet's
 * lane. Ancestor: sys/netinet and sys/kern/uipc_socket.c.
 */
@NullMarked
package cellblock.inet;

import org.jspecify.annotations.NullMarked;
