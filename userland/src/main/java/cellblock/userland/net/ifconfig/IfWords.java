package cellblock.userland.net.ifconfig;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.userland.net.JailAttach;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words that every interface knows. Ancestors: the cmd tables of sbin/ifconfig/ifconfig.c,
 * ifclone.c, ifgroup.c, iffib.c, af_inet6.c. {@code plug} and {@code unplug} are Cellblock's own.
 */
final class IfWords {
  /** What a word does. */
  @FunctionalInterface
  interface Action {
    void apply(IfChange change, String word, List<String> values);
  }

  /** A word, how many values follow it, and what it does. */
  record Word(int values, Action action) {}

  private static final int IFF_PPROMISC = 0x20000;
  private static final int IFF_MONITOR = 0x40000;
  private static final int IFF_STATICARP = 0x80000;
  private static final int IFF_STICKYARP = 0x100000;

  private static final Map<String, Word> WORDS = new LinkedHashMap<>();

  static {
    flags();
    capabilities();
    addresses();
    inet6();
    settings();
  }

  private IfWords() {}

  /** The word's row, or null. */
  static @Nullable Word find(String word) {
    return WORDS.get(word);
  }

  /** All words, for tests of the whole vocabulary. */
  static List<String> vocabulary() {
    return List.copyOf(WORDS.keySet());
  }

  private static void put(String word, int values, Action action) {
    WORDS.put(word, new Word(values, action));
  }

  private static void flags() {
    flag("up", IfInfo.IFF_UP, 0);
    flag("down", 0, IfInfo.IFF_UP);
    flag("arp", 0, IfInfo.IFF_NOARP);
    flag("-arp", IfInfo.IFF_NOARP, 0);
    pair("debug", IfInfo.IFF_DEBUG);
    pair("promisc", IFF_PPROMISC);
    pair("link0", IfInfo.IFF_LINK0);
    pair("link1", IfInfo.IFF_LINK1);
    pair("link2", IfInfo.IFF_LINK2);
    pair("monitor", IFF_MONITOR);
    pair("staticarp", IFF_STATICARP);
    pair("stickyarp", IFF_STICKYARP);
    flag("normal", 0, IfInfo.IFF_LINK0);
    flag("compress", IfInfo.IFF_LINK0, 0);
    flag("noicmp", IfInfo.IFF_LINK1, 0);
  }

  private static void pair(String word, int bit) {
    flag(word, bit, 0);
    flag("-" + word, 0, bit);
  }

  private static void flag(String word, int set, int clear) {
    put(word, 0, (c, w, v) -> c.ask(new IfRequest.Flags(c.name, set, clear), w));
  }

  private static void capabilities() {
    capability("rxcsum", 0x1);
    capability("txcsum", 0x2);
    capability("netcons", 0x4);
    capability("polling", 0x40);
    capability("tso4", 0x100);
    capability("tso6", 0x200);
    capability("tso", 0x300);
    capability("lro", 0x400);
    capability("wol_ucast", 0x800);
    capability("wol_mcast", 0x1000);
    capability("wol_magic", 0x2000);
    capability("wol", 0x3800);
    capability("toe", 0xc000);
    capability("rxcsum6", 0x200000);
    capability("txcsum6", 0x400000);
    capability("txrtlmt", 0x1000000);
    capability("hwrxtstmp", 0x2000000);
    capability("mextpg", 0x4000000);
    capability("txtls", 0x18000000);
    capability("txtlsrtlmt", 0x80000000);
    capability("vlanmtu", 0x8);
    capability("vlanhwtag", 0x10);
    capability("vlanhwcsum", 0x80);
    capability("vlanhwfilter", 0x10000);
    capability("vlanhwtso", 0x40000);
    capability("vxlanhwcsum", 0x20000000);
    capability("vxlanhwtso", 0x40000000);
  }

  private static void capability(String word, int bits) {
    put(word, 0, (c, w, v) -> capability(c, w, bits, true));
    put("-" + word, 0, (c, w, v) -> capability(c, w, bits, false));
  }

  /** Only bits that the interface can have are asked for, and nothing when nothing would change. */
  private static void capability(IfChange change, String word, int bits, boolean on) {
    IfInfo info = change.info();
    int wanted = (on ? info.capEnabled() | bits : info.capEnabled() & ~bits) & info.capabilities();
    int set = wanted & ~info.capEnabled();
    int clear = info.capEnabled() & ~wanted;
    if ((set | clear) != 0) {
      change.ask(new IfRequest.Capabilities(change.name, set, clear), word);
    }
  }

  private static void addresses() {
    put("alias", 0, (c, w, v) -> c.alias(1));
    put("add", 0, (c, w, v) -> c.alias(1));
    put("-alias", 0, (c, w, v) -> c.alias(-1));
    put("delete", 0, (c, w, v) -> c.alias(-1));
    put("remove", 0, (c, w, v) -> c.alias(-1));
    put("netmask", 1, (c, w, v) -> c.netmask(v.getFirst()));
    put("broadcast", 1, (c, w, v) -> c.broadcast(v.getFirst()));
    put("prefixlen", 1, (c, w, v) -> c.prefixLength(v.getFirst()));
    put("vhid", 1, (c, w, v) -> c.option(w, v.getFirst()));
  }

  private static void inet6() {
    for (String word : List.of("anycast", "tentative", "deprecated", "autoconf", "prefer_source")) {
      put(word, 0, IfWords::addressFlag);
      put("-" + word, 0, IfWords::addressFlag);
    }
    put("eui64", 0, IfWords::addressFlag);
    put("pltime", 1, IfWords::lifetime);
    put("vltime", 1, IfWords::lifetime);
    for (String word :
        List.of(
            "accept_rtadv",
            "no_radr",
            "defaultif",
            "ifdisabled",
            "nud",
            "auto_linklocal",
            "no_prefer_iface",
            "no_dad")) {
      put(word, 0, IfWords::nd6);
      put("-" + word, 0, IfWords::nd6);
    }
  }

  private static void addressFlag(IfChange change, String word, List<String> values) {
    if (!change.isInet6()) {
      throw change.io.errx(1, "address flags can be set only for inet6 addresses");
    }
    change.option(word, "");
  }

  private static void lifetime(IfChange change, String word, List<String> values) {
    String value = values.getFirst();
    if (value.isEmpty() || value.length() > 10 || !value.chars().allMatch(Character::isDigit)) {
      throw change.io.errx(1, "invalid " + word);
    }
    if (!change.isInet6()) {
      throw change.io.errx(1, word + " not allowed for the AF");
    }
    change.option(word, value);
  }

  private static void nd6(IfChange change, String word, List<String> values) {
    change.must(
        new IfRequest.DriverSet(change.name, "nd6", List.of(word)), "ioctl(SIOCSIFINFO_IN6)");
  }

  private static void pcp(IfChange change, String word, List<String> values) {
    List<String> words = new ArrayList<>(List.of(word));
    if (!values.isEmpty()) {
      long pcp = number(values.getFirst());
      if (pcp < 0) {
        throw change.io.errx(1, "invalid value for pcp");
      }
      if (pcp > 7) {
        throw change.io.errx(1, "value for pcp out of range");
      }
      words.add(Long.toString(pcp));
    }
    change.must(
        new IfRequest.DriverSet(change.name, "ether", List.copyOf(words)), "ioctl(SIOCSLANPCP)");
  }

  /** As strtoul(3) with base 0, which wraps what is negative; -1 = no number. */
  static long number(String text) {
    try {
      return text.startsWith("-") ? Long.MAX_VALUE : text.startsWith("#") ? -1 : Long.decode(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static void settings() {
    put("pcp", 1, IfWords::pcp);
    put("-pcp", 0, IfWords::pcp);
    put("destroy", 0, (c, w, v) -> c.must(new IfRequest.Destroy(c.name), "SIOCIFDESTROY"));
    put("unplumb", 0, (c, w, v) -> c.must(new IfRequest.Destroy(c.name), "SIOCIFDESTROY"));
    put(
        "mtu",
        1,
        (c, w, v) ->
            c.must(new IfRequest.Mtu(c.name, atoi(v.getFirst())), "ioctl SIOCSIFMTU (set mtu)"));
    put(
        "metric",
        1,
        (c, w, v) ->
            c.must(
                new IfRequest.Metric(c.name, atoi(v.getFirst())),
                "ioctl SIOCSIFMETRIC (set metric)"));
    put("fib", 1, IfWords::fib);
    put("name", 1, IfWords::rename);
    for (String word : List.of("description", "descr")) {
      put(word, 1, (c, w, v) -> describe(c, v.getFirst()));
      put("-" + word, 0, (c, w, v) -> describe(c, ""));
    }
    put("group", 1, (c, w, v) -> group(c, v.getFirst(), true));
    put("-group", 1, (c, w, v) -> group(c, v.getFirst(), false));
    put("vnet", 1, (c, w, v) -> vnet(c, v.getFirst(), false));
    put("-vnet", 1, (c, w, v) -> vnet(c, v.getFirst(), true));
    put("plug", 0, (c, w, v) -> c.must(new IfRequest.Plug(c.name, true), w));
    put("unplug", 0, (c, w, v) -> c.must(new IfRequest.Plug(c.name, false), w));
  }

  private static void fib(IfChange change, String word, List<String> values) {
    String value = values.getFirst();
    Integer fib = AddressText.decimal(value, 65535);
    if (fib == null) {
      change.io.warnx("fib " + value + " not valid: Invalid argument");
      return;
    }
    try {
      change.io.kernel().ask(new IfRequest.Fib(change.name, fib));
    } catch (KernelError e) {
      change.io.warn("ioctl (SIOCSIFFIB)", e);
    }
  }

  private static void rename(IfChange change, String word, List<String> values) {
    String newName = values.getFirst();
    change.must(new IfRequest.Rename(change.name, newName), "ioctl SIOCSIFNAME (set name)");
    change.rename(newName);
  }

  private static void describe(IfChange change, String text) {
    change.must(
        new IfRequest.Description(change.name, text.isEmpty() ? null : text),
        "ioctl SIOCSIFDESCR (set descr)");
  }

  private static void group(IfChange change, String group, boolean add) {
    String function = add ? "setifgroup" : "unsetifgroup";
    if (!group.isEmpty() && Character.isDigit(group.charAt(group.length() - 1))) {
      throw change.io.errx(1, function + ": group names may not end in a digit");
    }
    if (group.length() >= Ifconfig.IFNAMSIZ) {
      throw change.io.errx(1, function + ": group name too long");
    }
    try {
      change.io.kernel().ask(new IfRequest.Group(change.name, group, add));
    } catch (KernelError e) {
      if (!e.errno().equals(add ? "EEXIST" : "ENOENT")) {
        throw change.io.err(1, add ? " SIOCAIFGROUP" : "SIOCDIFGROUP", e);
      }
    }
  }

  private static void vnet(IfChange change, String jail, boolean reclaim) {
    int jid;
    try {
      jid = JailAttach.getid(change.io, jail);
    } catch (KernelError e) {
      throw change.io.errx(1, String.valueOf(e.getMessage()));
    }
    String what = reclaim ? "SIOCSIFRVNET(" + jid + ", " + change.name + ")" : "SIOCSIFVNET";
    change.must(new IfRequest.Vnet(change.name, Integer.toString(jid), reclaim), what);
  }

  /** atoi(3): the leading decimal number, 0 for none. */
  static int atoi(String text) {
    int end = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int start = end;
    while (end < text.length() && end - start < 9 && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end == start ? 0 : Integer.parseInt(text.substring(0, end));
  }
}
