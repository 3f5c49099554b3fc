package cellblock.userland;

import cellblock.control.tool.Tool;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.arp.Arp;
import cellblock.userland.net.fetch.Fetch;
import cellblock.userland.net.ifconfig.Ifconfig;
import cellblock.userland.net.ifmcstat.Ifmcstat;
import cellblock.userland.net.inetd.Inetd;
import cellblock.userland.net.link.Link;
import cellblock.userland.net.nc.Nc;
import cellblock.userland.net.ndp.Ndp;
import cellblock.userland.net.netstat.Netstat;
import cellblock.userland.net.ping.Ping;
import cellblock.userland.net.ping.Ping6;
import cellblock.userland.net.route.Route;
import cellblock.userland.net.rtadvd.Rtadvd;
import cellblock.userland.net.rtsol.Rtsol;
import cellblock.userland.net.setkey.Setkey;
import cellblock.userland.net.sockstat.Sockstat;
import cellblock.userland.net.tcpdump.Tcpdump;
import cellblock.userland.net.traceroute.Traceroute;
import cellblock.userland.net.traceroute.Traceroute6;
import cellblock.userland.net.wg.Wg;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The network tools by name. */
public final class NetTools {
  private NetTools() {}

  /** Every tool of this package's family, in alphabetical order. */
  public static Map<String, Tool> tools() {
    Map<String, Tool> tools = new LinkedHashMap<>();
    put(tools, "arp", Arp::run);
    put(tools, "fetch", Fetch::run);
    put(tools, "ifconfig", Ifconfig::run);
    put(tools, "ifmcstat", Ifmcstat::run);
    put(tools, "inetd", Inetd::run);
    put(tools, "link", Link::run);
    put(tools, "nc", Nc::run);
    put(tools, "ndp", Ndp::run);
    put(tools, "netstat", Netstat::run);
    put(tools, "ping", Ping::run);
    put(tools, "ping6", Ping6::run);
    put(tools, "route", Route::run);
    put(tools, "rtadvd", Rtadvd::run);
    put(tools, "rtsol", Rtsol::run);
    put(tools, "setkey", Setkey::run);
    put(tools, "sockstat", Sockstat::run);
    put(tools, "tcpdump", Tcpdump::run);
    put(tools, "traceroute", Traceroute::run);
    put(tools, "traceroute6", Traceroute6::run);
    put(tools, "wg", Wg::run);
    return Collections.unmodifiableMap(tools);
  }

  private static void put(Map<String, Tool> tools, String name, Stdio.Body body) {
    tools.put(name, Stdio.tool(name, body));
  }
}
