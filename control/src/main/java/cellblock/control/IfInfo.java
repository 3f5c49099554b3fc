package cellblock.control;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One interface as getifaddrs(3) and ifconfig(8) see it. Flag and capability bits have FreeBSD's
 * values (net/if.h), so that printb-style lines come out the same.
 *
 * @param flags if_flags | if_drv_flags, for example 0x8843
 * @param linkAddress the Ethernet address, or null where the type has none
 * @param hardwareAddress the address it was made with ("hwaddr" line when different)
 * @param media the text after "media: ", or null
 * @param status "active", "no carrier", or null
 * @param ndFlags nd6 option bits, -1 where IPv6 is not attached
 * @param driver lines that one driver adds, in order ("tunnel inet …", "vlan: 5 …"), ready to print
 * @param driverName the driver and its unit, whatever the interface is called now
 * @param homeJail jid of the vnet that the interface was born in (0 = vnet0)
 */
public record IfInfo(
    String name,
    int index,
    String type,
    int flags,
    int capabilities,
    int capEnabled,
    int metric,
    int mtu,
    int fib,
    @Nullable String description,
    @Nullable String linkAddress,
    @Nullable String hardwareAddress,
    List<String> groups,
    List<Address> addresses,
    @Nullable String media,
    @Nullable String status,
    int ndFlags,
    List<String> driver,
    String driverName,
    int homeJail,
    Map<String, Long> counters) {

  public static final int IFF_UP = 0x1;
  public static final int IFF_BROADCAST = 0x2;
  public static final int IFF_DEBUG = 0x4;
  public static final int IFF_LOOPBACK = 0x8;
  public static final int IFF_POINTOPOINT = 0x10;
  public static final int IFF_RUNNING = 0x40;
  public static final int IFF_NOARP = 0x80;
  public static final int IFF_PROMISC = 0x100;
  public static final int IFF_ALLMULTI = 0x200;
  public static final int IFF_OACTIVE = 0x400;
  public static final int IFF_SIMPLEX = 0x800;
  public static final int IFF_LINK0 = 0x1000;
  public static final int IFF_LINK1 = 0x2000;
  public static final int IFF_LINK2 = 0x4000;
  public static final int IFF_MULTICAST = 0x8000;

  /**
   * One network address.
   *
   * @param family "inet" or "inet6"
   * @param prefixLength 0..32 or 0..128
   * @param broadcast IPv4 only
   * @param destination the far end of a point-to-point address
   * @param flags words as ifconfig prints them ("tentative", "deprecated", "autoconf", …)
   * @param preferredLifetime seconds, -1 = infinite
   * @param validLifetime seconds, -1 = infinite
   * @param scopeId IPv6 zone index, 0 = none
   */
  public record Address(
      String family,
      String address,
      int prefixLength,
      @Nullable String broadcast,
      @Nullable String destination,
      List<String> flags,
      long preferredLifetime,
      long validLifetime,
      int scopeId,
      int vhid) {}

  /*
   * counters holds: ipackets ierrors iqdrops ibytes opackets oerrors obytes collisions oqdrops
   * imcasts omcasts noproto.
   */
}
