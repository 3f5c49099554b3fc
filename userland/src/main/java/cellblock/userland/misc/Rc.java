package cellblock.userland.misc;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.SysctlRequest;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.control.tool.ToolStreams;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The stand-in for /etc/rc: does for the network of a jail what the scripts of rc(8) would do by
 * rc.conf(5) below the jail's path: host name, cloned interfaces, addresses, forwarding, routes.
 * Descends from libexec/rc/network.subr and rc.d/netif, routing, hostname, sysctl. It prints
 * nothing but errors.
 */
public final class Rc implements Tool {
  @Override
  public int run(ToolContext context) throws InterruptedException {
    try {
      new Boot(context).all();
      return 0;
    } catch (KernelError e) {
      new Err(context).warnx(e.text());
      return 1;
    }
  }

  /** One start of the network. */
  private static final class Boot {
    private final ToolContext context;
    private final RcConf conf;
    private final Path root;
    private final ToolStreams streams;

    Boot(ToolContext context) throws KernelError {
      this.context = context;
      String path = context.env().getOrDefault("JPATH", "/");
      root = Path.of(path.isEmpty() ? "/" : path);
      conf = RcConf.of(List.of(root.resolve("etc/rc.conf"), root.resolve("etc/rc.conf.local")));
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      int jid = context.kernel().ask(new ProcRequest.Self()).jid();
      streams = new ToolStreams(context.in(), nowhere, context.err(), context.env(), jid);
    }

    void all() throws InterruptedException, KernelError {
      Path sysctls = root.resolve("etc/sysctl.conf");
      if (Files.isReadable(sysctls)) {
        tool("sysctl", "-q", "-f", sysctls.toString());
      }
      if (!conf.get("hostname").isEmpty()) {
        tool("hostname", conf.get("hostname"));
      }
      for (String clone : conf.words("cloned_interfaces")) {
        clone(clone);
      }
      Set<String> present = interfaces();
      if (present.contains("lo0")) {
        loopback();
      }
      for (String ifname : present) {
        configure(ifname);
      }
      if (conf.yes("gateway_enable")) {
        tool("sysctl", "net.inet.ip.forwarding=1");
      }
      if (conf.yes("ipv6_gateway_enable")) {
        tool("sysctl", "net.inet6.ip6.forwarding=1");
      }
      routes();
    }

    private void tool(String... command) throws InterruptedException {
      tool(List.of(command));
    }

    private void tool(List<String> command) throws InterruptedException {
      context.runTool(command, streams);
    }

    private void clone(String ifname) throws InterruptedException {
      List<String> command = new ArrayList<>(List.of("ifconfig", ifname, "create"));
      command.addAll(conf.words("create_args_" + variable(ifname)));
      tool(command);
    }

    private Set<String> interfaces() throws KernelError {
      Set<String> names = new TreeSet<>();
      for (IfInfo info : context.kernel().ask(new IfRequest.Get(null))) {
        names.add(info.name());
      }
      return names;
    }

    /** lo0 has its addresses whether rc.conf names it or not. */
    private void loopback() throws InterruptedException {
      if (!conf.has("ifconfig_lo0")) {
        tool("ifconfig", "lo0", "inet", "127.0.0.1/8");
      }
      if (inet6()) {
        tool("ifconfig", "lo0", "inet6", "::1/128");
      }
      tool("ifconfig", "lo0", "up");
    }

    private boolean inet6() {
      try {
        var node = context.kernel().ask(new SysctlRequest.Get("kern.features.inet6"));
        return node.value().equals("1");
      } catch (KernelError absent) {
        return false;
      }
    }

    private void configure(String ifname) throws InterruptedException {
      String key = "ifconfig_" + variable(ifname);
      List<String> main = conf.words(conf.has(key) ? key : "ifconfig_DEFAULT");
      boolean known = conf.has(key) || conf.has(key + "_ipv6") || conf.has(key + "_alias0");
      if (!known && (main.isEmpty() || ifname.startsWith("lo"))) {
        return;
      }
      List<String> words = new ArrayList<>(main);
      words.removeIf(word -> word.equals("NOAUTO") || word.equals("SYNCDHCP"));
      if (!words.isEmpty() && !words.contains("DHCP")) {
        apply(ifname, words);
      }
      apply(ifname, conf.words(key + "_ipv6"));
      tool("ifconfig", ifname, "up");
      for (int i = 0; conf.has(key + "_alias" + i); i++) {
        alias(ifname, conf.words(key + "_alias" + i));
      }
      for (String address : conf.words("ipv4_addrs_" + variable(ifname))) {
        alias(ifname, List.of("inet", address));
      }
      for (String alias : conf.words(key + "_aliases")) {
        alias(ifname, List.of("inet", alias));
      }
    }

    private void apply(String ifname, List<String> words) throws InterruptedException {
      if (!words.isEmpty()) {
        List<String> command = new ArrayList<>(List.of("ifconfig", ifname));
        command.addAll(words);
        tool(command);
      }
    }

    private void alias(String ifname, List<String> words) throws InterruptedException {
      List<String> command = new ArrayList<>(words);
      if (!words.isEmpty()) {
        command.add("alias");
      }
      apply(ifname, command);
    }

    private void routes() throws InterruptedException {
      String router = conf.get("defaultrouter");
      if (!router.isEmpty() && !router.equalsIgnoreCase("NO")) {
        tool("route", "add", "default", router);
      }
      statics("static_routes", "route_", List.of("route", "add"));
      String router6 = conf.get("ipv6_defaultrouter");
      if (!router6.isEmpty() && !router6.equalsIgnoreCase("NO") && inet6()) {
        tool("route", "add", "-inet6", "default", router6);
      }
      statics("ipv6_static_routes", "ipv6_route_", List.of("route", "add", "-inet6"));
    }

    private void statics(String list, String prefix, List<String> command)
        throws InterruptedException {
      for (String entry : conf.words(list)) {
        String name = entry.replaceFirst(":.*", "");
        List<String> words = conf.words(prefix + name);
        if (!words.isEmpty()) {
          List<String> whole = new ArrayList<>(command);
          whole.addAll(words);
          tool(whole);
        }
      }
    }

    /** The interface's name in the name of a variable: a dot and the like become an underscore. */
    private static String variable(String ifname) {
      return ifname.replaceAll("[^A-Za-z0-9_]", "_");
    }
  }
}
