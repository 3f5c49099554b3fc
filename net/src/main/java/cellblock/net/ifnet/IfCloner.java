package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.plan.Guard;
import cellblock.kern.vnet.Vnet;
import org.jspecify.annotations.Nullable;

/**
 * A type of interface that can be made in one vnet by name (ancestor: struct if_clone). Its name is
 * also the group of what it makes.
 */
public final class IfCloner {
  private final Vnet vnet;
  private final String name;
  private final CloneOps ops;
  private final IfUnits units;
  private final boolean machineWide;
  private Ledger.@Nullable Entry entry;
  private boolean sealed;

  public IfCloner(Vnet vnet, String name, CloneOps ops) {
    this.vnet = vnet;
    this.name = name;
    this.ops = ops;
    IfUnits shared = ops.machineUnits(vnet.machine());
    this.machineWide = shared != null;
    this.units = shared == null ? new IfUnits() : shared;
  }

  public Vnet vnet() {
    return vnet;
  }

  /** "epair". */
  public String name() {
    return name;
  }

  public CloneOps ops() {
    return ops;
  }

  /** Units of this vnet, or, if {@link #machineWide}, of all. */
  public IfUnits units() {
    return units;
  }

  /** Whether the units belong to the kernel lane. */
  boolean machineWide() {
    return machineWide;
  }

  /** Marks an interface as this cloner's; before it is attached. */
  public void adopt(Ifnet ifp) {
    ifp.homeCloner(this);
  }

  /** It stands in its vnet's ledger. */
  void attached(Ledger.Entry line) {
    entry = line;
  }

  void detached() {
    Ledger.Entry line = entry;
    if (line != null) {
      entry = null;
      line.leave();
    }
  }

  void seal() {
    sealed = true;
  }

  /**
   * EINVAL, as where there is none: its module goes, and what it makes now nobody would destroy.
   */
  void mustBeOpen() throws ErrnoException {
    if (sealed && vnet.machine().plan().has(Guard.GATE)) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** Whether a request names this type, with or without a unit. */
  boolean matches(String request) {
    return !sealed
        && request.startsWith(name)
        && request.substring(name.length()).chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /**
   * The unit that a request names, or -1 for any.
   *
   * @throws ErrnoException EINVAL for a number that is too large or written with leading zeros
   */
  int unitOf(String request) throws ErrnoException {
    String digits = request.substring(name.length());
    if (digits.isEmpty()) {
      return -1;
    }
    if (digits.length() > 1 && digits.charAt(0) == '0' || digits.length() > 5) {
      throw new ErrnoException(Errno.EINVAL);
    }
    int unit = Integer.parseInt(digits);
    if (unit > IfUnits.MAX) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return unit;
  }

  /** Whether one of the names that {@code request} with this unit needs is in use here. */
  @Nullable String clash(int unit) {
    Interfaces here = Interfaces.of(vnet);
    for (String n : ops.names(name + unit)) {
      if (here.taken(n)) {
        return n;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name + " cloner of " + vnet;
  }
}
