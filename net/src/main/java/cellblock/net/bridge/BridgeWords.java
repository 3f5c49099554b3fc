package cellblock.net.bridge;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.MacAddress;
import java.util.List;

/**
 * What ifconfig(8) says to a bridge (ancestor: bridge_control_table). EINVAL for what it does not
 * know, or as the words say; the spanning tree itself is refused with EOPNOTSUPP. Threading: the
 * lane.
 */
final class BridgeWords {
  private static final long UNSIGNED = 0xffff_ffffL;

  private final Bridge bridge;

  BridgeWords(Bridge bridge) {
    this.bridge = bridge;
  }

  void set(List<String> words) throws ErrnoException {
    String word = words.getFirst();
    String value = words.size() > 1 ? words.get(1) : "";
    String second = words.size() > 2 ? words.get(2) : "";
    int flag = flag(word);
    if (flag != 0) {
      flag(value, flag, !word.startsWith("-"));
      return;
    }
    switch (word) {
      case "addm" -> bridge.members.add(value);
      case "deletem" -> bridge.members.delete(value);
      case "span" -> bridge.members.addSpan(value);
      case "-span" -> bridge.members.deleteSpan(value);
      case "static" -> fix(value, second);
      case "deladdr" -> forget(value);
      case "flush" -> bridge.table.remove(e -> e.flags == AddressTable.DYNAMIC);
      case "flushall" -> bridge.table.remove(e -> true);
      case "maxaddr" -> {
        bridge.table.max = number(value);
        bridge.table.trim(bridge.net().vnet.lane().now());
      }
      case "timeout" -> bridge.table.timeout = number(value);
      case "ifmaxaddr" -> bridge.members.named(value).maxAddresses = number(second);
      default -> parameter(word, value, second);
    }
  }

  /** What belongs to the spanning tree: kept, bounded and shown. */
  private void parameter(String word, String value, String second) throws ErrnoException {
    SpanningTree t = bridge.tree;
    switch (word) {
      case "priority" -> t.priority(small(value));
      case "hellotime" -> t.helloTime(small(value));
      case "fwddelay" -> t.forwardDelay(small(value));
      case "maxage" -> t.maxAge(small(value));
      case "holdcnt" -> t.holdCount(small(value));
      case "proto" -> t.protocol(value);
      case "ifpriority" ->
          bridge.members.named(value).priority = SpanningTree.portPriority(small(second));
      case "ifpathcost" -> bridge.members.named(value).pathCost = t.pathCost(small(second));
      default -> throw new ErrnoException(Errno.EINVAL);
    }
  }

  private static int flag(String word) {
    return switch (word.startsWith("-") ? word.substring(1) : word) {
      case "learn" -> BridgePort.LEARNING;
      case "discover" -> BridgePort.DISCOVER;
      case "stp" -> BridgePort.STP;
      case "sticky" -> BridgePort.STICKY;
      case "private" -> BridgePort.PRIVATE;
      case "edge" -> BridgePort.EDGE;
      case "autoedge" -> BridgePort.AUTOEDGE;
      case "ptp" -> BridgePort.PTP;
      case "autoptp" -> BridgePort.AUTOPTP;
      default -> 0;
    };
  }

  private void flag(String name, int flag, boolean on) throws ErrnoException {
    BridgePort p = bridge.members.named(name);
    if (flag == BridgePort.STP && on) {
      throw new ErrnoException(Errno.EOPNOTSUPP);
    }
    p.flags = on ? p.flags | flag : p.flags & ~flag;
    if (on && (flag == BridgePort.EDGE || flag == BridgePort.PTP)) {
      p.flags &= ~(flag << 1); // what is said is no more guessed
    }
  }

  private void fix(String name, String text) throws ErrnoException {
    BridgePort p = bridge.members.named(name);
    long mac = mac(text);
    if (MacAddress.isMulticast(mac) || mac == 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!bridge.table.fix(AddressTable.key(0, mac), p)) {
      throw new ErrnoException(Errno.ENOSPC);
    }
  }

  private void forget(String text) throws ErrnoException {
    long mac = mac(text);
    if (!bridge.table.remove(e -> e.address() == mac)) {
      throw new ErrnoException(Errno.ENOENT);
    }
  }

  private static long mac(String text) throws ErrnoException {
    MacAddress mac = MacAddress.tryParse(text);
    if (mac == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return mac.bits();
  }

  private static int small(String text) throws ErrnoException {
    return (int) Math.min(Integer.MAX_VALUE, number(text));
  }

  /** As strtoul(3) with base 0, up to 32 bits. */
  private static long number(String text) throws ErrnoException {
    try {
      long n = Long.decode(text);
      if (n >= 0 && n <= UNSIGNED) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new ErrnoException(Errno.EINVAL);
  }
}
