package cellblock.host.jail;

import cellblock.control.JailRequest;
import cellblock.control.JailRequest.JailInfo;
import cellblock.control.JailRequest.LedgerInfo;
import cellblock.host.Kernel;
import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.HolderKind;
import cellblock.kern.jail.JailRemove;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.jail.Prisons;
import cellblock.kern.jail.Reaper;
import cellblock.kern.jail.Timeline;
import cellblock.kern.lane.KernelFault;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.proc.Proc;
import cellblock.kern.sysctl.IntCell;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * jail(2): jail_set, jail_get, jail_attach, jail_remove (ancestor: sys/kern/kern_jail.c).
 * Threading: any thread outside the lanes.
 */
public final class JailService {
  private static final long SECOND = 1_000_000_000L;

  private final Kernel kernel;
  private final Machine machine;
  private final Prisons prisons;
  private final IntCell removeTimeout = new IntCell(30);
  private final IntCell removeAsync = new IntCell(0);
  private final List<JailRemove> removals = new ArrayList<>();
  private volatile Reaper reaper = Reaper.NONE;

  public JailService(Kernel kernel) {
    this.kernel = kernel;
    this.machine = kernel.machine();
    this.prisons = kernel.prisons();
  }

  /** Who kills host programs that the process table does not know. */
  public void reaper(Reaper r) {
    reaper = r;
  }

  /** security.jail.remove_timeout, seconds. */
  public IntCell removeTimeout() {
    return removeTimeout;
  }

  /** security.jail.remove_async: FreeBSD's behaviour. */
  public IntCell removeAsync() {
    return removeAsync;
  }

  // ---- set ----

  /** jail_set(2); returns the jid. */
  public int set(JailRequest.Set request, Proc caller) throws ErrnoException {
    JailSettings settings = JailSettings.of(request.params());
    Prison at = caller.prison();
    Prison existing = named(at, settings);
    if (existing == null) {
      if (!request.create()) {
        throw notFound(settings);
      }
      if (!settings.is("persist") && !request.attach()) {
        throw new ErrnoException(Errno.EINVAL, "new jail must persist or attach");
      }
      Prison made = machine.coordinator().run(new JailCreate(prisons, at, settings, this::abandon));
      if (made.ownsVnet()) {
        kernel.sysctls().seed(made.vnet());
      }
      if (request.attach()) {
        attach(made, caller);
      }
      return made.id();
    }
    if (!request.update()) {
      throw new ErrnoException(
          Errno.EEXIST, "jail " + nameOrJid(settings, existing) + " already exists");
    }
    update(existing, settings, at);
    if (request.attach()) {
      attach(existing, caller);
    }
    return existing.id();
  }

  private static String nameOrJid(JailSettings s, Prison p) {
    String name = s.get("name");
    return s.has("jid") || name == null ? Integer.toString(p.id()) : "\"" + name + "\"";
  }

  private @Nullable Prison named(Prison at, JailSettings s) throws ErrnoException {
    int jid = s.number("jid", 0);
    String name = s.get("name");
    return machine
        .kernelLane()
        .call(() -> {
          Prison p = jid != 0 ? prisons.find(jid) : null;
          if (p == null && jid == 0 && name != null) {
            p = prisons.find(at, name);
            if (p == null && isJid(name)) {
              p = prisons.find(Integer.parseInt(name));
            }
          }
          return p != null && p.state() == PrisonState.ALIVE && p.visibleTo(at) ? p : null;
        });
  }

  private static boolean isJid(String text) {
    boolean digits = !text.isEmpty() && text.length() <= 6;
    for (int i = 0; digits && i < text.length(); i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return digits;
  }

  private static ErrnoException notFound(JailSettings s) {
    String name = s.get("name");
    return new ErrnoException(
        Errno.ENOENT,
        s.has("jid") || name == null
            ? "jail " + s.get("jid") + " not found"
            : "jail \"" + name + "\" not found");
  }

  private void update(Prison p, JailSettings settings, Prison at) throws ErrnoException {
    JailRemove natural =
        machine
            .kernelLane()
            .call(() -> {
              new JailChecks(prisons, at).update(p, settings);
              boolean held = p.held(HolderKind.PERSIST) > 0;
              if (settings.has("persist") && settings.is("persist") != held) {
                if (!held) {
                  p.hold(HolderKind.PERSIST);
                } else if (prisons.release(p, HolderKind.PERSIST)) {
                  return removal(p);
                }
              }
              return null;
            });
    if (natural != null) {
      machine.spawn(natural);
    }
  }

  // ---- attach ----

  /** jail_attach(2) by jid. */
  public int attach(int jid, Proc caller) throws ErrnoException {
    Prison p = find(caller.prison(), Integer.toString(jid), false);
    if (p == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    attach(p, caller);
    return p.id();
  }

  private void attach(Prison p, Proc caller) throws ErrnoException {
    machine
        .kernelLane()
        .call(() -> {
          kernel.procs().attach(caller, p);
          return true;
        });
  }

  // ---- get ----

  /** A jail below {@code at}, by jid or name; null when there is none (or it is dying). */
  public @Nullable Prison find(Prison at, String nameOrJid, boolean dying) {
    return answer(() -> {
      Prison p = null;
      if (isJid(nameOrJid)) {
        p = prisons.find(Integer.parseInt(nameOrJid));
      }
      if (p == null || !p.visibleTo(at)) {
        p = prisons.find(at, nameOrJid);
      }
      boolean seen = p != null && p.visibleTo(at) && (dying || p.state() == PrisonState.ALIVE);
      return seen ? p : null;
    });
  }

  /** jail_get(2). */
  public JailInfo get(JailRequest.Get request, Proc caller) throws ErrnoException {
    Prison at = caller.prison();
    return machine
        .kernelLane()
        .call(() -> {
          Prison p = sought(request, at);
          if (p.state() != PrisonState.ALIVE && !request.dying()) {
            throw new ErrnoException(Errno.ENOENT, "jail " + request.value() + " is dying");
          }
          return info(p, at);
        });
  }

  private Prison sought(JailRequest.Get request, Prison at) throws ErrnoException {
    String value = request.value();
    switch (request.key()) {
      case "lastjid" -> {
        int last = Integer.parseInt(value);
        for (Prison p : prisons.all()) {
          boolean seen = request.dying() || p.state() == PrisonState.ALIVE;
          if (p.id() > last && p.visibleTo(at) && seen && p.state() != PrisonState.INVALID) {
            return p;
          }
        }
        throw new ErrnoException(Errno.ENOENT, "no jail after " + value);
      }
      case "jid" -> {
        Prison p = isJid(value) ? prisons.find(Integer.parseInt(value)) : null;
        if (p == null || !p.visibleTo(at) || p.state() == PrisonState.INVALID) {
          throw new ErrnoException(Errno.ENOENT, "jail " + value + " not found");
        }
        return p;
      }
      default -> {
        Prison p = prisons.find(at, value);
        if (p == null || !p.visibleTo(at) || p.state() == PrisonState.INVALID) {
          throw new ErrnoException(Errno.ENOENT, "jail \"" + value + "\" not found");
        }
        return p;
      }
    }
  }

  /** Every jail below the caller's, by jid. */
  public List<JailInfo> list(boolean dying, Proc caller) {
    Prison at = caller.prison();
    return answer(() -> {
      List<JailInfo> all = new ArrayList<>();
      for (Prison p : prisons.all()) {
        boolean seen = p.state() == PrisonState.ALIVE || (dying && p.state() == PrisonState.DYING);
        if (seen && p.visibleTo(at)) {
          all.add(info(p, at));
        }
      }
      return all;
    });
  }

  private JailInfo info(Prison p, Prison at) {
    Map<String, String> params = p.parameters();
    Prison parent = p.parent();
    params.put("jid", Integer.toString(p.id()));
    params.put("name", prisons.nameFor(at, p));
    params.put("parent", Integer.toString(parent == null || parent == at ? 0 : parent.id()));
    params.put("dying", Boolean.toString(p.state() != PrisonState.ALIVE));
    params.put("persist", Boolean.toString(p.held(HolderKind.PERSIST) > 0));
    params.put("securelevel", Integer.toString(p.secureLevel()));
    params.put("children.cur", Integer.toString(p.childrenCur()));
    params.put("children.max", Integer.toString(p.childrenMax()));
    String step = step(p);
    String state = p.state() == PrisonState.ALIVE ? "ACTIVE" : "DYING";
    return new JailInfo(p.id(), prisons.nameFor(at, p), state, params, step);
  }

  /** The step that a removal is at, and what it waits for; null when there is none. */
  private static @Nullable String step(Prison p) {
    JailRemove removal = p.removal();
    if (removal == null) {
      return null;
    }
    return removal.why().isEmpty() ? removal.at() : removal.at() + ": " + removal.why();
  }

  // ---- remove ----

  /**
   * jail_remove(2): returns when the jail is gone.
   *
   * @throws ErrnoException EINVAL when there is no such jail, EBUSY when the deadline passed; the
   *     message then names step and holder
   */
  public void remove(int jid, Proc caller) throws ErrnoException {
    Prison at = caller.prison();
    Begun begun =
        machine
            .kernelLane()
            .call(() -> {
              Prison p = prisons.find(jid);
              if (p == null || !p.visibleTo(at) || p.state() == PrisonState.INVALID) {
                throw new ErrnoException(Errno.EINVAL, "jail " + jid + " not found");
              }
              return begun(p);
            });
    if (removeAsync.get() == 0) {
      await(begun.removal, begun.mine);
    } else if (begun.mine) {
      machine.spawn(begun.removal);
    }
  }

  /** A removal under way; {@code mine} when it is the caller who is to drive it. */
  private record Begun(JailRemove removal, boolean mine) {}

  /** In a turn of the kernel lane. */
  private Begun begun(Prison p) {
    boolean mine = p.removal() == null;
    return new Begun(begin(p), mine);
  }

  /**
   * Begins the removal of a jail, or joins the one under way; whoever begins it drives it. In a
   * turn of the kernel lane.
   */
  public JailRemove begin(Prison p) {
    JailRemove under = p.removal();
    return under == null ? removal(p) : under;
  }

  /** In a turn of the kernel lane. */
  private JailRemove removal(Prison p) {
    JailRemove r = new JailRemove(prisons, kernel.procs(), p, reaper, this::buried);
    removals.add(r);
    return r;
  }

  /**
   * In a turn of the kernel lane: a prison whose making failed is gone, and so may its parent be.
   */
  private void abandon(Prison made) {
    prisons.abandon(made);
    buried(made);
  }

  /** In a turn of the kernel lane. A parent that only its child kept alive follows it. */
  private void buried(Prison gone) {
    removals.removeIf(r -> r.target() == gone || r.finished()); // nothing dead is kept by it
    Prison parent = gone.parent();
    if (parent != null && parent.state() == PrisonState.ALIVE && !parent.keptAlive()) {
      lastOneLeft(parent);
    }
  }

  /** Drives it here until the deadline, then leaves it to a worker. */
  private void await(JailRemove removal, boolean mine) throws ErrnoException {
    long deadline = machine.clock().nanos() + removeTimeout.get() * SECOND;
    DeadlineAlarm alarm = new DeadlineAlarm(machine);
    while (!removal.returned()) {
      if (machine.clock().nanos() >= deadline) {
        alarm.clear();
        if (mine) {
          machine.spawn(removal);
        }
        String why = removal.why().isEmpty() ? "" : ": " + removal.why();
        throw new ErrnoException(
            Errno.EBUSY,
            "jail " + removal.target().id() + " is still dying at " + removal.at() + why);
      }
      if (!mine || !removal.advance()) {
        alarm.set(deadline);
        machine
            .lanes()
            .waiting()
            .until(() ->
                removal.returned()
                    || (mine && removal.ready())
                    || machine.clock().nanos() >= deadline);
      }
    }
    alarm.clear();
    if (removal.finished()) {
      removal.result();
    } else if (mine) {
      machine.spawn(removal);
    }
  }

  /**
   * Nobody keeps the prison alive any more: it dies a natural death. In a turn of the kernel lane.
   */
  public void lastOneLeft(Prison p) {
    if (p.parent() != null && p.removal() == null) {
      machine.spawn(removal(p));
    }
  }

  /**
   * Removes every jail, those that come meanwhile too, and waits for each whatever
   * security.jail.remove_async says: the kernel stops.
   *
   * @throws ErrnoException EBUSY when the deadline of one passed
   */
  public void removeAll() throws ErrnoException {
    Set<Prison> removed = new LinkedHashSet<>();
    for (Prison next = oneLeft(removed); next != null; next = oneLeft(removed)) {
      Prison p = next;
      removed.add(p);
      awaitMade(p);
      Begun begun = answer(() -> p.state() == PrisonState.GONE ? null : begun(p));
      if (begun != null) {
        await(begun.removal, begun.mine);
      }
    }
  }

  private @Nullable Prison oneLeft(Set<Prison> but) {
    return answer(() -> {
      for (Prison p : prisons.prison0().children()) {
        if (!but.contains(p)) {
          return p;
        }
      }
      return null;
    });
  }

  /** A jail that is being made is alive or gone in the end; its maker sees to that. */
  private void awaitMade(Prison p) throws ErrnoException {
    if (p.state() != PrisonState.INVALID) {
      return;
    }
    long deadline = machine.clock().nanos() + removeTimeout.get() * SECOND;
    DeadlineAlarm alarm = new DeadlineAlarm(machine);
    alarm.set(deadline);
    machine
        .lanes()
        .waiting()
        .until(() -> p.state() != PrisonState.INVALID || machine.clock().nanos() >= deadline);
    alarm.clear();
    if (p.state() == PrisonState.INVALID) {
      throw new ErrnoException(Errno.EBUSY, "jail " + p.id() + " is still being made");
    }
  }

  /** Every removal under way. */
  public List<JailRemove> removals() {
    return answer(() -> List.copyOf(removals));
  }

  /** A prison's parameter, or {@code otherwise} where it has none of that name. */
  public static String parameter(Prison p, String name, String otherwise) {
    String value = p.parameter(name);
    return value == null ? otherwise : value;
  }

  /** The parameters that jail_set takes. */
  public List<JailRequest.ParamInfo> params() {
    return JailParameters.infos();
  }

  // ---- ledger ----

  /** The ledger of a jail, alive or buried lately. */
  public LedgerInfo ledger(String jail, Proc caller) throws ErrnoException {
    Prison p = find(caller.prison(), jail, true);
    if (p == null) {
      if (caller.prison().parent() != null) {
        throw new ErrnoException(Errno.ENOENT, "jail \"" + jail + "\" not found");
      }
      return buried(jail);
    }
    Vnet v = p.vnet();
    Map<String, List<String>> entries =
        v.call(() -> {
          Map<String, List<String>> by = new LinkedHashMap<>();
          for (Ledger.Entry e : v.ledger().entries().reversed()) {
            by.computeIfAbsent(e.kind().toString(), k -> new ArrayList<>()).add(e.toString());
          }
          return by;
        });
    String state = p.state() == PrisonState.ALIVE ? "alive" : "dying";
    return new LedgerInfo(
        p.id(),
        prisons.nameFor(caller.prison(), p),
        state,
        step(p),
        entries,
        moments(p.timeline().moments()));
  }

  /** The dead jails that are remembered; for the host only. */
  public List<LedgerInfo> dead(Proc caller) throws ErrnoException {
    caller.cred().checkHost();
    return answer(prisons::buried).stream().map(JailService::info).toList();
  }

  private static List<JailRequest.Moment> moments(List<Timeline.Moment> of) {
    return of.stream().map(m -> new JailRequest.Moment(m.nanos(), m.what())).toList();
  }

  private static LedgerInfo info(Prisons.BuriedJail b) {
    Map<String, List<String>> left = new LinkedHashMap<>();
    if (!b.ledgerLeft().isEmpty()) {
      left.put("LEFT", b.ledgerLeft());
    }
    return new LedgerInfo(b.jid(), b.name(), "dead", null, left, moments(b.timeline()));
  }

  private LedgerInfo buried(String jail) throws ErrnoException {
    Prisons.BuriedJail b = answer(() -> prisons.buried(jail));
    if (b == null) {
      throw new ErrnoException(Errno.ENOENT, "jail \"" + jail + "\" not found");
    }
    return info(b);
  }

  private <T extends @Nullable Object> T answer(java.util.concurrent.Callable<T> question) {
    try {
      return machine.kernelLane().call(question);
    } catch (ErrnoException e) {
      throw new KernelFault("a question was refused: " + e.getMessage(), e);
    }
  }
}
