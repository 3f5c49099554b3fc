package cellblock.packetdrill;

import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Which {@link Flow} the packets of the script belong to: the latest socket, or the latest
 * connection that came to it. Threading: one thread.
 */
final class Flows {
  /** The peer's port of the first connection that comes in. */
  private static final int FIRST_PORT = 55_000;

  private final Settings settings;
  private @Nullable Flow current;
  private int nextPort = FIRST_PORT;

  Flows(Settings settings) {
    this.settings = settings;
  }

  @Nullable Flow current() {
    return current;
  }

  /** socket(2). */
  Flow socket(int protocol) {
    Flow f =
        new Flow(
            protocol,
            settings.local(),
            settings.bindPort(),
            settings.remote(),
            settings.connectPort());
    current = f;
    return f;
  }

  /** accept(2). */
  Flow accepted() {
    Flow f = current;
    if (f == null) {
      throw new IllegalStateException("a connection without a packet");
    }
    return f;
  }

  /** Where connect(2) goes: to a peer that has sent a SYN already, or where the options say. */
  IpAddress connectAddress(Settings s) {
    return s.connectAddress();
  }

  int connectPort(Settings s) {
    Flow f = current;
    return f != null && f.state == Flow.State.PASSIVE_SYN ? f.remotePort : s.connectPort();
  }

  /** connect(2), or a sendto(2) that connects. */
  void connecting(Flow f, IpAddress to, int port) {
    if (f.state == Flow.State.NEW) {
      f.state = Flow.State.CONNECTING;
      f.remote = to instanceof Ip6Address six && six.isV4Mapped() ? unmapped(six) : to;
      f.remotePort = port;
    }
  }

  private static IpAddress unmapped(Ip6Address six) {
    return new Ip4Address((int) six.lo());
  }

  /** A packet of the script comes in: the flow that it belongs to, or null. */
  @Nullable Flow inbound(PacketSpec p) {
    Flow f = current;
    if (f == null) {
      return null;
    }
    if (!(p.body() instanceof PacketSpec.Tcp t)) {
      if (f.state == Flow.State.NEW && p.body() instanceof PacketSpec.Udp) {
        f.remotePort = nextPort++;
        f.state = Flow.State.PASSIVE_SYN;
      }
      return f;
    }
    if (f.state == Flow.State.LISTENING || f.state == Flow.State.NEW) {
      f = child(f, t);
      current = f;
      return f;
    }
    boolean ack = (t.flags() & TcpHeader.ACK) != 0;
    if (f.state == Flow.State.PASSIVE_SYN_ACK && ack) {
      f.state = Flow.State.PASSIVE_DONE;
    } else if (f.state == Flow.State.SYN_SENT && ack && (t.flags() & TcpHeader.SYN) != 0) {
      f.state = Flow.State.ACTIVE_DONE;
      f.remoteIsn = (int) t.seq();
    }
    return f;
  }

  private Flow child(Flow parent, PacketSpec.Tcp t) {
    PacketSpec.Ports ports = t.ports();
    int port = ports != null && ports.source() != 0 ? ports.source() : nextPort++;
    Flow f = new Flow(parent.protocol, settings.local(), parent.localPort, settings.remote(), port);
    f.state = Flow.State.PASSIVE_SYN;
    f.remoteIsn = (int) t.seq();
    return f;
  }

  /** The script expects a packet: the flow that it belongs to, or null. */
  @Nullable Flow outbound(PacketSpec p) {
    Flow f = current;
    if (f != null && p.body() instanceof PacketSpec.Tcp t) {
      boolean syn = (t.flags() & TcpHeader.SYN) != 0;
      boolean ack = (t.flags() & TcpHeader.ACK) != 0;
      if (f.state == Flow.State.CONNECTING && syn && !ack) {
        f.state = Flow.State.SYN_SENT;
        f.scriptLocalIsn = (int) t.seq();
      } else if (f.state == Flow.State.PASSIVE_SYN && syn && ack && !t.anySeq()) {
        f.scriptLocalIsn = (int) t.seq();
      }
    }
    return f;
  }

  /** Whether a packet that the stack has sent belongs to the flow; learns what it shows. */
  boolean claims(Flow f, PacketSpec expected, LivePacket p) {
    if (f.matches(p)) {
      boolean synAck =
          expected.body() instanceof PacketSpec.Tcp t
              && (t.flags() & TcpHeader.SYN) != 0
              && (t.flags() & TcpHeader.ACK) != 0;
      if (f.state == Flow.State.PASSIVE_SYN && synAck && p.isTcp()) {
        f.state = Flow.State.PASSIVE_SYN_ACK;
        f.localIsn = p.sequence();
      }
      if (f.state == Flow.State.SYN_SENT
          && p.isTcp()
          && p.has(TcpHeader.SYN)
          && !p.has(TcpHeader.ACK)) {
        f.localIsn = p.sequence();
      }
      return true;
    }
    boolean begins =
        p.isTcp()
            ? f.state == Flow.State.SYN_SENT && p.has(TcpHeader.SYN) && !p.has(TcpHeader.ACK)
            : f.state == Flow.State.CONNECTING;
    if (!begins
        || p.protocol() != f.protocol
        || !p.destination().equals(f.remote)
        || p.destinationPort() != f.remotePort) {
      return false;
    }
    f.local = p.source();
    f.localPort = p.sourcePort();
    if (p.isTcp()) {
      f.localIsn = p.sequence();
    }
    return true;
  }
}
