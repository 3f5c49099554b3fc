package cellblock.userland.world;

import cellblock.control.JailRequest.Param;
import cellblock.control.JailRequest.ParamInfo;
import cellblock.control.KernelError;
import cellblock.control.ModuleRequest;
import cellblock.control.SysctlRequest.Node;
import cellblock.control.tool.Tool;
import cellblock.userland.JailTools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The state of a small kernel: prison0 and what lives in it. */
public final class World {
  /** A jail; {@code params} as the kernel tells them. */
  static final class Cell {
    final int jid;
    final Cell parent;
    final Map<String, String> params = new TreeMap<>();
    final Map<String, String> variables = new TreeMap<>();
    boolean persist;
    boolean dying;

    Cell(int jid, @Nullable Cell parent) {
      this.jid = jid;
      this.parent = parent == null ? this : parent;
    }

    String path() {
      return params.getOrDefault("name", "");
    }

    /** The jail whose vnet this one uses. */
    Cell vnet() {
      return this == parent || params.getOrDefault("vnet", "").equals("new") ? this : parent.vnet();
    }

    boolean below(Cell other) {
      for (Cell cell = parent; ; cell = cell.parent) {
        if (cell == other) {
          return this != other;
        }
        if (cell == cell.parent) {
          return false;
        }
      }
    }
  }

  /** A process. */
  static final class Proc {
    final int pid;
    Cell cell;
    int fib;
    String command;

    Proc(int pid, Cell cell, int fib, String command) {
      this.pid = pid;
      this.cell = cell;
      this.fib = fib;
      this.command = command;
    }
  }

  final Cell prison0 = new Cell(0, null);
  final TreeMap<Integer, Cell> cells = new TreeMap<>();
  final TreeMap<Integer, Proc> procs = new TreeMap<>();
  final TreeMap<String, Integer> interfaces = new TreeMap<>();
  final Map<String, ParamInfo> params = new LinkedHashMap<>();
  final TreeMap<String, Node> sysctls = new TreeMap<>();
  final List<ModuleRequest.KldFile> modules = new ArrayList<>();
  final Map<String, String> environment = new LinkedHashMap<>(Map.of("net.fibs", "4"));
  final Map<String, Tool> tools = new LinkedHashMap<>(JailTools.tools());
  private final List<String> log = new ArrayList<>();
  private int nextPid = 100;
  private int nextJid = 1;
  private @Nullable String stubborn;

  /** A kernel with lo0, a few variables and two modules. */
  public World() {
    cells.put(0, prison0);
    prison0.params.put("host.hostname", "host.example.org");
    prison0.params.put("children.max", "99");
    interfaces.put("lo0", 0);
    for (String name : List.of("jid", "children.cur", "children.max", "securelevel", "cpuset.id")) {
      params.put(name, new ParamInfo(name, "int", !name.equals("children.cur"), name));
    }
    for (String name : List.of("name", "path", "host.hostname", "osrelease", "meta", "env")) {
      params.put(name, new ParamInfo(name, "string", true, name));
    }
    for (String name : List.of("persist", "allow.raw_sockets", "allow.mount")) {
      params.put(name, new ParamInfo(name, "bool", true, name));
    }
    params.put("dying", new ParamInfo("dying", "bool", false, "dying"));
    params.put("vnet", new ParamInfo("vnet", "jailsys", true, "vnet"));
    params.put("ip4", new ParamInfo("ip4", "jailsys", true, "ip4"));
    params.put("host", new ParamInfo("host", "jailsys", true, "host"));
    params.put("ip4.addr", new ParamInfo("ip4.addr", "iplist", true, "ip4.addr"));
    variable("kern.features.inet6", "0", "int", "I", false, false);
    variable("net.fibs", "4", "uint", "IU", false, true);
    variable("net.inet.ip.forwarding", "0", "int", "I", true, false);
    variable("net.inet.ip.ttl", "64", "int", "I", true, false);
    variable("kern.ostype", "FreeBSD", "string", "A", false, false);
    variable("kern.msgbuf", "<118>a program\n<6>the kernel\nplain\n", "string", "A", false, false);
    variable("kern.msgbuf_clear", "0", "int", "I", true, false);
    modules.add(
        new ModuleRequest.KldFile(
            1,
            3,
            0xffffffff80200000L,
            0x1d345b0,
            "kernel",
            "/boot/kernel/kernel",
            List.of(new ModuleRequest.Module(1, "vnet", 1))));
    modules.add(
        new ModuleRequest.KldFile(
            2,
            1,
            0xffffffff8261a000L,
            0x3220,
            "if_epair.ko",
            "/boot/kernel/if_epair.ko",
            List.of(new ModuleRequest.Module(7, "if_epair", 1))));
    tools.put("ifconfig", new ModelIfconfig(this));
    tools.put("route", context -> note(context.tool(), context.args()));
  }

  /** Declares a variable. */
  public void variable(
      String name, String value, String type, String format, boolean writable, boolean tunable) {
    boolean vnet = name.startsWith("net.");
    sysctls.put(
        name, new Node(name, value, type, format, "What " + name + " is", writable, tunable, vnet));
  }

  /** Whether a word names a tool. */
  public boolean knows(String word) {
    return tools.containsKey(word);
  }

  private int note(String tool, List<String> args) {
    log(tool + " " + String.join(" ", args));
    return 0;
  }

  /** What happened, in order: "create a", "remove a", "ifconfig …", "kill TERM 101". */
  public List<String> log() {
    return log;
  }

  void log(String event) {
    log.add(event);
  }

  /** The names of the jails that live. */
  public List<String> jails() {
    return cells.values().stream().skip(1).map(Cell::path).toList();
  }

  /** The jid of the vnet that an interface is in. */
  public int home(String ifname) {
    return interfaces.getOrDefault(ifname, -1);
  }

  /** Starts a process without a program; returns its pid. */
  public int process(String jail, String command, boolean ignoresTerm) {
    Cell cell = jail.isEmpty() ? prison0 : find(prison0, jail, true);
    if (ignoresTerm) {
      stubborn = command;
    }
    return enter(cell, 0, command).pid;
  }

  Proc enter(Cell cell, int fib, String command) {
    Proc proc = new Proc(nextPid++, cell, fib, command);
    procs.put(proc.pid, proc);
    return proc;
  }

  void exit(Proc proc) {
    procs.remove(proc.pid);
    settle(proc.cell);
  }

  void signal(Proc proc, String name) {
    log("kill " + name + " " + proc.command);
    if (name.equals("KILL") || !proc.command.equals(stubborn)) {
      exit(proc);
    }
  }

  /** A jail that nobody holds ends. */
  void settle(Cell cell) {
    boolean held =
        cell.persist || cell == prison0 || procs.values().stream().anyMatch(p -> p.cell == cell);
    if (!held && cells.containsKey(cell.jid)) {
      remove(cell);
    }
  }

  /** Lets a jail hang in its removal. */
  public void startDying(String jail) {
    Cell cell = find(prison0, jail, true);
    cell.dying = true;
    cell.params.put("dying", "true");
  }

  void remove(Cell cell) {
    List.copyOf(cells.values()).stream().filter(c -> c.below(cell)).forEach(this::remove);
    cell.persist = false;
    List.copyOf(procs.values()).stream()
        .filter(proc -> proc.cell == cell)
        .forEach(proc -> procs.remove(proc.pid));
    interfaces.replaceAll((name, jid) -> jid == cell.jid ? 0 : jid);
    if (cells.remove(cell.jid) != null) {
      log("remove " + cell.path());
    }
  }

  @Nullable Cell find(Cell viewer, String key, boolean required) {
    for (Cell cell : cells.values()) {
      boolean same = key.equals(Integer.toString(cell.jid)) || key.equals(nameFor(viewer, cell));
      if (same && cell.below(viewer)) {
        return cell;
      }
    }
    if (required) {
      throw new IllegalArgumentException(key);
    }
    return null;
  }

  static String nameFor(Cell viewer, Cell cell) {
    String prefix = viewer.path();
    return prefix.isEmpty()
        ? cell.path()
        : cell.path().replaceFirst("^\\Q" + prefix + "\\E\\.", "");
  }

  /** jail_set(2) with JAIL_CREATE. */
  int create(Cell viewer, List<Param> given, boolean attach) throws KernelError {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (Param param : given) {
      wanted.put(param.name(), param.value() == null ? "true" : param.value());
    }
    String jidText = wanted.get("jid");
    int jid = jidText == null ? nextJid++ : Integer.parseInt(jidText);
    String name = wanted.getOrDefault("name", Integer.toString(jid));
    if (find(viewer, name, false) != null) {
      throw refuse("EEXIST", "File exists", "jail \"" + name + "\" already exists");
    }
    if (cells.containsKey(jid)) {
      throw refuse("EEXIST", "File exists", "jail " + jid + " already exists");
    }
    if (!wanted.containsKey("persist") && !attach) {
      throw refuse("EINVAL", "Invalid argument", "new jail must persist or attach");
    }
    int most = Integer.parseInt(viewer.params.getOrDefault("children.max", "0"));
    long have = cells.values().stream().filter(cell -> cell.below(viewer)).count();
    if (viewer != prison0 && most == 0) {
      throw refuse("EPERM", "Operation not permitted", "Operation not permitted");
    }
    if (have >= most) {
      throw refuse("EPERM", "Operation not permitted", "prison limit exceeded");
    }
    Cell cell = new Cell(jid, viewer);
    apply(cell, wanted);
    cell.params.put("jid", Integer.toString(jid));
    cell.params.put("name", viewer.path().isEmpty() ? name : viewer.path() + "." + name);
    cell.params.putIfAbsent("path", "/");
    cell.params.putIfAbsent("vnet", "inherit");
    cells.put(jid, cell);
    log("create " + cell.path());
    return jid;
  }

  void apply(Cell cell, Map<String, String> wanted) {
    for (Map.Entry<String, String> entry : wanted.entrySet()) {
      String name = entry.getKey();
      switch (name) {
        case "persist" -> cell.persist = true;
        case "nopersist" -> cell.persist = false;
        case "jid", "name" -> {}
        default -> {
          int at = name.lastIndexOf('.') + 1;
          boolean off = !params.containsKey(name) && name.startsWith("no", at);
          String key = off ? name.substring(0, at) + name.substring(at + 2) : name;
          cell.params.put(key, off ? "false" : entry.getValue());
        }
      }
    }
  }

  static KernelError refuse(String errno, String text, String message) {
    return new KernelError(errno, text, message);
  }
}
