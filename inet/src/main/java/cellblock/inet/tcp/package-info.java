/**
 * TCP (RFC 9293 with FreeBSD's behaviour). Each step of segment arrival is a file of its own; what
 * is to be answered is the value of the step, sent by {@code TcpInput} after it. Neighbours: {@code
 * ip} below, {@code socket} above, {@code pcb} for addresses. Threading: turns of the vnet's lane;
 * programs meet it in the rings of {@code socket.Stream} only. Ancestors: netinet/tcp_input.c,
 * tcp_output.c, tcp_timer.c, tcp_syncache.c, tcp_sack.c, tcp_reass.c, tcp_usrreq.c, cc/*.
 */
@NullMarked
package cellblock.inet.tcp;

import org.jspecify.annotations.NullMarked;
