package cellblock.it.lab;

import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import org.jspecify.annotations.Nullable;

/**
 * Who may speak to whom in a random life: twenty jails on four islands, some inside others. Cables,
 * tunnels and addresses of an island never leave it, so whatever tells of one island on another has
 * crossed where it must not. An address names its island and its jail: 10.ISLAND.CABLE.JAIL+1,
 * 172.16+ISLAND.TUNNEL.JAIL+1, 2001:db8:ISLAND:CABLE::JAIL+1.
 */
final class LifeMap {
  static final int JAILS = 20;
  static final int ISLANDS = 4;

  /** Units of epair and lo that the host makes. */
  static final int CABLES = 24;

  private LifeMap() {}

  static int island(int number) {
    return number % ISLANDS;
  }

  /** The jail that this one lies in, or -1: 12 to 15 lie in 0 to 3, 16 to 19 in 12 to 15. */
  static int parent(int jail) {
    return jail < 12 ? -1 : jail < 16 ? jail - 12 : jail - 4;
  }

  /** The jail that lies in this one, or -1. */
  static int child(int jail) {
    return jail < 4 ? jail + 12 : jail >= 12 && jail < 16 ? jail + 4 : -1;
  }

  /** As its parent calls it. */
  static String own(int jail) {
    return "j" + jail;
  }

  /** As the host calls it. */
  static String name(int jail) {
    return parent(jail) < 0 ? own(jail) : name(parent(jail)) + "." + own(jail);
  }

  /** The number of a jail by its name; -1 for vnet0 and what is no jail of ours. */
  static int number(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return last.matches("j\\d+") ? Integer.parseInt(last.substring(1)) : -1;
  }

  static String address(int jail, int cable) {
    return "10." + island(jail) + "." + cable + "." + (jail + 1);
  }

  static String tunnelAddress(int jail, int unit) {
    return "172." + (16 + island(jail)) + "." + unit + "." + (jail + 1);
  }

  static String address6(int jail, int cable) {
    return "2001:db8:" + island(jail) + ":" + cable + "::" + Integer.toHexString(jail + 1);
  }

  /** The jail of one of our addresses, or -1 for one that is nobody's in particular. */
  static int owner(String address) {
    String[] parts = address.split("\\.");
    boolean ours = parts.length == 4 && (parts[0].equals("10") || parts[0].equals("172"));
    return ours ? Integer.parseInt(parts[3]) - 1 : -1;
  }

  /** Why a packet has no business on an island (-1: vnet0); null where it has. */
  static @Nullable String fault(Mbuf m, boolean six, int island, boolean out) {
    if (six) {
      long from = Ip6Header.sourceHi(m.buf, m.off);
      long to = Ip6Header.destinationHi(m.buf, m.off);
      return of6(from, island, out) && of6(to, island, out)
          ? null
          : new Ip6Address(from, Ip6Header.sourceLo(m.buf, m.off), 0)
              + " > "
              + new Ip6Address(to, Ip6Header.destinationLo(m.buf, m.off), 0);
    }
    int from = Ip4Header.source(m.buf, m.off);
    int to = Ip4Header.destination(m.buf, m.off);
    return of4(from, island, out) && of4(to, island, out)
        ? null
        : dotted(from) + " > " + dotted(to);
  }

  private static boolean of4(int a, int island, boolean out) {
    int first = a >>> 24;
    int second = a >>> 16 & 0xff;
    return switch (first) {
      case 10 -> allowed(second, island, out);
      case 172 -> allowed(second - 16, island, out);
      case 0, 127, 255 -> true;
      default -> first >= 224 && first < 240;
    };
  }

  private static boolean of6(long hi, int island, boolean out) {
    return hi >>> 32 == 0x2001_0db8L
        ? allowed((int) (hi >>> 16 & 0xffff), island, out)
        : hi == 0 || hi >>> 54 == 0xfe80_0000_0000_0000L >>> 54 || hi >>> 56 == 0xff;
  }

  /** On vnet0 the ends of cables lie about: it may hear of every island, and sends to none. */
  private static boolean allowed(int of, int island, boolean out) {
    return island < 0 ? !out : of == island;
  }

  private static String dotted(int a) {
    return (a >>> 24) + "." + (a >>> 16 & 0xff) + "." + (a >>> 8 & 0xff) + "." + (a & 0xff);
  }
}
