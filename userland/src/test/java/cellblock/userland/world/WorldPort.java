package cellblock.userland.world;

import cellblock.control.Done;
import cellblock.control.EventPort;
import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.JailRequest;
import cellblock.control.JailRequest.JailInfo;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.KeyRequest;
import cellblock.control.ModuleRequest;
import cellblock.control.ProcRequest;
import cellblock.control.Request;
import cellblock.control.RouteEvent;
import cellblock.control.RouteRequest;
import cellblock.control.SocketPort;
import cellblock.control.StatRequest;
import cellblock.control.SysctlRequest;
import cellblock.control.SysctlRequest.Node;
import cellblock.userland.world.World.Cell;
import cellblock.userland.world.World.Proc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The door of one process of a {@link World}. */
final class WorldPort implements KernelPort {
  private final World world;
  private final Proc proc;

  WorldPort(World world, Proc proc) {
    this.world = world;
    this.proc = proc;
  }

  @Override
  public int pid() {
    return proc.pid;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <R> R ask(Request<R> request) throws KernelError {
    return (R)
        switch (request) {
          case JailRequest<?> jail -> jail(jail);
          case ProcRequest<?> process -> process(process);
          case SysctlRequest<?> sysctl -> sysctl(sysctl);
          case ModuleRequest<?> module -> module(module);
          case RouteRequest.SetFib(int fib) -> {
            proc.fib = fib;
            yield Done.DONE;
          }
          case IfRequest.Get get -> interfaces();
          case RouteRequest<?> other -> throw absent();
          case IfRequest<?> other -> throw absent();
          case KeyRequest<?> other -> throw absent();
          case StatRequest<?> other -> throw absent();
        };
  }

  private static KernelError absent() {
    return World.refuse("EOPNOTSUPP", "Operation not supported", "Operation not supported");
  }

  private Object jail(JailRequest<?> request) throws KernelError {
    return switch (request) {
      case JailRequest.Set set when set.create() ->
          world.create(proc.cell, set.params(), set.attach());
      case JailRequest.Set set -> update(set);
      case JailRequest.Get get -> {
        Cell cell = world.find(proc.cell, get.value(), false);
        if (cell == null) {
          boolean byJid = get.key().equals("jid");
          String shown = byJid ? get.value() : "\"" + get.value() + "\"";
          throw World.refuse("ENOENT", "No such file or directory", "jail " + shown + " not found");
        }
        yield info(cell);
      }
      case JailRequest.ListAll all ->
          world.cells.values().stream()
              .filter(cell -> cell.below(proc.cell) && (all.dying() || !cell.dying))
              .map(this::info)
              .toList();
      case JailRequest.Attach(int jid) -> {
        proc.cell = cell(jid);
        yield jid;
      }
      case JailRequest.Remove(int jid) -> {
        world.remove(cell(jid));
        yield jid;
      }
      case JailRequest.Params params -> List.copyOf(world.params.values());
      case JailRequest.Ledger _, JailRequest.Dead _ -> throw absent();
    };
  }

  private Object update(JailRequest.Set set) throws KernelError {
    Map<String, String> wanted = new LinkedHashMap<>();
    set.params().forEach(p -> wanted.put(p.name(), p.value() == null ? "true" : p.value()));
    Cell cell = cell(Integer.parseInt(wanted.getOrDefault("jid", "0")));
    world.apply(cell, wanted);
    world.settle(cell);
    return cell.jid;
  }

  private Cell cell(int jid) throws KernelError {
    Cell cell = world.cells.get(jid);
    if (cell == null || cell != proc.cell && !cell.below(proc.cell)) {
      throw World.refuse("EINVAL", "Invalid argument", "Invalid argument");
    }
    return cell;
  }

  private JailInfo info(Cell cell) {
    Map<String, String> params = new LinkedHashMap<>(cell.params);
    params.put("name", World.nameFor(proc.cell, cell));
    params.put("persist", Boolean.toString(cell.persist));
    return new JailInfo(
        cell.jid,
        World.nameFor(proc.cell, cell),
        cell.dying ? "DYING" : "ALIVE",
        params,
        cell.dying ? "SHUTDOWN: 1 udp socket" : null);
  }

  private Object process(ProcRequest<?> request) throws KernelError {
    return switch (request) {
      case ProcRequest.Self self -> info(proc);
      case ProcRequest.ListAll all ->
          world.procs.values().stream()
              .filter(other -> other.cell == proc.cell || other.cell.below(proc.cell))
              .map(WorldPort::info)
              .toList();
      case ProcRequest.Kill kill -> {
        Proc victim = world.procs.get(kill.pid());
        if (victim == null) {
          throw World.refuse("ESRCH", "No such process", "No such process");
        }
        world.signal(victim, kill.signal());
        yield Done.DONE;
      }
      case ProcRequest.SetTitle title -> Done.DONE;
    };
  }

  private static ProcRequest.ProcInfo info(Proc proc) {
    return new ProcRequest.ProcInfo(proc.pid, 1, proc.cell.jid, proc.fib, proc.command, 0, "R");
  }

  private Object sysctl(SysctlRequest<?> request) throws KernelError {
    return switch (request) {
      case SysctlRequest.Environment() -> world.environment;
      case SysctlRequest.Get(String name) -> node(name);
      case SysctlRequest.Set(String name, String value) -> {
        Node old = node(name);
        if (name.equals("kern.hostname")) {
          proc.cell.params.put("host.hostname", value);
          yield old;
        }
        if (name.equals("net.inet.ip.ttl") && Integer.parseInt(value) > 255) {
          throw World.refuse("EINVAL", "Invalid argument", "Invalid argument");
        }
        if (name.equals("kern.msgbuf_clear")) {
          world.variable("kern.msgbuf", "", "string", "A", false, false);
        }
        (old.vnet() ? proc.cell.vnet() : world.prison0).variables.put(name, value);
        yield old;
      }
      case SysctlRequest.Walk(String name) -> {
        List<Node> nodes = new ArrayList<>();
        for (Node node : world.sysctls.values()) {
          if (name.isEmpty() || node.name().equals(name) || node.name().startsWith(name + ".")) {
            nodes.add(node(node.name()));
          }
        }
        yield nodes;
      }
    };
  }

  private Node node(String name) throws KernelError {
    if (name.equals("kern.hostname")) {
      String hostname = proc.cell.params.getOrDefault("host.hostname", "");
      return new Node(name, hostname, "string", "A", "Hostname", true, false, false);
    }
    Node node = world.sysctls.get(name);
    if (node == null) {
      throw World.refuse("ENOENT", "No such file or directory", "No such file or directory");
    }
    Map<String, String> set = (node.vnet() ? proc.cell.vnet() : world.prison0).variables;
    return new Node(
        name,
        set.getOrDefault(name, node.value()),
        node.type(),
        node.format(),
        node.description(),
        node.writable(),
        node.tunable(),
        node.vnet());
  }

  private Object module(ModuleRequest<?> request) throws KernelError {
    return switch (request) {
      case ModuleRequest.Stat stat -> List.copyOf(world.modules);
      case ModuleRequest.Load(String file) -> {
        switch (file) {
          case "if_epair" -> throw World.refuse("EEXIST", "File exists", "File exists");
          case "broken" -> throw World.refuse("ENOEXEC", "Exec format error", "Exec format error");
          case "if_new" -> {}
          default ->
              throw World.refuse(
                  "ENOENT", "No such file or directory", "No such file or directory");
        }
        yield 3;
      }
      case ModuleRequest.Unload(String file, boolean force) -> {
        if (file.equals("1")) {
          throw World.refuse("EBUSY", "Device busy", "Device busy");
        }
        world.modules.removeIf(kld -> Integer.toString(kld.id()).equals(file));
        yield Done.DONE;
      }
    };
  }

  private List<IfInfo> interfaces() {
    List<IfInfo> infos = new ArrayList<>();
    world.interfaces.forEach((name, jid) -> {
      if (jid == proc.cell.jid || name.equals("lo0")) {
        infos.add(
            new IfInfo(
                name, 1, "ether", 0, 0, 0, 0, 1500, 0, null, null, null, List.of(), List.of(), null,
                null, -1, List.of(), name, 0, Map.of()));
      }
    });
    return infos;
  }

  @Override
  public SocketPort socket(SocketPort.Domain domain, SocketPort.Type type, int protocol)
      throws KernelError {
    throw absent();
  }

  @Override
  public EventPort<RouteEvent> routeEvents() throws KernelError {
    throw absent();
  }
}
