package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;

/**
 * Reads the options of hop-by-hop and destination headers (ancestor: ip6_process_hopopts,
 * ip6_unknown_opt, dest6_input; RFC 8200 section 4.2). Threading: the vnet's lane.
 */
final class Ip6Options {
  private static final int PAD1 = 0;
  private static final int ROUTER_ALERT = 5;
  private static final int JUMBO = 0xc2;

  private final Vnet vnet;
  private final Ip6Stats stats;
  private final Ip6Errors errors;
  private boolean alert;

  Ip6Options(Ip6 ip, Ip6Errors errors) {
    this.vnet = ip.vnet;
    this.stats = ip.stats;
    this.errors = errors;
  }

  /** Whether the header that was read last asks routers to look: RFC 2711. */
  boolean alert() {
    return alert;
  }

  /**
   * Reads the options header at {@code at} from the IPv6 header.
   *
   * @return its length, or -1: {@code m} was dropped
   */
  int read(Mbuf m, int at, In6Ifinfo in, boolean hopByHop) {
    alert = false;
    int left = m.len - at;
    int length = left < 8 ? 8 : (m.buf[m.off + at + 1] & 0xff) + 1 << 3;
    if (length > left) {
      stats.tooshort++;
      vnet.drop(m, DropReason.TRUNCATED);
      return -1;
    }
    int end = at + length;
    int p = at + 2;
    while (p < end) {
      int type = m.buf[m.off + p] & 0xff;
      if (type == PAD1) {
        p++;
        continue;
      }
      int size = p + 1 < end ? m.buf[m.off + p + 1] & 0xff : 256;
      if (p + 2 + size > end) {
        stats.badoptions++;
        vnet.drop(m, DropReason.IP6_BAD_HEADER);
        return -1;
      }
      if (type == ROUTER_ALERT && hopByHop) {
        if (size != 2) {
          bad(m, in, p + 1, Icmp6Message.PARAMPROB_HEADER);
          return -1;
        }
        alert = true;
      } else if (type == JUMBO && hopByHop) {
        bad(m, in, p, Icmp6Message.PARAMPROB_HEADER); // no link here carries jumbograms
        return -1;
      } else if (type > 1 && !unknown(m, in, type, p)) {
        return -1;
      }
      p += 2 + size;
    }
    return length;
  }

  private void bad(Mbuf m, In6Ifinfo in, int pointer, int code) {
    stats.badoptions++;
    errors.error(m, in, Icmp6Message.PARAM_PROB, code, pointer, DropReason.IP6_BAD_HEADER);
  }

  /** What the two highest bits of an unknown option ask for; true = go on. */
  private boolean unknown(Mbuf m, In6Ifinfo in, int type, int p) {
    switch (type >> 6) {
      case 0 -> {
        return true;
      }
      case 1 -> drop(m);
      case 2 -> bad(m, in, p, Icmp6Message.PARAMPROB_OPTION);
      default -> {
        if (Ip6Address.isMulticast(Ip6Header.destinationHi(m.buf, m.off))) {
          drop(m);
        } else {
          bad(m, in, p, Icmp6Message.PARAMPROB_OPTION);
        }
      }
    }
    return false;
  }

  private void drop(Mbuf m) {
    stats.badoptions++;
    vnet.drop(m, DropReason.IP6_BAD_HEADER);
  }
}
