package cellblock.userland;

import cellblock.control.tool.Tool;
import cellblock.userland.jail.Jail;
import cellblock.userland.jexec.Jexec;
import cellblock.userland.jexec.Setfib;
import cellblock.userland.jls.Jls;
import cellblock.userland.ledger.Ledger;
import cellblock.userland.misc.Dmesg;
import cellblock.userland.misc.GetAddrInfo;
import cellblock.userland.misc.Hostname;
import cellblock.userland.misc.Kenv;
import cellblock.userland.misc.Kldload;
import cellblock.userland.misc.Kldstat;
import cellblock.userland.misc.Kldunload;
import cellblock.userland.misc.Rc;
import cellblock.userland.misc.RcShutdown;
import cellblock.userland.misc.Sysctl;
import cellblock.userland.net.Stdio;
import cellblock.userland.proc.Daemon;
import cellblock.userland.proc.Killall;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tools about jails, processes, modules and variables, by name. */
public final class JailTools {
  private JailTools() {}

  /** The tools in a fixed order; they hold no state, so one of each is enough. */
  public static Map<String, Tool> tools() {
    Map<String, Tool> tools = new LinkedHashMap<>();
    tools.put("jail", new Jail());
    tools.put("jls", new Jls());
    tools.put("jexec", new Jexec());
    tools.put("setfib", new Setfib());
    tools.put("sysctl", new Sysctl());
    tools.put("kenv", new Kenv());
    tools.put("kldload", new Kldload());
    tools.put("kldunload", new Kldunload());
    tools.put("kldstat", new Kldstat());
    tools.put("hostname", new Hostname());
    tools.put("killall", new Killall());
    tools.put("daemon", new Daemon());
    tools.put("dmesg", new Dmesg());
    tools.put("ledger", Stdio.tool("ledger", Ledger::run));
    tools.put("getaddrinfo", new GetAddrInfo());
    tools.put("rc", new Rc());
    tools.put("rc.shutdown", new RcShutdown());
    return Collections.unmodifiableMap(tools);
  }
}
