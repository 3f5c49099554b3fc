package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.module.Declarations;
import cellblock.kern.plan.Guard;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cloners of one vnet (ancestor: V_if_cloners of net/if_clone.c). Owned by the lane. */
public final class IfCloners {
  private final Vnet vnet;
  private final List<IfCloner> all = new ArrayList<>(6);

  IfCloners(Vnet vnet) {
    this.vnet = vnet;
  }

  /**
   * Declares a type for every vnet: the cloner comes at SI_SUB_PSEUDO, its interfaces go in the
   * shutdown stage, the cloner goes at SI_SUB_INIT_IF.
   */
  public static void declare(Declarations d, String name, CloneOps ops) {
    d.vnetSysinit(
        Subsystem.PSEUDO,
        Order.ANY,
        name,
        v -> Interfaces.of(v).cloners().attach(new IfCloner(v, name, ops)));
    d.vnetShutdownSaga(
            Subsystem.PROTO_IFATTACHDOMAIN, Order.SECOND, name, v -> IfTeardown.ofCloner(v, name))
        .inDestroy(Subsystem.INIT_IF, Order.ANY);
    d.vnetSysuninit(
        Subsystem.INIT_IF, Order.ANY, name, v -> Interfaces.of(v).cloners().detach(name));
  }

  /** Registers a cloner (if_clone_attach); EEXIST when the name is taken. */
  public void attach(IfCloner cloner) throws ErrnoException {
    if (named(cloner.name()) != null) {
      throw new ErrnoException(Errno.EEXIST);
    }
    cloner.attached(vnet.ledger().enter(LedgerKind.CLONER, cloner, null));
    all.add(cloner);
  }

  /** Takes a cloner out (if_clone_detach); its interfaces are gone already. */
  public void detach(String name) {
    IfCloner cloner = named(name);
    if (cloner != null) {
      all.remove(cloner);
      cloner.detached();
    }
  }

  /** Nothing more is made by this cloner. */
  void seal(String name) {
    IfCloner cloner = named(name);
    if (cloner != null) {
      cloner.seal();
    }
  }

  /**
   * Who destroys an interface that is in this vnet (if_clone_findifc): the cloner that made it.
   *
   * @throws ErrnoException EINVAL: no cloner made it; ENXIO: where cloners are looked up by vnet,
   *     and this vnet's has not made it
   */
  IfCloner of(Ifnet ifp) throws ErrnoException {
    IfCloner made = ifp.homeCloner();
    if (made == null) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!vnet.machine().plan().has(Guard.HOME_CLONER) && named(made.name()) != made) {
      throw new ErrnoException(Errno.ENXIO);
    }
    return made;
  }

  /** The cloner of a type, or null. */
  public @Nullable IfCloner named(String name) {
    for (IfCloner cloner : all) {
      if (cloner.name().equals(name)) {
        return cloner;
      }
    }
    return null;
  }

  /** The cloner that a request such as "epair" or "gif3" names; EINVAL when there is none. */
  IfCloner match(String request) throws ErrnoException {
    for (IfCloner cloner : all) {
      if (cloner.matches(request)) {
        return cloner;
      }
    }
    throw new ErrnoException(Errno.EINVAL);
  }

  /** SIOCIFGCLONERS: the names, the newest first as FreeBSD lists them. */
  public List<String> names() {
    return all.reversed().stream().map(IfCloner::name).toList();
  }
}
