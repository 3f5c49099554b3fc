package cellblock.kern.jail;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.memguard.Grave;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The tree of prisons (ancestor: allprison of sys/kern/kern_jail.c). Jids are given as FreeBSD 14
 * does: the next one after the last given; a dying prison never comes back, and gives its jid up to
 * a new one that asks for it.
 *
 * <p>Threading: owned by the kernel lane.
 */
public final class Prisons {
  /** JAIL_MAX of sys/jail.h. */
  public static final int JAIL_MAX = 999_999;

  /** The largest serial: there is always a free one, since there are more than jids. */
  static final int SERIAL_MAX = (1 << 20) - 1;

  private final Machine machine;
  private final Prison prison0;
  private final ConcurrentSkipListMap<Integer, Prison> byId = new ConcurrentSkipListMap<>();
  private final Map<Integer, Prison> bySerial = new ConcurrentSkipListMap<>();
  private final ArrayDeque<BuriedJail> buried = new ArrayDeque<>();
  private final Map<String, Prison> alive = new LinkedHashMap<>();

  /** Names of those that are being made. */
  private final Map<String, Prison> coming = new LinkedHashMap<>();

  private int lastId;
  private int lastSerial;
  private int deadId = JAIL_MAX;

  /** What is remembered of a jail that is gone. */
  public record BuriedJail(
      int jid,
      String name,
      List<String> ledgerLeft,
      List<String> trace,
      List<Timeline.Moment> timeline) {}

  private static final int REMEMBERED = 64;

  public Prisons(Machine machine, Vnet vnet0) {
    this.machine = machine;
    this.prison0 = new Prison(null, 0, 0, "0", true, machine.clock());
    setVnet(prison0, vnet0);
    prison0.childrenMax(JAIL_MAX);
    prison0.state(PrisonState.ALIVE);
    prison0.hold(HolderKind.PERSIST);
  }

  public Machine machine() {
    return machine;
  }

  /** The host's own. */
  public Prison prison0() {
    return prison0;
  }

  /** All but prison0, by jid. */
  public Collection<Prison> all() {
    return List.copyOf(byId.values());
  }

  /** All but prison0, by jid; for anyone. A copy. */
  public List<Prison> snapshot() {
    return List.copyOf(byId.values());
  }

  /** prison_find: by jid, alive or dying. */
  public @Nullable Prison find(int id) {
    return id == 0 ? prison0 : byId.get(id);
  }

  /** By {@link Prison#serial}, alive or dying, whatever jid it has by now; null when it is gone. */
  public @Nullable Prison bySerial(int serial) {
    return serial == 0 ? prison0 : bySerial.get(serial);
  }

  /**
   * By name as {@code viewer} says it, which is relative to its own. A living prison is preferred
   * to a dying one of the same name.
   */
  public @Nullable Prison find(Prison viewer, String name) {
    String full = fullName(viewer, name);
    Prison living = alive.get(full);
    if (living != null || alive.size() == byId.size()) {
      return living;
    }
    Prison dying = null;
    for (Prison p : byId.values()) {
      if (p.name().equals(full)) {
        dying = p;
      }
    }
    return dying;
  }

  /** A name as vnet0's root would say it. */
  public String fullName(Prison viewer, String name) {
    return viewer == prison0 ? name : viewer.name() + "." + name;
  }

  /** A prison's name as {@code viewer} says it. */
  public String nameFor(Prison viewer, Prison p) {
    return viewer == prison0 || !viewer.contains(p) || p == viewer
        ? p.name()
        : p.name().substring(viewer.name().length() + 1);
  }

  /**
   * A new prison below {@code parent}, still INVALID. {@code id} 0 = the next free one.
   *
   * @throws ErrnoException EEXIST, EAGAIN ("no available jail IDs"), EPERM ("prison limit
   *     exceeded")
   */
  public Prison allocate(Prison parent, int id, @Nullable String name, boolean ownsVnet)
      throws ErrnoException {
    if (parent.state() != PrisonState.ALIVE) {
      throw new ErrnoException(Errno.ENOENT, "jail \"" + parent.name() + "\" not found");
    }
    if (parent != prison0 && parent.childrenMax() == 0) {
      throw new ErrnoException(Errno.EPERM);
    }
    for (Prison p = parent; p != null; p = p.parent()) {
      if (p.childrenCur() >= p.childrenMax()) {
        throw new ErrnoException(Errno.EPERM, "prison limit exceeded");
      }
    }
    int jid = id;
    if (jid == 0) {
      jid = nextId();
    } else {
      Prison old = byId.get(jid);
      if (old != null && old.state() != PrisonState.DYING) {
        throw new ErrnoException(Errno.EEXIST, "jail " + jid + " already exists");
      }
      if (old != null) {
        renumber(old);
      }
    }
    String full = name == null ? fullName(parent, "" + jid) : name;
    checkFree(full);
    Prison p = new Prison(parent, nextSerial(), jid, full, ownsVnet, machine.clock());
    coming.put(full, p);
    byId.put(jid, p);
    bySerial.put(p.serial(), p);
    parent.adopt(p);
    parent.hold(HolderKind.CHILD, p.toString());
    return p;
  }

  /** Nobody has the name, and nobody is being made who will. */
  private void checkFree(String name) throws ErrnoException {
    if (alive.containsKey(name) || coming.containsKey(name)) {
      throw new ErrnoException(Errno.EEXIST, "jail \"" + name + "\" already exists");
    }
  }

  private int nextId() throws ErrnoException {
    for (int tried = 0, id = lastId; tried < JAIL_MAX; tried++) {
      id = id == JAIL_MAX ? 1 : id + 1;
      if (!byId.containsKey(id)) {
        lastId = id;
        return id;
      }
    }
    throw new ErrnoException(Errno.EAGAIN, "no available jail IDs");
  }

  private int nextSerial() {
    do {
      lastSerial = lastSerial == SERIAL_MAX ? 1 : lastSerial + 1;
    } while (bySerial.containsKey(lastSerial));
    return lastSerial;
  }

  private void renumber(Prison dying) {
    while (byId.containsKey(deadId)) {
      deadId = deadId == 1 ? JAIL_MAX : deadId - 1;
    }
    byId.remove(dying.id());
    dying.id(deadId);
    byId.put(deadId, dying);
  }

  /**
   * The prison is complete: it can be found and used.
   *
   * @throws ErrnoException ENOENT when its parent began to die meanwhile, EEXIST when another was
   *     given its name: the maker takes it back
   */
  public void alive(Prison p) throws ErrnoException {
    Prison parent = p.parent();
    if (parent != null && parent.state() != PrisonState.ALIVE) {
      throw new ErrnoException(Errno.ENOENT, "jail \"" + parent.name() + "\" is dying");
    }
    coming.values().remove(p); // by name it may be another: a parent was renamed
    checkFree(p.name());
    p.state(PrisonState.ALIVE);
    p.timeline().add("alive");
    alive.put(p.name(), p);
  }

  /** The prison begins to die. */
  void dying(Prison p) {
    p.state(PrisonState.DYING);
    p.timeline().add("dying");
    alive.remove(p.name(), p);
  }

  /** Gives a prison the vnet it lives in. */
  public void setVnet(Prison p, Vnet vnet) {
    p.vnet(vnet);
    if (p.ownsVnet()) {
      vnet.owner(new Devices(p));
    }
  }

  /** Devices made in the vnet of a prison have its credentials. */
  private final class Devices implements Vnet.Owner {
    private final Prison prison;

    private Devices(Prison prison) {
      this.prison = prison;
    }

    @Override
    public void hold(String device) {
      prison.hold(HolderKind.DEVICE, device);
    }

    @Override
    public void release(String device) {
      machine
          .kernelLane()
          .post(Event.of(() -> Prisons.this.release(prison, HolderKind.DEVICE, device)));
    }
  }

  /** Renames a prison and, with it, everything below. */
  public void rename(Prison p, String fullName) {
    String old = p.name() + ".";
    for (Prison other : byId.values()) {
      if (other != p && p.contains(other)) {
        nameAnew(other, fullName + "." + other.name().substring(old.length()));
      }
    }
    nameAnew(p, fullName);
  }

  private void nameAnew(Prison p, String fullName) {
    boolean listed = alive.remove(p.name(), p);
    p.name(fullName);
    if (listed) {
      alive.put(fullName, p);
    }
  }

  /** A holder lets go; true when nobody keeps the prison alive any more. */
  public boolean release(Prison p, HolderKind kind) {
    return release(p, kind, "");
  }

  /** The same; {@code who} is for people. */
  public boolean release(Prison p, HolderKind kind, String who) {
    p.drop(kind, who);
    return p.state() == PrisonState.ALIVE && kind.keepsAlive() && !p.keptAlive();
  }

  /** Takes back a prison whose making failed. */
  public void abandon(Prison p) {
    if (p.state() == PrisonState.INVALID) {
      unlink(p);
    }
  }

  private void unlink(Prison p) {
    byId.remove(p.id());
    bySerial.remove(p.serial());
    coming.values().remove(p);
    p.state(PrisonState.GONE);
    p.grave(machine.memguard().free("prison " + p));
    Prison parent = p.parent();
    if (parent != null) {
      Grave dead = parent.grave();
      if (dead != null) {
        throw machine.memguard().touched(dead, "its child " + p);
      }
      parent.disown(p);
      parent.drop(HolderKind.CHILD, p.toString());
    }
  }

  /** Unlinks a prison that is gone; its jid is free. */
  void bury(Prison p, List<String> ledgerLeft, List<String> trace) {
    unlink(p);
    if (buried.size() == REMEMBERED) {
      buried.removeFirst();
    }
    p.timeline().add("gone");
    List<Timeline.Moment> moments = p.timeline().moments();
    buried.addLast(new BuriedJail(p.id(), p.name(), ledgerLeft, trace, moments));
  }

  /** The jail of that name or jid that was buried last; null when none is remembered. */
  public @Nullable BuriedJail buried(String nameOrJid) {
    for (BuriedJail one : buried.reversed()) {
      if (one.name.equals(nameOrJid) || Integer.toString(one.jid).equals(nameOrJid)) {
        return one;
      }
    }
    return null;
  }

  /** The last jails that are gone, oldest first. */
  public List<BuriedJail> buried() {
    return new ArrayList<>(buried);
  }
}
