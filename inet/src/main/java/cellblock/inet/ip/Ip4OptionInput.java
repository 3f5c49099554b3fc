package cellblock.inet.ip;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp4Message;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip4Options;
import org.jspecify.annotations.Nullable;

/**
 * Does what the options of a received packet ask for (ancestor: ip_dooptions of
 * netinet/ip_options.c): record route, timestamps, source routes where the knobs allow them.
 * Threading: the vnet's lane.
 */
final class Ip4OptionInput {
  private static final long DAY = 86_400_000L;

  private final Vnet vnet;
  private final Ip4 ip;
  private final Ip4Stats stats;
  private final Ip4Settings settings;
  private final Ip4Errors errors;

  // About the packet in hand: what goes into an ICMP error, and whether to send it on.
  private int type;
  private int code;
  private int pointer;
  private boolean sendOn;

  Ip4OptionInput(Ip4 ip, Ip4Errors errors) {
    this.vnet = ip.vnet;
    this.ip = ip;
    this.stats = ip.stats;
    this.settings = ip.settings;
    this.errors = errors;
  }

  /** True when the packet went elsewhere: dropped, answered with an error, or sent on. */
  boolean process(Mbuf m, InIfinfo in, Ip4Forward forward) {
    int policy = settings.processOptions;
    if (policy == 0) {
      return false;
    }
    if (policy == 2) {
      return bad(m, Icmp4Message.UNREACH, Icmp4Message.UNREACH_FILTER_PROHIB, 0);
    }
    sendOn = false;
    int end = m.off + Ip4Header.headerLength(m.buf, m.off);
    int blame = Ip4Options.checkRange(m.buf, m.off + Ip4Header.LENGTH, end);
    if (blame >= 0) {
      return bad(m, Icmp4Message.PARAMPROB, 0, blame - m.off);
    }
    type = -1;
    for (int at = m.off + Ip4Header.LENGTH; at < end; ) {
      int option = Ip4Options.type(m.buf, at);
      if (option == Ip4Options.EOL) {
        break;
      }
      int length = Ip4Options.length(m.buf, at, end);
      if (!one(m, in, option, at, length)) {
        return true;
      }
      if (type >= 0) {
        return bad(m, type, code, pointer);
      }
      at += length;
    }
    if (sendOn) {
      Ip4Header.fillChecksum(m.buf, m.off);
      forward.slow(m, in.ifnet(), true);
      return true;
    }
    return false;
  }

  /** False when the packet was dropped. */
  private boolean one(Mbuf m, InIfinfo in, int option, int at, int length) {
    switch (option) {
      case Ip4Options.LSRR, Ip4Options.SSRR -> {
        return sourceRoute(m, option, at, length);
      }
      case Ip4Options.RR -> recordRoute(m, at, length);
      case Ip4Options.TS -> timestamp(m, in, at, length);
      default -> {}
    }
    return true;
  }

  private boolean bad(Mbuf m, int errorType, int errorCode, int errorPointer) {
    stats.badoptions++;
    errors.error(m, errorType, errorCode, errorPointer << 24, DropReason.IP_BAD_OPTION);
    return true;
  }

  private void fail(int errorType, int errorCode, int errorPointer) {
    type = errorType;
    code = errorCode;
    pointer = errorPointer;
  }

  private boolean sourceRoute(Mbuf m, int option, int at, int length) {
    int destination = Ip4Header.destination(m.buf, m.off);
    boolean strict = option == Ip4Options.SSRR;
    if (!ip.addresses.isLocal(destination)) {
      if (strict) {
        fail(Icmp4Message.UNREACH, Icmp4Message.UNREACH_SRCFAIL, 0);
      } else if (settings.sourceroute == 0) {
        return refuseSourceRoute(m);
      }
      return true; // loose, and not at the next stop yet
    }
    int slot = Ip4Options.pointer(m.buf, at) - 1;
    if (slot > length - 4) { // the end of the route: it is for us
      return settings.acceptSourceroute != 0 || refuseSourceRoute(m);
    }
    if (settings.sourceroute == 0) {
      return refuseSourceRoute(m);
    }
    int next = BigEndian.get32(m.buf, at + slot);
    InAddress out = strict ? ip.addresses.withNet(next) : ip.output.sourceFor(m.fib, next);
    if (out == null) {
      fail(Icmp4Message.UNREACH, Icmp4Message.UNREACH_SRCFAIL, 0);
      return true;
    }
    Ip4Header.putDestination(m.buf, m.off, next);
    BigEndian.put32(m.buf, at + slot, out.address());
    Ip4Options.putPointer(m.buf, at, slot + 5);
    sendOn = !Ip4Address.isMulticast(next);
    return true;
  }

  /** A router says why; a host keeps silent. */
  private boolean refuseSourceRoute(Mbuf m) {
    if (settings.forwarding != 0) {
      fail(Icmp4Message.UNREACH, Icmp4Message.UNREACH_SRCFAIL, 0);
      return true;
    }
    stats.cantforward++;
    vnet.drop(m, DropReason.IP_SOURCE_ROUTE);
    return false;
  }

  private void recordRoute(Mbuf m, int at, int length) {
    int slot = Ip4Options.pointer(m.buf, at) - 1;
    if (slot > length - 4) {
      return;
    }
    InAddress own = hereFor(m);
    if (own == null) {
      fail(Icmp4Message.UNREACH, Icmp4Message.UNREACH_HOST, 0);
      return;
    }
    BigEndian.put32(m.buf, at + slot, own.address());
    Ip4Options.putPointer(m.buf, at, slot + 5);
    Ip4Header.fillChecksum(m.buf, m.off);
  }

  private @Nullable InAddress hereFor(Mbuf m) {
    int destination = Ip4Header.destination(m.buf, m.off);
    InAddress own = ip.addresses.find(destination);
    return own != null ? own : ip.output.sourceFor(m.fib, destination);
  }

  private void timestamp(Mbuf m, InIfinfo in, int at, int length) {
    byte[] buf = m.buf;
    int slot = Ip4Options.pointer(buf, at) - 1;
    if (slot > length - 4) {
      int overflow = Ip4Options.overflow(buf, at) + 1;
      buf[at + 3] = (byte) (overflow << 4 | buf[at + 3] & 15);
      if (overflow > 15) {
        fail(Icmp4Message.PARAMPROB, 0, at - m.off + 3);
      }
      Ip4Header.fillChecksum(buf, m.off);
      return;
    }
    int flag = Ip4Options.timestampFlag(buf, at);
    if (flag == Ip4Options.TS_AND_ADDRESS || flag == Ip4Options.TS_PRESPECIFIED) {
      if (slot + 8 > length) {
        fail(Icmp4Message.PARAMPROB, 0, at - m.off + 2);
        return;
      }
      if (flag == Ip4Options.TS_AND_ADDRESS) {
        InAddress own = in.sourceFor(Ip4Header.destination(buf, m.off));
        if (own == null) {
          return;
        }
        BigEndian.put32(buf, at + slot, own.address());
      } else if (!ip.addresses.isLocal(BigEndian.get32(buf, at + slot))) {
        return;
      }
      slot += 4;
    } else if (flag != Ip4Options.TS_ONLY) {
      fail(Icmp4Message.PARAMPROB, 0, at - m.off + 3);
      return;
    }
    BigEndian.put32(buf, at + slot, time());
    Ip4Options.putPointer(buf, at, slot + 5);
    Ip4Header.fillChecksum(buf, m.off);
  }

  /** Milliseconds since midnight UT: iptime. */
  private int time() {
    return (int) (vnet.machine().clock().wallNanos() / 1_000_000 % DAY);
  }
}
