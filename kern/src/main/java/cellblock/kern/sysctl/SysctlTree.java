package cellblock.kern.sysctl;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.proc.Ucred;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * All sysctl nodes of a machine (ancestor: sys/kern/kern_sysctl.c). The map is an immutable
 * snapshot: modules add and remove, readers take what is there.
 *
 * <p>Threading: any thread outside the lanes; reading and writing a node is a turn of the lane that
 * owns its value.
 */
public final class SysctlTree {
  private final Machine machine;
  private final Map<String, String> tunables;
  private final AtomicReference<Map<String, SysctlDeclaration>> nodes =
      new AtomicReference<>(Map.of());

  /**
   * @param tunables values of loader.conf by name: they seed tunable nodes when these appear
   */
  public SysctlTree(Machine machine, Map<String, String> tunables) {
    this.machine = machine;
    this.tunables = new LinkedHashMap<>(tunables);
  }

  /** Adds a module's nodes. */
  public void add(List<SysctlDeclaration> added) {
    nodes.updateAndGet(old -> {
      Map<String, SysctlDeclaration> now = new TreeMap<>(old);
      added.forEach(d -> now.put(d.name(), d));
      return now;
    });
  }

  /** Removes a module's nodes. */
  public void remove(List<SysctlDeclaration> removed) {
    nodes.updateAndGet(old -> {
      Map<String, SysctlDeclaration> now = new TreeMap<>(old);
      removed.forEach(d -> now.remove(d.name()));
      return now;
    });
  }

  /** What the machine was booted with, by name. */
  public Map<String, String> environment() {
    return Collections.unmodifiableMap(tunables);
  }

  /** Gives a vnet's nodes the values of the tunables; outside the lanes, once the vnet is built. */
  public void seed(Vnet vnet) {
    seed(vnet, name -> true);
  }

  /** The same for those nodes alone that {@code which} names: those of a module loaded later. */
  public void seed(Vnet vnet, Predicate<String> which) {
    for (Map.Entry<String, String> t : tunables.entrySet()) {
      SysctlDeclaration d = which.test(t.getKey()) ? nodes.get().get(t.getKey()) : null;
      if (d != null && d.tunable() && d.writer() != null && (d.vnet() || vnet.isDefault())) {
        try {
          String value = checked(d, t.getValue());
          lane(d, vnet).call(() -> write(d, vnet, value));
        } catch (ErrnoException e) {
          machine
              .messages()
              .log("tunable " + t.getKey() + "=" + t.getValue() + ": " + e.getMessage());
        }
      }
    }
  }

  /** The node of that name. */
  public SysctlDeclaration find(String name) throws ErrnoException {
    SysctlDeclaration d = nodes.get().get(name);
    if (d == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    return d;
  }

  /** Every leaf at or below {@code name}, in order of name; "" = all. */
  public List<SysctlDeclaration> below(String name) {
    List<SysctlDeclaration> found = new ArrayList<>();
    for (SysctlDeclaration d : nodes.get().values()) {
      if (name.isEmpty() || d.name().equals(name) || d.name().startsWith(name + ".")) {
        found.add(d);
      }
    }
    return found;
  }

  /** The value as the caller sees it. */
  public String read(SysctlDeclaration d, Ucred cred) throws ErrnoException {
    SysctlDeclaration.PrisonReader ofPrison = d.prisonReader();
    if (ofPrison != null) {
      return machine.kernelLane().call(() -> ofPrison.read(cred.prison()));
    }
    Vnet vnet = cred.prison().vnet();
    return lane(d, vnet).call(() -> d.reader().read(machine, vnet));
  }

  /**
   * Sets a node.
   *
   * @throws ErrnoException EPERM when read only, above the securelevel, or not the caller's to set;
   *     EINVAL when out of range or of the wrong type
   */
  public void write(SysctlDeclaration d, Ucred cred, String text) throws ErrnoException {
    SysctlDeclaration.PrisonWriter ofPrison = d.prisonWriter();
    if (!d.writable() || (d.writer() == null && ofPrison == null)) {
      throw new ErrnoException(Errno.EPERM);
    }
    boolean own = ofPrison != null || (d.vnet() && cred.prison().ownsVnet());
    if (!cred.host() && !own) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (cred.prison().secureLevel() > d.secureLevel()) {
      throw new ErrnoException(Errno.EPERM);
    }
    String value = checked(d, text);
    if (ofPrison != null) {
      machine
          .kernelLane()
          .call(() -> {
            ofPrison.write(cred.prison(), value);
            return true;
          });
      return;
    }
    Vnet vnet = cred.prison().vnet();
    lane(d, vnet).call(() -> write(d, vnet, value));
  }

  private boolean write(SysctlDeclaration d, Vnet vnet, String value) throws ErrnoException {
    SysctlDeclaration.Writer writer = d.writer();
    if (writer != null) {
      writer.write(machine, vnet, value);
    }
    return true;
  }

  private Lane lane(SysctlDeclaration d, Vnet vnet) {
    return d.vnet() ? vnet.lane() : machine.kernelLane();
  }

  /** The value in canonical form, of the right type and within the range. */
  private static String checked(SysctlDeclaration d, String text) throws ErrnoException {
    if (d.type() == SysctlDeclaration.Type.STRING || d.type() == SysctlDeclaration.Type.OPAQUE) {
      return text;
    }
    try {
      long n = Long.decode(text.strip());
      boolean fits =
          switch (d.type()) {
            case INT -> n == (int) n || n == (n & 0xffffffffL);
            case UINT -> n == (n & 0xffffffffL);
            case U8 -> n == (n & 0xff);
            case ULONG -> n >= 0;
            default -> true;
          };
      long value = d.type() == SysctlDeclaration.Type.INT ? (int) n : n;
      if (fits && value >= d.minimum() && value <= d.maximum()) {
        return Long.toString(value);
      }
    } catch (NumberFormatException e) {
      // not a number: told below
    }
    throw new ErrnoException(Errno.EINVAL);
  }
}
