package cellblock.userland.net.rtadvd;

import cellblock.control.IfInfo;
import cellblock.wire.BigEndian;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpPrefix;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A router advertisement for one interface, made anew each time of what the configuration and the
 * interface say (ancestor: make_packet of usr.sbin/rtadvd/config.c; RFC 4861 section 4.2, RFC 8106
 * for RDNSS).
 */
final class Advert {
  private static final long DAYS_30 = 2_592_000;
  private static final long DAYS_7 = 604_800;
  private static final Map<Character, Integer> ROUTER_FLAGS =
      Map.of('m', 0x80, 'o', 0x40, 'h', 0x08, 'l', 0x18);
  private static final Map<Character, Integer> PREFIX_FLAGS = Map.of('l', 0x80, 'a', 0x40);

  private final Map<String, String> conf;

  Advert(Map<String, String> conf) {
    this.conf = conf;
  }

  long maxInterval() {
    return RtadvdConf.number(conf, "maxinterval", 600);
  }

  long minInterval() {
    long third = Math.max(3, maxInterval() / 3);
    return Math.min(RtadvdConf.number(conf, "mininterval", third), maxInterval());
  }

  /** Seconds that the router is one: three times the longest interval unless told. */
  long lifetime() {
    return RtadvdConf.number(conf, "rltime", Math.min(9000, maxInterval() * 3));
  }

  /**
   * The message; the kernel fills in the checksum.
   *
   * @param lifetime of the router, seconds; 0 = it is none
   */
  byte[] message(IfInfo info, long lifetime) {
    List<byte[]> options = new ArrayList<>();
    MacAddress mac = info.linkAddress() == null ? null : MacAddress.tryParse(info.linkAddress());
    if (mac != null && !conf.containsKey("nolladdr")) {
      byte[] o = option(1, 8);
      MacAddress.put(o, 2, mac.bits());
      options.add(o);
    }
    long mtu = mtu(info);
    if (mtu > 0) {
      byte[] o = option(5, 8);
      BigEndian.put32(o, 4, (int) mtu);
      options.add(o);
    }
    prefixes(info).forEach(options::add);
    servers(options);
    byte[] m = new byte[16 + options.stream().mapToInt(o -> o.length).sum()];
    Icmp6Message.putType(m, 0, Icmp6Message.ROUTER_ADVERT);
    m[4] = (byte) RtadvdConf.number(conf, "chlim", 64);
    m[5] = (byte) RtadvdConf.flags(conf, "raflags", ROUTER_FLAGS, 0);
    BigEndian.put16(m, 6, (int) Math.min(lifetime, 0xffff));
    BigEndian.put32(m, 8, (int) RtadvdConf.number(conf, "rtime", 0));
    BigEndian.put32(m, 12, (int) RtadvdConf.number(conf, "retrans", 0));
    int at = 16;
    for (byte[] o : options) {
      System.arraycopy(o, 0, m, at, o.length);
      at += o.length;
    }
    return m;
  }

  private static byte[] option(int type, int length) {
    byte[] o = new byte[length];
    o[0] = (byte) type;
    o[1] = (byte) (length / 8);
    return o;
  }

  private long mtu(IfInfo info) {
    String text = conf.getOrDefault("mtu", "0");
    return text.equals("auto") || text.isEmpty() ? info.mtu() : RtadvdConf.strtoul(text);
  }

  // ---- prefixes

  private List<byte[]> prefixes(IfInfo info) {
    List<byte[]> all = new ArrayList<>();
    Set<IpPrefix> seen = new LinkedHashSet<>();
    for (String key : conf.keySet()) {
      if (key.matches("addr[0-9]*")) {
        String n = key.substring(4);
        Ip6Address a = Ip6Address.tryOf(conf.getOrDefault(key, ""));
        int length = (int) RtadvdConf.number(conf, "prefixlen" + n, 64);
        if (a != null && length <= 128 && seen.add(new IpPrefix(a, length).canonical())) {
          all.add(prefix(new IpPrefix(a, length).canonical(), n));
        }
      }
    }
    if (!all.isEmpty() || conf.containsKey("noifprefix")) {
      return all;
    }
    for (IfInfo.Address a : info.addresses()) {
      Ip6Address own = a.family().equals("inet6") ? Ip6Address.tryOf(a.address()) : null;
      if (own != null && !own.isLinkLocal() && !own.isLoopback()) {
        IpPrefix net = new IpPrefix(own, a.prefixLength()).canonical();
        if (seen.add(net)) {
          all.add(prefix(net, ""));
        }
      }
    }
    return all;
  }

  private byte[] prefix(IpPrefix net, String n) {
    byte[] o = option(3, 32);
    o[2] = (byte) net.length();
    o[3] = (byte) RtadvdConf.flags(conf, "pinfoflags" + n, PREFIX_FLAGS, 0xc0);
    BigEndian.put32(o, 4, (int) RtadvdConf.number(conf, "vltime" + n, DAYS_30));
    BigEndian.put32(o, 8, (int) RtadvdConf.number(conf, "pltime" + n, DAYS_7));
    net.address().emit(o, 16);
    return o;
  }

  private void servers(List<byte[]> options) {
    List<Ip6Address> all = new ArrayList<>();
    for (String text : conf.getOrDefault("rdnss", "").split(",")) {
      Ip6Address a = Ip6Address.tryOf(text.strip());
      if (a != null) {
        all.add(a);
      }
    }
    if (all.isEmpty()) {
      return;
    }
    byte[] o = option(25, 8 + 16 * all.size());
    BigEndian.put32(o, 4, (int) RtadvdConf.number(conf, "rdnssltime", maxInterval() * 3 / 2));
    for (int i = 0; i < all.size(); i++) {
      all.get(i).emit(o, 8 + 16 * i);
    }
    options.add(o);
  }
}
