package cellblock.inet.ip;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.netisr.ProtocolInput;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes IPv4 packets in: validates, filters, decides between here and elsewhere, reassembles, hands
 * up (ancestor: ip_input of netinet/ip_input.c). Differs: a multicast packet is dropped when nobody
 * on the interface is a member of its group, IGMP excepted.
 *
 * <p>Threading: turns of the vnet's lane. Takes every mbuf over. Allocates nothing once warm.
 */
public final class Ip4Input implements ProtocolInput {
  private final Vnet vnet;
  private final Ip4Stats stats;
  private final Ip4Settings settings;
  private final InAddresses addresses;
  private final Ip4Filter filter;
  private final Ip4Forward forward;
  private final Ip4Reassembly reassembly;
  private final Ip4OptionInput options;
  private @Nullable Ip4Protocol[] protocols = new Ip4Protocol[0]; // up to the highest registered
  private final Ip4Protocol raw;

  /**
   * @param raw takes what no protocol is registered for
   */
  public Ip4Input(Ip4 ip, Ip4Forward forward, Ip4Errors errors, Ip4Protocol raw) {
    this.vnet = ip.vnet;
    this.stats = ip.stats;
    this.settings = ip.settings;
    this.addresses = ip.addresses;
    this.filter = ip.filter;
    this.forward = forward;
    this.reassembly = ip.reassembly;
    this.options = new Ip4OptionInput(ip, errors);
    this.raw = raw;
  }

  /** Registers a protocol, or takes it out with null: ipproto_register. */
  public void protocol(int number, @Nullable Ip4Protocol protocol) {
    if (number >= protocols.length) {
      protocols = Arrays.copyOf(protocols, number + 1);
    }
    protocols[number] = protocol;
  }

  /** The protocol of that number, or null. */
  public @Nullable Ip4Protocol protocol(int number) {
    return number < protocols.length ? protocols[number] : null;
  }

  @Override
  public void input(Ifnet rcvif, Mbuf m) {
    vnet.room(m, "Ip4Input");
    InIfinfo in = Ip4.of(rcvif);
    if (in == null) {
      vnet.drop(m, DropReason.STALE_INTERFACE);
      return;
    }
    stats.total++;
    DropReason bad = validate(m, in);
    if (bad != null) {
      vnet.drop(m, bad);
      return;
    }
    if (!filter.emptyIn() && !filter.passesIn(m, rcvif)) {
      return;
    }
    int header = Ip4Header.headerLength(m.buf, m.off);
    if (header == Ip4Header.LENGTH) {
      if (settings.forwarding != 0 && forward.tryForward(m, rcvif)) {
        return;
      }
    } else if (options.process(m, in, forward)) {
      return;
    }
    decide(m, in);
  }

  // ---- validation ----

  private @Nullable DropReason validate(Mbuf m, InIfinfo in) {
    byte[] buf = m.buf;
    int off = m.off;
    if (m.len < Ip4Header.LENGTH) {
      stats.toosmall++;
      return DropReason.TRUNCATED;
    }
    int first = buf[off];
    if (first != 0x45) {
      DropReason bad = unusual(m);
      if (bad != null) {
        return bad;
      }
    }
    int header = (first & 15) << 2;
    int source = Ip4Header.source(buf, off);
    int destination = Ip4Header.destination(buf, off);
    if (impossible(source, destination, in)) {
      stats.badaddr++;
      return DropReason.IP_BAD_ADDRESS;
    }
    if ((m.csumFlags & Mbuf.CSUM_IP_VALID) == 0 && !Ip4Header.verifies(buf, off)) {
      stats.badsum++;
      return DropReason.IP_BAD_CHECKSUM;
    }
    int total = Ip4Header.totalLength(buf, off);
    if (total < header) {
      stats.badlen++;
      return DropReason.IP_BAD_LENGTH;
    }
    if (m.len < total) {
      stats.tooshort++;
      return DropReason.TRUNCATED;
    }
    m.len = total; // what the link padded goes
    return null;
  }

  private @Nullable DropReason unusual(Mbuf m) {
    if (Ip4Header.version(m.buf, m.off) != Ip4Header.VERSION) {
      stats.badvers++;
      return DropReason.IP_BAD_VERSION;
    }
    int header = Ip4Header.headerLength(m.buf, m.off);
    if (header < Ip4Header.LENGTH || header > m.len) {
      stats.badhlen++;
      return DropReason.IP_BAD_HLEN;
    }
    return null;
  }

  private static boolean impossible(int source, int destination, InIfinfo in) {
    return destination == 0
        || source >>> 28 == 0xe
        || ((source >>> 24 == 127 || destination >>> 24 == 127) && !in.isLoopback());
  }

  // ---- here or elsewhere ----

  private void decide(Mbuf m, InIfinfo in) {
    int destination = Ip4Header.destination(m.buf, m.off);
    InAddress own = addresses.find(destination);
    if (own != null) {
      if (spoofed(m, in) || (strongHost(in) && addresses.find(destination, in) == null)) {
        stats.badaddr++;
        vnet.drop(m, DropReason.IP_BAD_ADDRESS);
        return;
      }
      local(m, in);
      return;
    }
    if (Ip4Address.isMulticast(destination)) {
      multicast(m, in, destination);
      return;
    }
    if (destination == -1 || broadcast(in, destination)) {
      local(m, in);
      return;
    }
    if (Ip4Address.isLinkLocal(destination)) {
      stats.cantforward++;
      vnet.drop(m, DropReason.IP_CANT_FORWARD);
    } else if (settings.forwarding == 0) {
      stats.cantforward++;
      vnet.drop(m, DropReason.IP_NOT_FOR_US);
    } else {
      forward.slow(m, in.ifnet(), false);
    }
  }

  /**
   * A packet from outside that bears one of our own addresses:
   * net.inet.ip.source_address_validation.
   */
  private boolean spoofed(Mbuf m, InIfinfo in) {
    return !in.isLoopback()
        && (m.flags & Mbuf.M_LOOP) == 0
        && settings.sourceAddressValidation != 0
        && addresses.isLocal(Ip4Header.source(m.buf, m.off));
  }

  private boolean strongHost(InIfinfo in) {
    return settings.strongEs != 0 && settings.forwarding == 0 && !in.isLoopback();
  }

  private boolean broadcast(InIfinfo in, int destination) {
    if (!in.has(IfFlags.BROADCAST)) {
      return false;
    }
    boolean lowest = settings.broadcastLowest != 0;
    for (InAddress a : in.addresses()) {
      if (a.isBroadcast(destination, lowest) || a.address() == 0) {
        return true;
      }
    }
    return false;
  }

  private void multicast(Mbuf m, InIfinfo in, int group) {
    if (in.group(group) == null && Ip4Header.protocol(m.buf, m.off) != IpProtocol.IGMP) {
      stats.notmember++;
      vnet.drop(m, DropReason.IP_MULTICAST_NOT_MEMBER);
      return;
    }
    local(m, in);
  }

  // ---- here ----

  private void local(Mbuf m, InIfinfo in) {
    Mbuf whole = m;
    if (Ip4Header.isFragment(m.buf, m.off)) {
      whole = reassembly.input(m, in);
      if (whole == null) {
        return;
      }
    }
    stats.delivered++;
    Ip4Protocol up = protocol(Ip4Header.protocol(whole.buf, whole.off));
    int header = Ip4Header.headerLength(whole.buf, whole.off);
    if (up == null) {
      raw.input(whole, header, in);
    } else {
      up.input(whole, header, in);
    }
  }
}
