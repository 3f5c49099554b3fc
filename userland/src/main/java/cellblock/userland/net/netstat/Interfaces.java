package cellblock.userland.net.netstat;

import static cellblock.userland.net.netstat.RouteTables.left;
import static cellblock.userland.net.netstat.RouteTables.right;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.userland.net.Inet4;
import cellblock.userland.net.Sysexits;
import cellblock.userland.net.Xo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code netstat -i} and the running display of {@code -w}. Ancestor: usr.bin/netstat/if.c. */
final class Interfaces {
  /** A line: an interface's own, or one for an address of it. */
  private record Row(IfInfo info, String family, String network, String address) {
    boolean link() {
      return family.equals("link");
    }
  }

  private final Netstat netstat;
  private int nameWidth = 5;
  private int networkWidth = 8;
  private int addressWidth = 8;
  private int packetWidth = 8;
  private int byteWidth = 10;
  private int errorWidth = 5;

  Interfaces(Netstat netstat) {
    this.netstat = netstat;
  }

  void print() {
    List<IfRequest.MulticastInfo> groups =
        netstat.all ? netstat.io.ask(new IfRequest.Multicast(null), "getifmaddrs") : List.of();
    List<Row> rows = rows();
    rows.forEach(this::measure);
    netstat.xo.openList("interface");
    header();
    for (Row row : rows) {
      netstat.xo.openInstance("interface");
      row(row);
      if (netstat.all) {
        multicast(row, groups);
      }
      netstat.xo.closeInstance();
    }
    netstat.xo.closeList();
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (IfInfo info : netstat.io.ask(new IfRequest.Get(null), "getifaddrs")) {
      if (netstat.ifname != null && !netstat.ifname.equals(info.name())) {
        continue;
      }
      if (netstat.family == null || netstat.family.equals("link")) {
        String link = info.linkAddress();
        rows.add(new Row(info, "link", "<Link#" + info.index() + ">", link == null ? info.name() : link));
      }
      for (String family : List.of("inet", "inet6")) {
        for (IfInfo.Address address : info.addresses()) {
          if (address.family().equals(family) && netstat.wants(family)) {
            rows.add(new Row(info, family, network(address), address.address()));
          }
        }
      }
    }
    return rows;
  }

  private static String network(IfInfo.Address address) {
    if (address.family().equals("inet")) {
      int value = Inet4.aton(address.address()).orElse(0) & Inet4.mask(address.prefixLength());
      return Inet4.format(value) + "/" + address.prefixLength();
    }
    return Prefix6.of(address.address(), address.prefixLength()) + "/" + address.prefixLength();
  }

  private void measure(Row row) {
    boolean up = (row.info.flags() & IfInfo.IFF_UP) != 0;
    nameWidth = Math.max(nameWidth, row.info.name().length() + (up ? 0 : 1));
    networkWidth = Math.max(networkWidth, row.network.length());
    addressWidth = Math.max(addressWidth, row.address.length());
    if (!row.link() || netstat.human) {
      return;
    }
    for (String key : List.of("ipackets", "opackets")) {
      packetWidth = Math.max(packetWidth, length(row, key));
    }
    for (String key : List.of("ierrors", "iqdrops", "collisions")) {
      errorWidth = Math.max(errorWidth, length(row, key));
    }
    if (netstat.drops) {
      errorWidth = Math.max(errorWidth, length(row, "oqdrops"));
    }
    if (netstat.bytes) {
      byteWidth = Math.max(byteWidth, Math.max(length(row, "ibytes"), length(row, "obytes")));
    }
  }

  private static int length(Row row, String key) {
    int length = 2;
    for (long number = count(row.info, key); number > 10; number /= 10) {
      length++;
    }
    return length;
  }

  private static long count(IfInfo info, String key) {
    return info.counters().getOrDefault(key, 0L);
  }

  private void header() {
    StringBuilder line = new StringBuilder(left("Name", nameWidth)).append("   Mtu ");
    line.append(left("Network", networkWidth)).append("  ").append(left("Address", addressWidth));
    line.append(' ').append(right("Ipkts", packetWidth)).append(' ').append(right("Ierrs", errorWidth));
    line.append(' ').append(right("Idrop", errorWidth));
    if (netstat.bytes) {
      line.append(' ').append(right("Ibytes", byteWidth));
    }
    line.append(' ').append(right("Opkts", packetWidth)).append(' ').append(right("Oerrs", errorWidth));
    if (netstat.bytes) {
      line.append(' ').append(right("Obytes", byteWidth));
    }
    line.append(' ').append(right("Coll", errorWidth));
    if (netstat.drops) {
      line.append(' ').append(right("Drop", errorWidth));
    }
    netstat.xo.text(line.append('\n').toString());
  }

  private void row(Row row) {
    IfInfo info = row.info;
    boolean up = (info.flags() & IfInfo.IFF_UP) != 0;
    netstat.xo.string("name", info.name(), left(info.name() + (up ? "" : "*"), nameWidth));
    if (netstat.xo.style() != Xo.Style.TEXT) {
      netstat.xo.string("flags", "0x" + Integer.toHexString(info.flags()), "");
    }
    show("mtu", row.link() ? (long) info.mtu() : null, 6, " ", false);
    netstat.xo.string("network", row.network, left(row.network, networkWidth) + "  ");
    netstat.xo.string("address", row.address, left(row.address, addressWidth) + " ");
    stat(row, "received-packets", "ipackets", packetWidth, " ");
    stat(row, "received-errors", "ierrors", errorWidth, " ");
    stat(row, "dropped-packets", "iqdrops", errorWidth, " ");
    if (netstat.bytes) {
      stat(row, "received-bytes", "ibytes", byteWidth, " ");
    }
    stat(row, "sent-packets", "opackets", packetWidth, " ");
    stat(row, "send-errors", "oerrors", errorWidth, " ");
    if (netstat.bytes) {
      stat(row, "sent-bytes", "obytes", byteWidth, " ");
    }
    stat(row, "collisions", "collisions", errorWidth, "");
    if (netstat.drops) {
      netstat.xo.text(" ");
      stat(row, "dropped-packets", "oqdrops", errorWidth, " ");
    }
    netstat.xo.text("\n");
  }

  private void stat(Row row, String name, String key, int width, String after) {
    show(name, row.link() ? count(row.info, key) : null, width, after, !key.endsWith("bytes"));
  }

  /** A number, or a dash where none is kept. */
  private void show(String name, @Nullable Long value, int width, String after, boolean thousands) {
    if (value == null) {
      netstat.xo.text(right("-", width) + after);
    } else if (netstat.human) {
      String text = Humanize.number(value, thousands ? 1000 : 1024);
      netstat.xo.string(name, text, right(text, width) + after);
    } else {
      netstat.xo.number(name, value, right(Long.toUnsignedString(value), width) + after);
    }
  }

  private void multicast(Row row, List<IfRequest.MulticastInfo> groups) {
    netstat.xo.openList("multicast-address");
    for (IfRequest.MulticastInfo group : groups) {
      if (!group.ifname().equals(row.info.name()) || !group.family().equals(row.family)) {
        continue;
      }
      netstat.xo.openInstance("multicast-address");
      String cut = group.group();
      if (!netstat.wide && cut.length() > 17) {
        cut = cut.substring(0, 17);
      }
      netstat.xo.text(" ".repeat(netstat.wide ? 28 : 26));
      netstat.xo.string("address", group.group(), left(cut, 17));
      if (row.link()) {
        netstat.xo.text(" ");
        number("received-packets", count(row.info, "imcasts"), 8, " ".repeat(netstat.bytes ? 17 : 6));
        netstat.xo.text(" ");
        number("sent-packets", count(row.info, "omcasts"), 8, "");
      }
      netstat.xo.text("\n");
      netstat.xo.closeInstance();
    }
    netstat.xo.closeList();
  }

  private void number(String name, long value, int width, String after) {
    netstat.xo.number(name, value, right(Long.toUnsignedString(value), width) + after);
  }

  // ---- running display

  private static final List<String> TOTALS =
      List.of(
          "ipackets", "ierrors", "iqdrops", "ibytes", "opackets", "oerrors", "obytes", "collisions",
          "oqdrops");

  /** One line every {@code interval} seconds, {@code howmany} lines or for ever. */
  void run(int interval, int howmany) throws InterruptedException {
    long[] old = totals();
    netstat.xo.openList("interface-statistics");
    for (int line = 0; howmany == 0 || line < howmany; line++) {
      if (line % 21 == 0) {
        banner();
      }
      netstat.io.context().sleep(Duration.ofSeconds(interval));
      long[] now = totals();
      line(now, old);
      netstat.io.flush();
      old = now;
    }
    netstat.xo.closeList();
  }

  private void banner() {
    String name = netstat.ifname == null ? "(Total)" : netstat.ifname;
    netstat.xo.text(right("input", 17) + " " + right(name, 14) + " " + right("output", 16) + "\n");
    netstat.xo.text("   packets  errs idrops      bytes    packets  errs      bytes colls");
    netstat.xo.text(netstat.drops ? " drops\n" : "\n");
    netstat.io.flush();
  }

  private long[] totals() {
    long[] sum = new long[TOTALS.size()];
    boolean found = false;
    for (IfInfo info : netstat.io.ask(new IfRequest.Get(null), "getifaddrs")) {
      if (netstat.ifname == null || netstat.ifname.equals(info.name())) {
        found = true;
        Map<String, Long> counters = info.counters();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += counters.getOrDefault(TOTALS.get(i), 0L);
        }
      }
    }
    if (netstat.ifname != null && !found) {
      throw netstat.io.errx(Sysexits.EX_DATAERR, "interface " + netstat.ifname + " not found");
    }
    return sum;
  }

  private void line(long[] now, long[] old) {
    List<String> names =
        List.of(
            "received-packets", "received-errors", "dropped-packets", "received-bytes", "sent-packets",
            "send-errors", "sent-bytes", "collisions");
    int[] widths = {10, 5, 5, 10, 10, 5, 10, 5};
    netstat.xo.openInstance("stats");
    for (int i = 0; i < widths.length; i++) {
      boolean bytes = names.get(i).endsWith("bytes");
      show(names.get(i), now[i] - old[i], widths[i], i == 7 ? "" : " ", !bytes);
    }
    if (netstat.drops) {
      netstat.xo.text(" ");
      show("dropped-packets", now[8] - old[8], 5, " ", true);
    }
    netstat.xo.closeInstance();
    netstat.xo.text("\n");
  }
}
