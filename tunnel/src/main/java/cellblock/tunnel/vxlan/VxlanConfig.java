package cellblock.tunnel.vxlan;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.tunnel.Words;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ifconfig(8) sets on a vxlan (ancestor: struct ifvxlanparam; vxlan_ctrl_* of net/if_vxlan.c).
 * Threading: the lane.
 */
final class VxlanConfig {
  /** VXLAN_VNI_MAX: no number yet. */
  static final int NO_VNI = 1 << 24;

  /** VXLAN_PORT. */
  static final int PORT = 4789;

  /** VXLAN_FTABLE_MAX and VXLAN_FTABLE_MAX_TIMEOUT. */
  private static final int MAX_ADDRESSES = 2000;

  private static final int MAX_TIMEOUT = 60 * 60 * 24;

  int vni = NO_VNI;
  @Nullable IpAddress local;
  @Nullable IpAddress remote;
  int localPort = PORT;
  int remotePort = PORT;
  @Nullable String device;
  int ttl = 64;
  boolean learn = true;
  int timeout = 20 * 60;
  int maxAddresses = MAX_ADDRESSES;

  /** Where source ports of frames come from; net.inet.ip.portrange.first and last to begin with. */
  int firstPort = 10000;

  int lastPort = 65535;

  /** Parses addresses in the words of a vnet. */
  interface Parser {
    IpAddress parse(String text) throws ErrnoException;
  }

  /** Whether a word may be changed while the interface runs. */
  static boolean any(String word) {
    return switch (word) {
      case "vxlanttl", "vxlantimeout", "vxlanmaxaddr", "vxlanlearn", "-vxlanlearn" -> true;
      default -> false;
    };
  }

  /** Does one word; EINVAL for what cannot be. */
  void set(List<String> words, Parser addresses) throws ErrnoException {
    String value = words.size() > 1 ? words.get(1) : "";
    switch (words.getFirst()) {
      case "vxlanid", "vni" -> vni = Words.number(value, 0, NO_VNI - 1);
      case "vxlanlocal" -> local = unicast(addresses.parse(value), false);
      case "vxlanremote" -> remote = unicast(addresses.parse(value), false);
      case "vxlangroup" -> remote = unicast(addresses.parse(value), true);
      case "vxlanlocalport" -> localPort = Words.number(value, 1, 65535);
      case "vxlanremoteport" -> remotePort = Words.number(value, 1, 65535);
      case "vxlanportrange" -> ports(value, words.size() > 2 ? words.get(2) : "");
      case "vxlandev" -> device = value;
      case "vxlanttl" -> ttl = Words.number(value, 1, 255);
      case "vxlantimeout" -> timeout = Words.number(value, 0, MAX_TIMEOUT);
      case "vxlanmaxaddr" -> maxAddresses = Words.number(value, 0, MAX_ADDRESSES);
      case "vxlanlearn" -> learn = true;
      case "-vxlanlearn" -> learn = false;
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  private void ports(String first, String last) throws ErrnoException {
    int low = Words.number(first, 0, 65535);
    lastPort = Words.number(last, low, 65535);
    firstPort = low;
  }

  private static IpAddress unicast(IpAddress a, boolean group) throws ErrnoException {
    if (isMulticast(a) != group || a.hi() == 0 && a.lo() == 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return a;
  }

  static boolean isMulticast(IpAddress a) {
    return a.family() == Family.INET ? a.hi() >>> 60 == 0xe : a.hi() >>> 56 == 0xff;
  }

  /** What is missing, in words, or null (ancestor: vxlan_valid_init_config). */
  @Nullable String missing() {
    IpAddress to = remote;
    IpAddress from = local;
    if (vni == NO_VNI) {
      return "invalid virtual network identifier specified";
    }
    if (to == null) {
      return "no destination address specified";
    }
    if (from != null && from.family() != to.family()) {
      return "source and destination address families do not match";
    }
    return isMulticast(to) && device == null
        ? "destination is multicast but no interface is specified"
        : null;
  }

  /** It leaves the vnet that its addresses are of. */
  void forgetPlace() {
    local = null;
    remote = null;
    device = null;
  }
}
