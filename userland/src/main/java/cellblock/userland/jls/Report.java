package cellblock.userland.jls;

import cellblock.control.JailRequest.JailInfo;
import cellblock.control.JailRequest.ParamInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lays out jails: the three tables of jls(8), lines of parameters, structured output. */
final class Report {
  private static final String VERSION = "2";
  private static final String INDENT = " ".repeat(8);

  private final JlsOptions options;
  private final List<Column> columns;
  private final Map<String, ParamInfo> known;
  private final boolean inet6;

  Report(JlsOptions options, List<Column> columns, Map<String, ParamInfo> known) {
    this.options = options;
    this.columns = columns;
    this.known = known;
    this.inet6 = known.containsKey("ip6.addr");
  }

  String text(List<JailInfo> jails) {
    StringBuilder text = new StringBuilder(header());
    for (JailInfo jail : jails) {
      if (options.verbose()) {
        verbose(jail, text);
      } else if (options.plain()) {
        plain(jail, text);
      } else {
        line(jail, text);
      }
    }
    return text.toString();
  }

  private String header() {
    if (options.verbose()) {
      return "   JID  Hostname                      Path\n"
          + "        Name                          State\n"
          + "        CPUSetID\n"
          + "        IP Address(es)\n";
    }
    if (options.plain()) {
      return options.byName()
          ? " %-15s %-15s %-29s Path\n".formatted("JID", "IP Address", "Hostname")
          : "   JID  IP Address      Hostname                      Path\n";
    }
    if (options.header()) {
      return columns.stream().map(Column::name).collect(Collectors.joining(" ")) + "\n";
    }
    return "";
  }

  private void verbose(JailInfo jail, StringBuilder text) {
    String hostname = Column.valueOf(jail, "host.hostname");
    text.append(
        "%6d  %-29.29s %.74s\n".formatted(jail.jid(), hostname, Column.valueOf(jail, "path")));
    text.append("%s%-29.29s %.74s\n".formatted(INDENT, jail.name(), state(jail)));
    text.append(INDENT).append(cpuset(jail)).append('\n');
    Column.addresses(jail, "ip4.addr")
        .forEach(address -> text.append(INDENT).append(address).append('\n'));
    Column.addresses(jail, "ip6.addr")
        .forEach(address -> text.append(INDENT).append(address).append('\n'));
  }

  private static String state(JailInfo jail) {
    if (!jail.state().equalsIgnoreCase("DYING")) {
      return "ACTIVE";
    }
    String step = jail.dyingStep();
    return step == null ? "DYING" : "DYING " + step;
  }

  private static String cpuset(JailInfo jail) {
    String id = Column.valueOf(jail, "cpuset.id");
    return id.isEmpty() ? "0" : id;
  }

  private void plain(JailInfo jail, StringBuilder text) {
    text.append(
        options.byName() ? " %-15s ".formatted(jail.name()) : "%6d  ".formatted(jail.jid()));
    text.append(
        "%-15.15s %-29.29s %.74s\n"
            .formatted(
                firstAddress(jail),
                Column.valueOf(jail, "host.hostname"),
                Column.valueOf(jail, "path")));
  }

  private static String firstAddress(JailInfo jail) {
    List<String> addresses = Column.addresses(jail, "ip4.addr");
    return addresses.isEmpty() ? "" : addresses.getFirst();
  }

  private void line(JailInfo jail, StringBuilder text) {
    String values =
        columns.stream()
            .filter(column -> !skipped(column, jail))
            .map(column -> item(column, jail))
            .collect(Collectors.joining(" "));
    text.append(values).append('\n');
  }

  /** {@code -s} leaves out what jail(8) could not take back: read-only and inherited parameters. */
  private boolean skipped(Column column, JailInfo jail) {
    if (!options.skip()) {
      return false;
    }
    if (!column.info().settable()) {
      return true;
    }
    int dot = column.name().indexOf('.');
    ParamInfo parent = dot < 0 ? null : known.get(column.name().substring(0, dot));
    return parent != null
        && parent.type().equals("jailsys")
        && !Column.valueOf(jail, parent.name()).equals("new");
  }

  private String item(Column column, JailInfo jail) {
    if (options.nameValue() && column.isBoolean()) {
      return column.flag(jail);
    }
    String value = shown(column, jail);
    return options.nameValue() ? column.name() + "=" + value : value;
  }

  private String shown(Column column, JailInfo jail) {
    String value = column.value(jail);
    if (column.isList() && Column.addresses(jail, column.name()).isEmpty()) {
      return options.quoted() ? "\"\"" : options.nameValue() ? "" : "-";
    }
    if (value.isEmpty()) {
      return "\"\"";
    }
    if (!options.quoted()) {
      return value;
    }
    String quote =
        value.indexOf('\'') >= 0
            ? "\""
            : value.indexOf('"') >= 0
                ? "'"
                : value.indexOf(' ') >= 0 || value.indexOf('\t') >= 0 ? "\"" : "";
    return quote + value + quote;
  }

  String markup(List<JailInfo> jails, Markup markup) {
    markup.begin("jail-information", VERSION);
    markup.openList("jail");
    for (JailInfo jail : jails) {
      markup.openInstance("jail");
      if (options.verbose()) {
        verbose(jail, markup);
      } else if (options.plain()) {
        plain(jail, markup);
      } else {
        line(jail, markup);
      }
      markup.closeInstance();
    }
    markup.closeList();
    return markup.finish();
  }

  private void verbose(JailInfo jail, Markup markup) {
    markup.leaf("jid", Integer.toString(jail.jid()), true);
    markup.leaf("hostname", Column.valueOf(jail, "host.hostname"), false);
    markup.leaf("path", Column.valueOf(jail, "path"), false);
    markup.leaf("name", jail.name(), false);
    markup.leaf("state", state(jail), false);
    markup.leaf("cpusetid", cpuset(jail), true);
    addresses("ipv4_addrs", "ipv4_addr", Column.addresses(jail, "ip4.addr"), markup);
    if (inet6) {
      addresses("ipv6_addrs", "ipv6_addr", Column.addresses(jail, "ip6.addr"), markup);
    }
  }

  private static void addresses(String list, String member, List<String> addresses, Markup markup) {
    markup.openList(list);
    addresses.forEach(address -> markup.member(member, address));
    markup.closeList();
  }

  private void plain(JailInfo jail, Markup markup) {
    if (options.byName()) {
      markup.leaf("name", jail.name(), false);
    } else {
      markup.leaf("jid", Integer.toString(jail.jid()), true);
    }
    markup.leaf("ipv4", firstAddress(jail), false);
    markup.leaf("hostname", Column.valueOf(jail, "host.hostname"), false);
    markup.leaf("path", Column.valueOf(jail, "path"), false);
  }

  private void line(JailInfo jail, Markup markup) {
    for (Column column : columns) {
      if (skipped(column, jail)) {
        continue;
      }
      if (column.isList()) {
        String member = column.name().startsWith("ip6") ? "ipv6_addr" : "ipv4_addr";
        addresses(column.name(), member, Column.addresses(jail, column.name()), markup);
      } else {
        boolean bare = options.nameValue() && column.isBoolean();
        markup.leaf(column.name(), column.value(jail), bare);
      }
    }
  }
}
