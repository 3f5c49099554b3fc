package cellblock.race;

import cellblock.host.Jail;
import cellblock.host.JailBuilder;
import cellblock.host.Kernel;
import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.JailRemove;
import cellblock.kern.jail.Prison;
import cellblock.kern.module.KernelModule;
import cellblock.kern.plan.TeardownPlan;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.sim.Sim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in virtual time, and words for what scenarios do to it. What is done while a scenario is
 * set up happens at once; actors begin when the set-up has ended.
 */
public final class World {
  /** A check of a scenario: adds what is wrong. */
  @FunctionalInterface
  public interface Check {
    void look(Findings findings) throws ErrnoException;
  }

  /** Takes findings. */
  @FunctionalInterface
  public interface Findings {
    void add(String text);
  }

  private final Sim sim;
  private final Kernel kernel;
  private final Trace trace;
  private final List<Actor> actors = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final Map<String, JailRemove> removals = new LinkedHashMap<>();

  World(TeardownPlan plan, Director director, Trace trace, List<KernelModule> more) {
    this.trace = trace;
    this.sim = new Sim(1, plan, director);
    Kernel.Config config = Kernel.Config.defaults(1).checked();
    // What a scenario is not about would only be more steps to permute.
    this.kernel = Kernel.boot(sim.machine(), config.without("if_gif", "if_tuntap").with(more));
  }

  public Kernel kernel() {
    return kernel;
  }

  public Machine machine() {
    return sim.machine();
  }

  public Sim sim() {
    return sim;
  }

  /** vnet0. */
  public Vnet host() {
    return machine().vnet0();
  }

  List<Actor> actors() {
    return actors;
  }

  List<Check> checks() {
    return checks;
  }

  /** A remark in the trace. */
  public void say(String what) {
    trace.say(what);
  }

  // ---- set-up ----

  /** A jail with a network stack of its own that persists. */
  public Vnet jail(String name) throws ErrnoException {
    return jail(kernel.newJail(name).vnet().persist().children(9));
  }

  /** A jail as its builder says. */
  public Vnet jail(JailBuilder builder) throws ErrnoException {
    return builder.create().vnet();
  }

  /** A jail's prison, alive or dying. */
  public Prison prison(String name) {
    Prison p = kernel.jails().find(kernel.prisons().prison0(), name, true);
    if (p == null) {
      throw new IllegalStateException("no jail " + name);
    }
    return p;
  }

  /** A jail, or null. */
  public @Nullable Jail find(String name) {
    return kernel.jail(name);
  }

  public <T> T run(Saga<T> saga) throws ErrnoException {
    return machine().coordinator().run(saga);
  }

  /** Answers a question in a turn of a vnet. */
  public <T extends @Nullable Object> T in(Vnet vnet, Callable<T> work) throws ErrnoException {
    return vnet.call(work);
  }

  public Ifnet create(Vnet vnet, String request) throws ErrnoException {
    return run(new IfCreate(vnet, request, Map.of()));
  }

  public Ifnet lend(String name, Vnet to) throws ErrnoException {
    return run(IfMove.lend(host(), name, to));
  }

  /** An interface by name; an error where there is none. */
  public Ifnet unit(Vnet vnet, String name) throws ErrnoException {
    return in(vnet, () -> Interfaces.of(vnet).named(name));
  }

  public void up(Ifnet ifp) throws ErrnoException {
    in(
        ifp.vnet(),
        () -> {
          ifp.setFlags(IfFlags.UP, 0);
          return true;
        });
  }

  /** The names of a vnet's interfaces, in order of arrival. */
  public List<String> names(Vnet vnet) {
    return Interfaces.of(vnet).list().stream().map(Ifnet::name).toList();
  }

  // ---- actors ----

  /** Somebody who begins when the race begins. */
  public Actor actor(String name) {
    Actor a = new Actor(name, trace);
    actors.add(a);
    return a;
  }

  /** {@code jail -r NAME}. */
  public Actor removes(String name) {
    return thenRemoves(actor("jail -r " + name), name);
  }

  /** The same as a step of somebody's: ends when jail -r returns. */
  public Actor thenRemoves(Actor a, String name) {
    Prison target = prison(name);
    return a.does(
            "jail_remove " + name,
            machine().kernelLane(),
            () -> {
              JailRemove r = kernel.jails().begin(target);
              removals.put(name, r);
              machine().spawn(r);
            })
        .waits("jail -r " + name + " returns", () -> removal(name).returned())
        .notes("jail -r returned", () -> say("jail -r " + name + " has returned"));
  }

  /** The removal of a jail that was begun. */
  public JailRemove removal(String name) {
    JailRemove r = removals.get(name);
    if (r == null) {
      throw new IllegalStateException("nobody removes " + name);
    }
    return r;
  }

  /** {@code ifconfig NAME destroy} in a vnet. */
  public Actor destroys(Vnet vnet, String name) {
    return actor("ifconfig " + name + " destroy in " + vnet)
        .runs("destroy", () -> new IfDestroy(vnet, name));
  }

  /** {@code ifconfig NAME vnet J} on the host. */
  public Actor lends(String name, Vnet to) {
    return actor("ifconfig " + name + " vnet " + to)
        .runs("lend", () -> IfMove.lend(host(), name, to));
  }

  /** {@code ifconfig NAME -vnet J} on the host. */
  public Actor reclaims(String name, Vnet from) {
    return actor("ifconfig " + name + " -vnet " + from)
        .runs("reclaim", () -> IfMove.reclaim(host(), name, from));
  }

  /** What must hold when all is over. */
  public void check(Check check) {
    checks.add(check);
  }
}
