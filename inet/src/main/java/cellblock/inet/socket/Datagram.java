package cellblock.inet.socket;

import cellblock.wire.IpAddress;
import java.util.List;

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
 * @param toPort the port it was sent to, 0 on a raw socket
 * @param nanos when it was received, nanoseconds since boot: SO_TIMESTAMP
 * @param control what the socket asked for of all that
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
    int toPort,
    long nanos,
    List<Cmsg> control) {
  Datagram with(List<Cmsg> now) {
    return new Datagram(data, from, port, to, ttl, tos, ifindex, toPort, nanos, now);
  }
}
