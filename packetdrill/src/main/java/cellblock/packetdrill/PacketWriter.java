package cellblock.packetdrill;

import cellblock.packetdrill.PacketSpec.Icmp;
import cellblock.packetdrill.PacketSpec.Option;
import cellblock.packetdrill.PacketSpec.Ports;
import cellblock.packetdrill.PacketSpec.Tcp;
import cellblock.packetdrill.PacketSpec.Udp;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;
import cellblock.wire.UdpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the packets that a script injects. Threading: one thread. */
final class PacketWriter {
  private static final int TTL = 255;

  private final Settings settings;
  private final boolean six;
  private final int ipLength;

  PacketWriter(Settings settings) {
    this.settings = settings;
    this.six = settings.version().six();
    this.ipLength = six ? Ip6Header.LENGTH : Ip4Header.LENGTH;
  }

  /** A packet that cannot be made. */
  static final class Impossible extends Exception {
    private static final long serialVersionUID = 1L;

    Impossible(String message) {
      super(message);
    }
  }

  /** The bytes of an inbound packet of {@code flow}. */
  byte[] inbound(PacketSpec spec, Flow flow) throws Impossible {
    return switch (spec.body()) {
      case Tcp t -> tcp(spec.ip(), t, flow);
      case Udp u -> udp(spec.ip(), u, flow);
      case Icmp i -> icmp(spec.ip(), i, flow);
    };
  }

  private byte[] ip(
      PacketSpec.IpSpec spec, int length, int protocol, IpAddress from, IpAddress to) {
    byte[] b = new byte[ipLength + length];
    int ttl = spec.ttl() < 0 ? TTL : spec.ttl();
    header(b, 0, spec.tos(), Math.max(spec.flowLabel(), 0), length, protocol, ttl, from, to);
    return b;
  }

  private void header(
      byte[] b,
      int off,
      int tos,
      int label,
      int length,
      int protocol,
      int ttl,
      IpAddress from,
      IpAddress to) {
    if (six) {
      Ip6Header.putFlow(b, off, tos, label);
      Ip6Header.putPayloadLength(b, off, length);
      Ip6Header.putNextHeader(b, off, protocol);
      Ip6Header.putHopLimit(b, off, ttl);
      Ip6Address.put(b, off + 8, from.hi(), from.lo());
      Ip6Address.put(b, off + 24, to.hi(), to.lo());
    } else {
      int source = ((Ip4Address) from).bits();
      int destination = ((Ip4Address) to).bits();
      int total = Ip4Header.LENGTH + length;
      Ip4Header.put(b, off, tos, total, 0, 0, ttl, protocol, source, destination);
    }
  }

  private int pseudo(byte[] b, int protocol, int length) {
    return six ? Ip6Header.pseudo(b, 0, protocol, length) : Ip4Header.pseudo(b, 0, length);
  }

  // ---- TCP ----

  private byte[] tcp(PacketSpec.IpSpec spec, Tcp t, Flow flow) throws Impossible {
    List<Option> options = t.options() == null ? List.of() : t.options();
    boolean syn = (t.flags() & TcpHeader.SYN) != 0;
    int seq = (int) t.seq() + (t.absoluteSeq() ? 0 : flow.remoteOffset(syn));
    boolean ack = (t.flags() & TcpHeader.ACK) != 0;
    int acked = (int) t.ack() + (ack ? flow.localOffset(syn) : 0);
    byte[] o = options(options, flow, flow.localOffset(syn), ack);
    int header = TcpHeader.LENGTH + o.length;
    int length = header + t.length();
    Ports encaps = t.encaps();
    int outer = encaps == null ? 0 : UdpHeader.LENGTH;
    int protocol = encaps == null ? IpProtocol.TCP : IpProtocol.UDP;
    byte[] b = ip(spec, outer + length, protocol, flow.remote, flow.local);
    int at = ipLength + outer;
    Ports ports = t.ports();
    boolean own = ports != null && ports.source() != 0;
    TcpHeader.putSourcePort(b, at, own && ports != null ? ports.source() : flow.remotePort);
    TcpHeader.putDestinationPort(b, at, flow.localPort);
    TcpHeader.putSequence(b, at, seq);
    TcpHeader.putAcknowledgment(b, at, acked);
    TcpHeader.putLengthAndFlags(b, at, header, t.flags());
    TcpHeader.putWindow(b, at, t.window());
    TcpHeader.putUrgent(b, at, t.urgent());
    System.arraycopy(o, 0, b, at + TcpHeader.LENGTH, o.length);
    sign(b, at, length, options);
    if (encaps == null) {
      TcpHeader.fillChecksum(b, at, pseudo(b, IpProtocol.TCP, length), length);
    } else {
      UdpHeader.put(b, ipLength, encaps.source(), encaps.destination(), outer + length);
      UdpHeader.fillChecksum(b, ipLength, pseudo(b, IpProtocol.UDP, outer + length));
    }
    return b;
  }

  /** Puts the digest in the place that was left for it. */
  private void sign(byte[] b, int at, int length, List<Option> options) {
    int off = at + TcpHeader.LENGTH;
    for (Option o : options) {
      if (o instanceof Option.Md5Valid) {
        byte[] digest = Signature.of(b, six, at, length, secret());
        System.arraycopy(digest, 0, b, off + 2, digest.length);
      }
      off += OptionParser.length(o);
    }
  }

  private String secret() {
    String s = settings.md5Secret();
    return s == null ? "" : s;
  }

  private static byte[] options(List<Option> options, Flow flow, int ackOffset, boolean ack)
      throws Impossible {
    byte[] b = new byte[options.stream().mapToInt(OptionParser::length).sum()];
    int at = 0;
    for (Option o : options) {
      switch (o) {
        case Option.Raw r -> System.arraycopy(r.bytes(), 0, b, at, r.bytes().length);
        case Option.Md5Valid m -> {
          b[at] = TcpOptions.SIGNATURE;
          b[at + 1] = 18;
        }
        case Option.Sack s -> {
          b[at] = TcpOptions.SACK;
          b[at + 1] = (byte) OptionParser.length(s);
          int block = at + 2;
          for (long[] edges : s.blocks()) {
            BigEndian.put32(b, block, (int) edges[0] + ackOffset);
            BigEndian.put32(b, block + 4, (int) edges[1] + ackOffset);
            block += 8;
          }
        }
        case Option.Timestamp t -> {
          b[at] = TcpOptions.TIMESTAMP;
          b[at + 1] = 10;
          BigEndian.put32(b, at + 2, (int) t.value());
          BigEndian.put32(b, at + 6, echo(t, flow, ack));
        }
      }
      at += OptionParser.length(o);
    }
    return b;
  }

  private static int echo(Option.Timestamp t, Flow flow, boolean ack) throws Impossible {
    if (t.absoluteEcho() || !ack) {
      return (int) t.echo();
    }
    Integer live = flow.echo((int) t.echo());
    if (live == null) {
      throw new Impossible("no segment was seen with the timestamp value " + t.echo());
    }
    return live;
  }

  /** A bare reset or its like, in the wire's numbers: to end a connection. */
  byte[] bare(Flow flow, int flags, int seq, int ack, @Nullable Ports encaps) {
    Tcp t = new Tcp(null, flags, false, 0, true, false, 0, 0, 0, 0, List.of(), encaps);
    try {
      byte[] b = tcp(PacketSpec.IpSpec.NONE, t, flow);
      int at = ipLength + (encaps == null ? 0 : UdpHeader.LENGTH);
      TcpHeader.putSequence(b, at, seq);
      TcpHeader.putAcknowledgment(b, at, ack);
      TcpHeader.putChecksum(b, at, 0);
      int length = b.length - at;
      TcpHeader.fillChecksum(b, at, pseudo(b, IpProtocol.TCP, length), length);
      return b;
    } catch (Impossible e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- UDP ----

  private byte[] udp(PacketSpec.IpSpec spec, Udp u, Flow flow) {
    int length = UdpHeader.LENGTH + u.length();
    byte[] b = ip(spec, length, IpProtocol.UDP, flow.remote, flow.local);
    UdpHeader.put(b, ipLength, flow.remotePort, flow.localPort, length);
    UdpHeader.fillChecksum(b, ipLength, pseudo(b, IpProtocol.UDP, length));
    return b;
  }

  // ---- ICMP ----

  private byte[] icmp(PacketSpec.IpSpec spec, Icmp i, Flow flow) throws Impossible {
    int type = IcmpNames.type(six, i.type());
    int code = IcmpNames.code(six, i.code());
    if (type < 0 || code < 0) {
      throw new Impossible("no ICMP message of this family: " + i.type());
    }
    Ports encaps = i.encaps();
    int quoted = ipLength + 8 + (encaps == null ? 0 : UdpHeader.LENGTH);
    int length = Icmp4Message.LENGTH + (i.quotes() ? quoted : 0);
    byte[] b = ip(spec, length, six ? IpProtocol.ICMPV6 : IpProtocol.ICMP, flow.remote, flow.local);
    int at = ipLength;
    b[at] = (byte) type;
    b[at + 1] = (byte) code;
    if (i.mtu() >= 0) {
      BigEndian.put32(b, at + 4, (int) i.mtu());
    } else if (i.id() != 0) {
      BigEndian.put16(b, at + 4, i.id());
    }
    if (i.quotes()) {
      quote(b, at + Icmp4Message.LENGTH, i, flow);
    }
    if (six) {
      Icmp6Message.fillChecksum(b, at, pseudo(b, IpProtocol.ICMPV6, length), length);
    } else {
      Icmp4Message.fillChecksum(b, at, length);
    }
    return b;
  }

  /** The packet that the message is about: its IP header and eight bytes. */
  private void quote(byte[] b, int at, Icmp i, Flow flow) {
    Ports encaps = i.encaps();
    int outer = encaps == null ? 0 : UdpHeader.LENGTH;
    int protocol = i.quotedUdp() || encaps != null ? IpProtocol.UDP : IpProtocol.TCP;
    int transport = i.quotedUdp() ? UdpHeader.LENGTH : TcpHeader.LENGTH;
    int length = outer + transport + i.length();
    header(b, at, 0, 0, length, protocol, 64, flow.local, flow.remote);
    int inner = at + ipLength;
    if (encaps != null) {
      UdpHeader.put(b, inner, encaps.source(), encaps.destination(), length);
      inner += UdpHeader.LENGTH;
    }
    BigEndian.put16(b, inner, flow.localPort);
    BigEndian.put16(b, inner + 2, flow.remotePort);
    if (i.quotedUdp()) {
      BigEndian.put16(b, inner + 4, transport + i.length());
    } else {
      BigEndian.put32(b, inner + 4, (int) i.seq() + flow.localOffset(false));
    }
  }
}
