package cellblock.tunnel.gre;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.net.ifnet.Ifnet;
import cellblock.tunnel.Ecn;
import cellblock.tunnel.IpTunnel;
import cellblock.tunnel.TunnelEnds;
import cellblock.tunnel.Words;
import cellblock.wire.Checksum;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gre interface (ancestor: struct gre_softc; gre_transmit, gre_input, gre_updatehdr). TOS and
 * congestion marks go out with the packet and come back in (RFC 6040; FreeBSD takes none in). The
 * key is written and not asked for, as in FreeBSD; sequence numbers are written and not checked.
 *
 * <p>Threading: turns of the vnet's lane.
 */
final class Gre extends IpTunnel {
  /** GRE_UDPPORT: where datagrams with GRE in them go. */
  static final int UDP_PORT = 4754;

  /** Discriminator of those in UDP. */
  static final int IN_UDP = 1;

  private static final int MTU_MIN = 576;
  private static final int PORT_FIRST = 49152;
  private static final int PORT_LAST = 65535;
  private static final int CSUM = 0x1;
  private static final int SEQ = 0x2;
  private static final int UDPENCAP = 0x4;

  private int options;
  private int key;
  private int sequence;
  private int udpPort;

  Gre(int unit) {
    super(GreModule.V_GRE, unit);
  }

  @Override
  public void setMtu(Ifnet ifp, int mtu) throws ErrnoException {
    if (mtu < MTU_MIN) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  @Override
  protected int discriminator() {
    return (options & UDPENCAP) == 0 ? 0 : IN_UDP;
  }

  @Override
  protected void option(Ifnet ifp, List<String> words) throws ErrnoException {
    switch (words.getFirst()) {
      case "grekey" -> key = Words.number(words.get(1));
      case "udpport" -> udpPort = port(Words.number(words.get(1)));
      case "enable_csum" -> set(options | CSUM);
      case "-enable_csum" -> set(options & ~CSUM);
      case "enable_seq" -> set(options | SEQ);
      case "-enable_seq" -> set(options & ~SEQ);
      case "udpencap" -> set(options | UDPENCAP);
      case "-udpencap" -> set(options & ~UDPENCAP);
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** 0 = by flow. */
  private static int port(int number) throws ErrnoException {
    if (number != 0 && (number < PORT_FIRST || number > PORT_LAST)) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return number;
  }

  private void set(int now) throws ErrnoException {
    TunnelEnds e = ends();
    if (((now ^ options) & UDPENCAP) != 0 && e != null) {
      net().checkFree(e, (now & UDPENCAP) == 0 ? 0 : IN_UDP, this);
    }
    if ((now & SEQ) == 0) {
      sequence = 0;
    }
    relink(() -> options = now);
  }

  @Override
  public List<String> lines(Ifnet ifp) {
    List<String> lines = super.lines(ifp);
    if (key != 0) {
      lines.add(
          "grekey: 0x" + Integer.toHexString(key) + " (" + Integer.toUnsignedString(key) + ")");
    }
    if (options != 0) {
      if (udpPort != 0) {
        lines.add("udpport: " + udpPort);
      }
      String names =
          ((options & CSUM) != 0 ? ",ENABLE_CSUM" : "")
              + ((options & SEQ) != 0 ? ",ENABLE_SEQ" : "")
              + ((options & UDPENCAP) != 0 ? ",UDPENCAP" : "");
      lines.add("options=" + options + "<" + names.substring(1) + ">");
    }
    return lines;
  }

  // ---- out ----

  @Override
  protected @Nullable Errno encapsulate(Mbuf m) {
    boolean four = Ip4Header.version(m.buf, m.off) == Ip4Header.VERSION;
    int type = four ? EtherHeader.TYPE_IP : EtherHeader.TYPE_IPV6;
    int tos = Ecn.tos(m.buf, m.off);
    int flags = ((options & CSUM) != 0 ? GreHeader.CHECKSUM : 0);
    flags |= key != 0 ? GreHeader.KEY : 0;
    flags |= (options & SEQ) != 0 ? GreHeader.SEQUENCE : 0;
    boolean udp = (options & UDPENCAP) != 0;
    int header = GreHeader.length(flags) + (udp ? UdpHeader.LENGTH : 0);
    int payload = m.len;
    int port = udp ? source(m) : 0;
    Mbuf out = grow(m, header);
    if (out == null) {
      return Errno.EMSGSIZE;
    }
    int at = out.off + (udp ? UdpHeader.LENGTH : 0);
    int number = (options & SEQ) != 0 ? sequence++ : 0;
    GreHeader.put(out.buf, at, flags, type, key, number, payload);
    if (udp) {
      UdpHeader.put(out.buf, out.off, port, UDP_PORT, out.len);
      UdpHeader.fillChecksum(out.buf, out.off, pseudo(out.len));
    }
    return output(out, udp ? IpProtocol.UDP : IpProtocol.GRE, tos);
  }

  /** The source port: as set, else one of the flow's own. */
  private int source(Mbuf m) {
    if (udpPort != 0) {
      return udpPort;
    }
    int addresses = Ip4Header.version(m.buf, m.off) == Ip4Header.VERSION ? 8 : 32;
    int from = addresses == 8 ? 12 : 8;
    int hash = m.flowId;
    if (hash == 0 && m.len >= from + addresses) {
      hash = Checksum.sum(m.buf, m.off + from, addresses) * 0x9e3779b1;
    }
    return PORT_FIRST + (hash >>> 18);
  }

  private int pseudo(int length) {
    TunnelEnds e = ends();
    if (e == null) {
      return 0;
    }
    return e.family() == Family.INET
        ? Checksum.pseudo4(
            (int) (e.local().hi() >>> 32), (int) (e.remote().hi() >>> 32), IpProtocol.UDP, length)
        : Checksum.pseudo6(
            e.local().hi(),
            e.local().lo(),
            e.remote().hi(),
            e.remote().lo(),
            IpProtocol.UDP,
            length);
  }

  // ---- in ----

  @Override
  protected boolean decapsulate(Mbuf m, int header, int protocol, int tos, Ifnet in) {
    int length = m.len - header;
    int skip = GreHeader.check(m.buf, m.off + header, length);
    int version = skip < 0 ? 0 : GreHeader.version(GreHeader.type(m.buf, m.off + header));
    if (version == 0 || length <= skip) {
      reject(m, DropReason.TUNNEL_MALFORMED);
      return true;
    }
    m.adjust(header + skip);
    int least = version == Ip4Header.VERSION ? Ip4Header.LENGTH : 40;
    if (m.len < least || Ip4Header.version(m.buf, m.off) != version) {
      reject(m, DropReason.TUNNEL_MALFORMED);
    } else if (!Ecn.egress(tos, m.buf, m.off)) {
      reject(m, DropReason.TUNNEL_ECN);
    } else {
      deliver(m);
    }
    return true;
  }
}
