package cellblock.it.lab;

import cellblock.host.Jail;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Random steps over twenty jails in virtual time, one to three at once; what must hold is checked
 * whenever nothing is ready to go on. The same steps and seed give the same run.
 */
final class RandomLife {
  private static final long MILLI = 1_000_000;
  private static final Map<String, String> MARKED =
      Map.of(
          "net.inet.ip.ttl", "64",
          "net.inet.icmp.icmplim", "200",
          "net.inet6.ip6.hlim", "64");
  private static final List<String> MARKS = MARKED.keySet().stream().sorted().toList();
  private static final String[] TUNNELS = {"gif", "gre", "vxlan"};
  private static final String[] MODULES = {"if_bridge", "if_gre", "if_vxlan"};

  /**
   * How a run went.
   *
   * @param failure what was wrong, or null
   * @param after how many steps had been taken then
   * @param log the commands, as they were begun
   */
  record Result(
      @Nullable String failure,
      int after,
      List<String> log,
      long trace,
      long packets,
      long greetings,
      long datagrams,
      Map<LifeStep.Kind, int[]> outcomes) {}

  private final Set<String> beingSet = new HashSet<>();
  private final List<String> wrong = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final LifeWatch watch = new LifeWatch(wrong);
  private final LifePrograms programs = new LifePrograms(wrong);
  private final Map<LifeStep.Kind, int[]> outcomes = new EnumMap<>(LifeStep.Kind.class);
  private final Lab lab;
  private final LifeChecks checks;
  private final Map<String, Prison> living = new HashMap<>();
  private int begun;

  private RandomLife(long seed) {
    this.lab = Lab.with(seed, watch);
    this.checks = new LifeChecks(lab.kernel(), wrong);
  }

  /** Takes the steps, then ends everything; looks after each and at the end. */
  static Result run(long seed, List<LifeStep> steps) {
    RandomLife life = new RandomLife(seed);
    int taken = 0;
    String failure = null;
    try (life.lab) {
      life.checks.look();
      for (LifeStep s : steps) {
        taken++;
        life.take(s);
        if (!life.wrong.isEmpty()) {
          break;
        }
      }
      if (life.wrong.isEmpty()) {
        life.end();
      }
    } catch (AssertionError | ErrnoException | RuntimeException e) {
      life.wrong.add("ended with " + e);
    }
    if (!life.wrong.isEmpty()) {
      failure = String.join("\n", life.wrong.subList(0, Math.min(5, life.wrong.size())));
    }
    return new Result(
        failure,
        taken,
        life.log,
        life.lab.sim().stepper().trace(),
        life.watch.packets(),
        life.programs.greetings(),
        life.programs.datagrams(),
        life.outcomes);
  }

  // ---- a step ----

  private void take(LifeStep s) throws ErrnoException {
    step(s);
    boolean more = s.how() % 3 == 0 && ++begun < 3; // others go at the same time
    if (more) {
      return;
    }
    begun = 0;
    lab.sim().stepper().advance(s.how() % 40 * MILLI);
    look(s);
  }

  private void look(LifeStep s) throws ErrnoException {
    census();
    checks.look();
    checks.forget();
    int jail = s.who() % LifeMap.JAILS;
    Prison p = prison(jail);
    Vnet v = p == null ? lab.kernel().machine().vnet0() : p.vnet();
    String mark = MARKS.get(s.what() % MARKS.size());
    String read = sysctl(v, mark);
    String expected = checks.expected(p == null ? 0 : p.id(), mark, MARKED.get(mark));
    if (!read.equals(expected)) {
      wrong.add(mark + " of " + v + " is " + read + ", " + expected + " was set");
    }
  }

  private String sysctl(Vnet v, String name) {
    String in = v.isDefault() ? "" : "jexec " + v.name() + " ";
    return lab.run(in + "sysctl -n " + name).out().strip();
  }

  private void step(LifeStep s) throws ErrnoException {
    int jail = one(s);
    switch (s.kind()) {
      case CREATE -> create(s, missing(s, 0, 12), false);
      case NEST -> create(s, missing(s, 12, LifeMap.JAILS), s.how() % 2 == 0);
      case ATTACH -> attach(s, jail);
      case INTERFACE -> make(s, jail);
      case VMOVE -> move(s);
      case RENAME -> in(s, "ifconfig %s name x%dn%d", (s.how() >> 4) % 3);
      case ADDRESS -> address(s, jail);
      case ROUTE -> route(s, jail);
      case TUNNEL -> tunnel(s, jail);
      case CONNECT -> connect(s, jail);
      case SEND -> send(s, jail);
      case LOAD -> begin(s, "kldload " + MODULES[s.who() % 3]);
      case UNLOAD -> begin(s, "kldunload " + MODULES[s.who() % 3]);
      case SIGNAL -> begin(s, jexec(jail) + "killall -q " + word(s, "sleep", "ping", "greeter"));
      case SYSCTL -> sysctl(s, jail);
      case REMOVE -> remove(s, jail);
      case DESTROY -> in(s, "ifconfig %s destroy", 0);
      case WAIT -> lab.sim().stepper().advance(s.how() % 4000 * MILLI);
    }
  }

  private static String word(LifeStep s, String... of) {
    return of[s.what() % of.length];
  }

  private static String jexec(int jail) {
    return "jexec " + LifeMap.name(jail) + " ";
  }

  private void begin(LifeStep s, String command) {
    int at = log.size();
    log.add(command);
    int[] ended = outcomes.computeIfAbsent(s.kind(), k -> new int[2]);
    lab.begin(
        command,
        r -> {
          ended[r.ok() ? 0 : 1]++;
          log.set(at, command + (r.ok() ? "" : "  # " + r.status() + " " + r.err().strip()));
        },
        e -> wrong.add(command + ": " + e + " " + List.of(e.getStackTrace()).subList(0, 4)));
  }

  /** A program of ours in a jail. */
  private void program(LifeStep s, int jail, String name, Jail.Program<?> program)
      throws ErrnoException {
    Jail in = lab.kernel().jail(LifeMap.name(jail));
    int[] ended = outcomes.computeIfAbsent(s.kind(), k -> new int[2]);
    if (in == null) {
      ended[1]++;
      return;
    }
    log.add("# " + name + " in " + LifeMap.name(jail));
    try {
      in.start(
          name,
          port -> {
            try {
              Object answer = program.run(port);
              ended[0]++;
              return answer;
            } catch (RuntimeException | Error e) {
              wrong.add(name + " in j" + jail + ": " + e);
              throw e;
            } catch (Exception e) {
              ended[1]++;
              throw e;
            }
          });
    } catch (ErrnoException e) {
      ended[1]++; // on its way out
    }
  }

  // ---- who there is ----

  /** A jail: mostly one that lives. */
  private int one(LifeStep s) {
    return mostly(s, 0, LifeMap.JAILS, j -> prison(j) != null);
  }

  /** A jail: mostly one that could be made. */
  private int missing(LifeStep s, int from, int to) {
    return mostly(
        s,
        from,
        to,
        j -> prison(j) == null && (LifeMap.parent(j) < 0 || prison(LifeMap.parent(j)) != null));
  }

  private static int mostly(LifeStep s, int from, int to, IntPredicate wanted) {
    int[] some = IntStream.range(from, to).filter(wanted).toArray();
    return some.length == 0 || s.how() % 13 == 0
        ? from + s.who() % (to - from)
        : some[s.who() % some.length];
  }

  private @Nullable Prison prison(int jail) {
    Prison p = living.get(LifeMap.name(jail));
    return p != null && p.state() == PrisonState.ALIVE ? p : null;
  }

  /** Looks who lives: from now on they can only go. */
  private void census() {
    living.clear();
    for (Prison p : lab.kernel().prisons().snapshot()) {
      if (p.state() == PrisonState.ALIVE) {
        living.put(p.name(), p);
      }
    }
  }

  private List<Ifnet> interfaces(Vnet v) {
    Ifnet lo = Interfaces.of(v).loopback();
    return Interfaces.of(v).list().stream().filter(i -> i != lo).toList();
  }

  /** An interface of a jail, or null. */
  private @Nullable Ifnet interfaceOf(int jail, int pick) {
    Prison p = prison(jail);
    List<Ifnet> all = p == null ? List.of() : interfaces(p.vnet());
    return all.isEmpty() ? null : all.get(pick % all.size());
  }

  /** Any interface, or null. */
  private @Nullable Ifnet anyInterface(int who, int pick) {
    List<Vnet> vnets =
        lab.kernel().machine().vnets().list().stream()
            .filter(v -> v.state() == Vnet.State.ALIVE && !interfaces(v).isEmpty())
            .toList();
    if (vnets.isEmpty()) {
      return null;
    }
    List<Ifnet> all = interfaces(vnets.get(who % vnets.size()));
    return all.get(pick % all.size());
  }

  /** The jail that a vnet is of; -1: vnet0. */
  private static int jailOf(Vnet v) {
    return LifeMap.number(v.name().replaceFirst("\\(.*", ""));
  }

  /** Something done to any interface, where it is. */
  private void in(LifeStep s, String command, int number) {
    Ifnet ifp = anyInterface(s.who(), s.what());
    if (ifp != null) {
      int jail = jailOf(ifp.vnet());
      begin(
          s,
          (jail < 0 ? "" : jexec(jail))
              + command.formatted(ifp.name(), checks.island(ifp), number));
    }
  }

  // ---- jails ----

  private void create(LifeStep s, int jail, boolean fromInside) {
    int parent = LifeMap.parent(jail);
    boolean inside = fromInside && parent >= 0;
    String end = (s.how() >> 3) % 9 == 0 ? " command=sleep " + s.what() % 20 : " persist";
    begin(
        s,
        (inside ? jexec(parent) : "")
            + "jail -c name="
            + (inside ? LifeMap.own(jail) : LifeMap.name(jail))
            + " vnet children.max="
            + (LifeMap.child(jail) < 0 ? 0 : LifeMap.parent(jail) < 0 ? 5 : 2)
            + end);
  }

  private void attach(LifeStep s, int jail) throws ErrnoException {
    switch (s.what() % 4) {
      case 0 -> program(s, jail, "greeter", port -> programs.greeter(port, jail));
      case 1 -> program(s, jail, "collector", port -> programs.collector(port, jail));
      case 2 -> begin(s, jexec(jail) + "sleep " + s.how() % 30);
      default -> begin(s, jexec(jail) + "ping -c 20 -i 0.5 -t 15 127.0.0.1");
    }
  }

  private void remove(LifeStep s, int jail) {
    int parent = LifeMap.parent(jail);
    boolean inside = parent >= 0 && s.how() % 2 == 0;
    String flag = s.what() % 2 == 0 ? "jail -r " : "jail -R ";
    begin(s, inside ? jexec(parent) + flag + LifeMap.own(jail) : flag + LifeMap.name(jail));
  }

  // ---- interfaces ----

  private void make(LifeStep s, int jail) {
    int unit = s.what() % LifeMap.CABLES;
    boolean inside = s.how() % 3 == 1 && prison(jail) != null;
    int of = unit / LifeMap.ISLANDS * LifeMap.ISLANDS + LifeMap.island(jail); // of its island
    String name = (s.how() >> 5) % 6 == 0 ? "lo" : "epair";
    begin(s, (inside ? jexec(jail) : "") + "ifconfig " + name + (inside ? of : unit) + " create");
  }

  private void move(LifeStep s) {
    Ifnet ifp = anyInterface(s.who(), s.what());
    if (ifp == null) {
      return;
    }
    int holder = jailOf(ifp.vnet());
    if (holder < 0) {
      int to = s.how() / 7 % 5 * LifeMap.ISLANDS + checks.island(ifp);
      begin(s, "ifconfig " + ifp.name() + " vnet " + LifeMap.name(to));
      return;
    }
    int child = LifeMap.child(holder);
    int parent = LifeMap.parent(holder);
    int way = s.how() / 7 % 3;
    if (way == 1 && child >= 0) {
      begin(s, jexec(holder) + "ifconfig " + ifp.name() + " vnet " + LifeMap.own(child));
    } else if (way == 2 && parent >= 0) {
      begin(s, jexec(parent) + "ifconfig " + ifp.name() + " -vnet " + LifeMap.own(holder));
    } else {
      begin(s, "ifconfig " + ifp.name() + " -vnet " + LifeMap.name(holder));
    }
  }

  private void address(LifeStep s, int jail) {
    Ifnet ifp = interfaceOf(jail, s.what());
    String in = jexec(jail) + "ifconfig ";
    if (ifp == null || s.how() % 11 == 0) {
      begin(s, in + "lo0 127.0.0.1/8 up");
      return;
    }
    int cable = checks.unit(ifp);
    boolean cabled = ifp.name().startsWith("epair") || ifp.name().startsWith("x");
    String four = cabled ? LifeMap.address(jail, cable) : LifeMap.tunnelAddress(jail, cable);
    String six = LifeMap.address6(jail, cabled ? cable : 0x1000 + cable);
    String how =
        switch (s.how() / 11 % 8) {
          case 0 -> " inet6 " + six + "/64 up";
          case 1 -> " inet6 " + six + " -alias";
          case 2 -> " " + four + " -alias";
          case 3 -> s.how() % 2 == 0 ? " down" : " up";
          case 4 -> " inet " + four + "/30 alias";
          default -> cabled ? " " + four + "/24 up" : " " + four + " " + far(ifp, four, s) + " up";
        };
    begin(s, in + ifp.name() + how);
  }

  /** The address of another jail of the island, on the same cable or tunnel. */
  private String far(Ifnet ifp, String near, LifeStep s) {
    int at = near.lastIndexOf('.') + 1;
    int jail = Integer.parseInt(near.substring(at)) - 1;
    int other = s.how() % 7 == 0 ? -1 : peer(ifp);
    return near.substring(0, at)
        + (1 + (other < 0 ? s.how() / 3 % 5 * LifeMap.ISLANDS + LifeMap.island(jail) : other));
  }

  /** The jail that has the other end of a cable, or a tunnel of the same unit; -1: none. */
  private int peer(Ifnet ifp) {
    for (Vnet v : lab.kernel().machine().vnets().list()) {
      for (Ifnet other : v == ifp.vnet() || v.isDefault() ? List.<Ifnet>of() : interfaces(v)) {
        if (checks.unit(other) == checks.unit(ifp)
            && checks.island(other) == checks.island(ifp)
            && other.type() == ifp.type()) {
          return jailOf(v);
        }
      }
    }
    return -1;
  }

  /** An address that a jail may speak to: over one of its interfaces, or its own. */
  private String target(LifeStep s, int jail) {
    Ifnet ifp = interfaceOf(jail, s.what());
    if (ifp == null || s.how() % 5 == 0) {
      return "127.0.0.1";
    }
    boolean cabled = ifp.name().startsWith("epair") || ifp.name().startsWith("x");
    int unit = checks.unit(ifp);
    return far(ifp, cabled ? LifeMap.address(jail, unit) : LifeMap.tunnelAddress(jail, unit), s);
  }

  private void route(LifeStep s, int jail) {
    String gateway = target(s, jail);
    String net = "10." + LifeMap.island(jail) + "." + s.what() / 3 % LifeMap.CABLES + ".0/24 ";
    String how =
        switch (s.how() / 5 % 6) {
          case 0 -> "route -q delete -net " + net;
          case 1 -> "route -q add default " + gateway;
          case 2 -> "route -q delete default";
          case 3 -> s.what() % 4 == 0 ? "route -q flush" : "sysctl -q net.inet.ip.forwarding=1";
          default -> "route -q add -net " + net + gateway;
        };
    begin(s, jexec(jail) + how);
  }

  // ---- tunnels ----

  private void tunnel(LifeStep s, int jail) {
    String type = word(s, TUNNELS);
    String name = type + (s.what() / 3 % 3);
    String in = jexec(jail) + "ifconfig ";
    String far = target(s, jail);
    int owner = LifeMap.owner(far);
    if (s.how() / 5 % 3 == 0 || owner < 0) {
      begin(s, in + name + " create" + (type.equals("vxlan") ? vxlan(s, jail, far) : ""));
      return;
    }
    String near = far.substring(0, far.lastIndexOf('.') + 1) + (jail + 1);
    String how =
        switch (s.how() / 15 % 7) {
          case 0 -> " deletetunnel";
          case 1 -> " destroy";
          case 2 -> type.equals("gre") ? " grekey " + s.how() % 3 : " tunnelfib 0";
          default -> " tunnel " + near + " " + far;
        };
    begin(s, in + name + (type.equals("vxlan") ? " " + (s.how() % 2 == 0 ? "up" : "down") : how));
  }

  private static String vxlan(LifeStep s, int jail, String far) {
    if (LifeMap.owner(far) < 0) {
      return "";
    }
    String near = far.substring(0, far.lastIndexOf('.') + 1) + (jail + 1);
    return " vxlanid " + (1 + s.how() % 2) + " vxlanlocal " + near + " vxlanremote " + far;
  }

  // ---- traffic ----

  private void connect(LifeStep s, int jail) throws ErrnoException {
    String to = target(s, jail);
    if (s.how() % 3 == 0) {
      program(s, jail, "sender", port -> programs.sender(port, jail, to, true));
    } else {
      program(s, jail, "caller", port -> programs.caller(port, jail, to, s.how() % 9000));
    }
  }

  private void send(LifeStep s, int jail) throws ErrnoException {
    String to = target(s, jail);
    Ifnet by = interfaceOf(jail, s.what());
    switch (s.how() / 5 % 4) {
      case 0 -> begin(s, jexec(jail) + "ping -q -c 3 -i 0.1 -t 2 -s " + s.how() % 3000 + " " + to);
      case 1 ->
          begin(
              s,
              jexec(jail)
                  + "ping -q -6 -c 2 -i 0.1 -t 2 ff02::1%"
                  + (by == null ? "lo0" : by.name()));
      default -> program(s, jail, "sender", port -> programs.sender(port, jail, to, false));
    }
  }

  private void sysctl(LifeStep s, int jail) {
    Prison p = s.what() % 10 == 9 ? null : prison(jail);
    String name = MARKS.get(s.what() % MARKS.size());
    String value = Integer.toString(1 + s.how() % 200);
    String command = (p == null ? "" : jexec(jail)) + "sysctl -q " + name + "=" + value;
    int jid = p == null ? 0 : p.id();
    String variable = jid + " " + name;
    if (!beingSet.add(variable)) {
      return; // of two that set it at once, either may be the last
    }
    log.add(command);
    int[] ended = outcomes.computeIfAbsent(s.kind(), k -> new int[2]);
    lab.begin(
        command,
        r -> {
          beingSet.remove(variable);
          ended[r.ok() ? 0 : 1]++;
          if (r.ok()) {
            checks.set(jid, name, value);
          }
        },
        e -> wrong.add(command + ": " + e));
  }

  // ---- the end ----

  /** Removes every jail and what lies about on the host: then nothing is left. */
  private void end() throws ErrnoException {
    lab.sim().stepper().settle();
    for (int jail = 0; jail < 12; jail++) {
      if (lab.kernel().jail(LifeMap.name(jail)) != null) {
        LifeStep last = new LifeStep(LifeStep.Kind.REMOVE, jail, 1, 1);
        begin(last, "jail -R " + LifeMap.name(jail));
      }
    }
    lab.sim().stepper().advance(Duration.ofSeconds(120).toNanos());
    checks.look();
    Vnet host = lab.kernel().machine().vnet0();
    for (Ifnet ifp : interfaces(host)) {
      lab.run("ifconfig " + ifp.name() + " destroy"); // an epair takes its other end along
    }
    for (String module : MODULES) {
      lab.run("kldunload " + module);
    }
    lab.sim().stepper().advance(Duration.ofSeconds(60).toNanos());
    checks.look();
    same("jls -d jid name dying", "");
    same("ifconfig -l", "lo0");
    if (!lab.sim().stepper().programs().isEmpty()) {
      wrong.add("programs that never end: " + lab.sim().stepper().programs());
    }
    for (Proc p : lab.kernel().machine().kernelLane().call(this::others)) {
      wrong.add("a process that never ends: " + p);
    }
    wrong.addAll(ObjectGraph.of(lab.kernel()).deadVnets());
  }

  private List<Proc> others() {
    return lab.kernel().procs().within(lab.kernel().prisons().prison0()).stream()
        .filter(p -> p != lab.kernel().init())
        .toList();
  }

  private void same(String command, String expected) {
    String out = lab.run(command).out().strip();
    if (!out.equals(expected)) {
      wrong.add(command + ": " + out);
    }
  }
}
