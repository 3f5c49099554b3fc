package cellblock.inet.socket;

import cellblock.wire.IpAddress;

/**
 * What a datagram or raw socket received.
 *
 * @param data the payload; on a raw IPv4 socket it begins with the IP header
 * @param from the sender
 * @param port the sender's port, 0 on a raw socket
 * @param to the destination: IP_RECVDSTADDR
 * @param ttl IP_RECVTTL
 * @param tos IP_RECVTOS
 * @param ifindex index of the receiving interface: IP_RECVIF
 * @param nanos when it was received, nanoseconds since boot: SO_TIMESTAMP
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, nobody else holds it
public record Datagram(
    byte[] data,
    IpAddress from,
    int port,
    IpAddress to,
    int ttl,
    int tos,
    int ifindex,
    long nanos) {}
