package cellblock.userland.net.inetd;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of inetd.conf(5) (ancestor: struct servtab).
 *
 * @param protocol "tcp" or "udp"
 * @param six whether it listens on IPv6
 * @param mapped whether that socket takes IPv4, too
 * @param accept nowait: every connection gets a server of its own; else a program has the service
 *     to itself until it ends
 * @param maxChild most servers at a time, 0 = no limit
 * @param maxRate most connections a minute from one address, below 1 = no limit
 * @param maxPerSource most servers for one address, below 1 = no limit
 * @param builtin the internal service, or null for a program
 * @param server the program's path
 * @param argv its arguments, name first
 */
record InetdLine(
    String service,
    String protocol,
    boolean six,
    boolean mapped,
    boolean accept,
    int maxChild,
    int maxRate,
    int maxPerSource,
    @Nullable Builtin builtin,
    String server,
    List<String> argv) {

  boolean stream() {
    return protocol.equals("tcp");
  }

  /** Whether a newer line is about the same socket. */
  boolean sameSocket(InetdLine other) {
    return service.equals(other.service)
        && protocol.equals(other.protocol)
        && six == other.six
        && mapped == other.mapped;
  }

  /** For messages: "echo/tcp". */
  String title() {
    return service + "/" + protocol;
  }
}
