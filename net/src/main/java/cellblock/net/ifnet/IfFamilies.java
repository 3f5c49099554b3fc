package cellblock.net.ifnet;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.memguard.Grave;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * What the address families have on one interface: its addresses and their own data (ancestor:
 * if_addrhead and if_afdata of struct ifnet). Threading: changed in turns of the lane of the vnet
 * that the interface is in; the addresses are a snapshot for anyone.
 */
final class IfFamilies {
  private static final IfAddress[] NONE = {};

  private final Ifnet ifnet;
  volatile IfAddress[] addresses = NONE;

  /** What freed the families' data, while it is freed. */
  @Nullable Grave revoked;

  private @Nullable Object inet;
  private @Nullable Object inet6;

  IfFamilies(Ifnet ifnet) {
    this.ifnet = ifnet;
  }

  @Nullable IfAddress address(Family family, long hi, long lo) {
    for (IfAddress a : addresses) {
      if (a.is(family, hi, lo)) {
        return a;
      }
    }
    return null;
  }

  void add(IfAddress a) throws ErrnoException {
    ifnet.vnet().gate();
    ifnet.requireAttached();
    if (a.ifnet() != ifnet || a.attached()) {
      throw new IllegalArgumentException("address is not to be attached to " + ifnet);
    }
    boolean first = true;
    for (IfAddress other : addresses) {
      first &= other.family() != a.family();
    }
    addresses = Snapshots.with(addresses, a);
    a.attached = true;
    a.entry = ifnet.vnet().ledger().enter(LedgerKind.ADDRESS, a, null);
    if (first) {
      ifnet.driver().firstAddress(ifnet);
    }
    ifnet.interfaces().tellAddress(ifnet, a, true);
  }

  void remove(IfAddress a) {
    if (!a.attached() || a.ifnet() != ifnet) {
      return;
    }
    addresses = Snapshots.without(addresses, a);
    a.attached = false;
    if (a.entry != null) {
      a.entry.leave();
      a.entry = null;
    }
    ifnet.interfaces().tellAddress(ifnet, a, false);
  }

  @Nullable Object data(Family family) {
    Object data = family == Family.INET ? inet : inet6;
    if (data == null) {
      checkRevoked(family);
    }
    return data;
  }

  void data(Family family, @Nullable Object data) {
    if (family == Family.INET) {
      inet = data;
    } else {
      inet6 = data;
    }
  }

  /** An interface that says ATTACHED has what its packets need. */
  private void checkRevoked(Family family) {
    Grave freed = revoked;
    if (freed != null && ifnet.attached()) {
      throw ifnet
          .memguard()
          .touched(
              new Grave("if_afdata[" + family + "] of " + ifnet.name(), freed.freed()),
              "a pointer to " + ifnet.name() + ", which says ATTACHED");
    }
  }
}
