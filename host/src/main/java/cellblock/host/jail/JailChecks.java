package cellblock.host.jail;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.jail.Prisons;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of jail_set(2) that need the prison tree, in FreeBSD's words, and the setting of
 * parameters (ancestor: kern_jail_set). In turns of the kernel lane.
 */
final class JailChecks {
  private static final int SECURELEVEL_MAX = 3;

  private final Prisons prisons;
  private final Prison caller;

  JailChecks(Prisons prisons, Prison caller) {
    this.prisons = prisons;
    this.caller = caller;
  }

  /** Where a new prison goes. */
  record Place(Prison parent, int jid, @Nullable String fullName) {}

  void creation(JailSettings s, boolean vnet) throws ErrnoException {
    if (vnet && !prisons.machine().vimage()) {
      throw new ErrnoException(Errno.EINVAL, "unknown parameter: vnet");
    }
    for (String family : List.of("ip4", "ip6")) {
      boolean restricted =
          "new".equals(s.get(family)) || "disable".equals(s.get(family)) || s.has(family + ".addr");
      if (vnet && restricted) {
        throw new ErrnoException(Errno.EINVAL, "vnet jails cannot have IP address restrictions");
      }
    }
    String path = s.get("path");
    if (path != null && !path.startsWith("/")) {
      throw new ErrnoException(Errno.EINVAL, "path: not an absolute pathname");
    }
    values(s);
  }

  /** The name may be dotted: all but its last part names the parent. */
  Place place(JailSettings s) throws ErrnoException {
    int jid = s.number("jid", 0);
    if (jid < 0 || jid > Prisons.JAIL_MAX) {
      throw new ErrnoException(Errno.EINVAL, "negative or too large jid");
    }
    String name = s.get("name");
    if (name == null || name.isEmpty()) {
      return new Place(caller, jid, null);
    }
    int dot = name.lastIndexOf('.');
    Prison parent = caller;
    if (dot >= 0) {
      String above = name.substring(0, dot);
      Prison found = prisons.find(caller, above);
      if (found == null || found.state() != PrisonState.ALIVE || !found.visibleTo(caller)) {
        throw new ErrnoException(Errno.ENOENT, "jail \"" + above + "\" not found");
      }
      parent = found;
    }
    String last = name.substring(dot + 1);
    name(last, jid);
    String full = prisons.fullName(parent, last);
    Prison same = prisons.find(prisons.prison0(), full);
    if (same != null && same.state() == PrisonState.ALIVE) {
      throw new ErrnoException(Errno.EEXIST, "jail \"" + name + "\" already exists");
    }
    return new Place(parent, jid, full);
  }

  private static void name(String last, int jid) throws ErrnoException {
    if (last.isEmpty()) {
      throw new ErrnoException(Errno.EINVAL, "name cannot be empty");
    }
    boolean numeric = last.chars().allMatch(c -> c >= '0' && c <= '9');
    if (numeric && !last.equals(Integer.toString(jid))) {
      throw new ErrnoException(Errno.EINVAL, "name cannot be numeric (unless it is the jid)");
    }
  }

  private static void values(JailSettings s) throws ErrnoException {
    int level = s.number("securelevel", -1);
    if (level < -1 || level > SECURELEVEL_MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
    int statfs = s.number("enforce_statfs", 2);
    if (statfs < 0 || statfs > 2) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (s.number("devfs_ruleset", 0) < 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** What an existing prison may be told. */
  void update(Prison p, JailSettings s) throws ErrnoException {
    values(s);
    for (JailParameters.Parameter known : JailParameters.all()) {
      String value = s.get(known.name());
      if (value == null || known.name().equals("jid") || known.name().equals("name")) {
        continue;
      }
      if (known.fixed() && !value.equals(p.parameter(known.name()))) {
        throw new ErrnoException(Errno.EINVAL, known.name() + " cannot be changed after creation");
      }
      if (known.name().endsWith(".addr") && p.ownsVnet() && !value.isEmpty()) {
        throw new ErrnoException(Errno.EINVAL, "vnet jails cannot have IP address restrictions");
      }
    }
    String name = s.get("name");
    if (name != null && !name.isEmpty()) {
      rename(p, name);
    }
    apply(p, s);
  }

  private void rename(Prison p, String name) throws ErrnoException {
    String full = prisons.fullName(caller, name);
    if (full.equals(p.name())) {
      return;
    }
    int dot = full.lastIndexOf('.');
    Prison parent = p.parent();
    String above = parent == null || parent.parent() == null ? "" : parent.name();
    if (!above.equals(dot < 0 ? "" : full.substring(0, dot))) {
      throw new ErrnoException(Errno.EINVAL, "cannot change jail's parent");
    }
    name(full.substring(dot + 1), p.id());
    Prison same = prisons.find(prisons.prison0(), full);
    if (same != null && same != p && same.state() == PrisonState.ALIVE) {
      throw new ErrnoException(Errno.EEXIST, "jail \"" + name + "\" already exists");
    }
    prisons.rename(p, full);
  }

  /** A new prison's parameters before it is told otherwise. */
  void inherit(Prison p, Prison from) {
    p.defaults(JailParameters.defaults(p.ownsVnet()));
    for (String name : List.of("osrelease", "osreldate")) {
      String value = from.parameter(name);
      if (value != null && !value.equals(p.parameter(name))) {
        p.parameter(name, value);
      }
    }
    p.secureLevel(from.secureLevel());
  }

  /** Sets parameters whose values are known to be good. */
  void apply(Prison p, JailSettings s) throws ErrnoException {
    for (Map.Entry<String, String> e : s.values().entrySet()) {
      switch (e.getKey()) {
        case "jid", "name", "persist", "vnet" -> {
          // kept elsewhere
        }
        case "securelevel" -> {
          int level = s.number("securelevel", -1);
          p.secureLevel(p.parent() == null ? level : Math.max(level, p.parent().secureLevel()));
        }
        case "children.max" -> childrenMax(p, s.number("children.max", 0));
        case "ip4.addr", "ip6.addr" -> {
          p.parameter(e.getKey(), e.getValue());
          p.parameter(e.getKey().substring(0, 3), "new");
        }
        default -> {
          right(p, e.getKey(), e.getValue());
          buffer(p, e.getKey(), e.getValue());
          p.parameter(e.getKey(), e.getValue());
        }
      }
    }
  }

  /**
   * A right that is taken is taken from everybody below; one that the parent lacks cannot be given.
   */
  private void right(Prison p, String name, String value) throws ErrnoException {
    if (!name.startsWith("allow.")) {
      return;
    }
    Prison parent = p.parent();
    boolean parentLacks =
        parent != null && parent.parent() != null && !"true".equals(parent.parameter(name));
    if (value.equals("true") && parentLacks) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (value.equals("false")) {
      for (Prison child : p.children()) {
        child.parameter(name, value);
        right(child, name, value);
      }
    }
  }

  /** meta.KEY=V and env.KEY=V are lines of the meta and env buffers. */
  private static void buffer(Prison p, String name, String value) {
    int dot = name.indexOf('.');
    String of = dot < 0 ? "" : name.substring(0, dot);
    if (!of.equals("meta") && !of.equals("env")) {
      return;
    }
    String key = name.substring(dot + 1) + "=";
    StringBuilder text = new StringBuilder();
    for (String line : JailService.parameter(p, of, "").split("\n")) {
      if (!line.isEmpty() && !line.startsWith(key)) {
        text.append(line).append('\n');
      }
    }
    if (!value.isEmpty()) {
      text.append(key).append(value).append('\n');
    }
    p.parameter(of, text.toString());
  }

  private static void childrenMax(Prison p, int max) throws ErrnoException {
    Prison parent = p.parent();
    if (max < 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (parent != null && parent.parent() != null && max >= parent.childrenMax()) {
      throw new ErrnoException(Errno.EPERM);
    }
    p.childrenMax(max);
    clamp(p, max);
  }

  private static void clamp(Prison p, int max) {
    for (Prison child : p.children()) {
      if (child.childrenMax() >= max) {
        child.childrenMax(Math.max(0, max - 1));
      }
      clamp(child, child.childrenMax());
    }
  }
}
