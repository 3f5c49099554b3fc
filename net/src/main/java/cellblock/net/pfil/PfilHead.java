package cellblock.net.pfil;

import cellblock.kern.drop.DropReason;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.Ifnet;
import java.util.ArrayList;
import java.util.List;

/**
 * A place where filters look at packets: one chain in, one chain out (ancestor: struct pfil_head of
 * net/pfil.h). Threading: the vnet's lane.
 */
public final class PfilHead {
  private record Link(int order, PfilHook hook) {}

  private static final Link[] NONE = {};

  private final Vnet vnet;
  private final String name;
  private Link[] in = NONE;
  private Link[] out = NONE;

  PfilHead(Vnet vnet, String name) {
    this.vnet = vnet;
    this.name = name;
  }

  /** "inet", "inet6", "ethernet". */
  public String name() {
    return name;
  }

  /** Links a hook in; lower order sees packets first, among equals the one linked first. */
  public IfRegistration link(boolean outward, int order, PfilHook hook) {
    Link mine = new Link(order, hook);
    set(outward, with(outward ? out : in, mine));
    Ledger.Entry entry =
        vnet.ledger()
            .enter(LedgerKind.HOOK, hook, name + (outward ? " out " : " in ") + hook.name());
    return () -> {
      List<Link> now = new ArrayList<>(List.of(outward ? out : in));
      now.removeIf(l -> l == mine);
      set(outward, now.toArray(NONE));
      entry.leave();
    };
  }

  private void set(boolean outward, Link[] now) {
    if (outward) {
      out = now;
    } else {
      in = now;
    }
  }

  private static Link[] with(Link[] old, Link added) {
    List<Link> now = new ArrayList<>(List.of(old));
    int at = 0;
    while (at < now.size() && now.get(at).order <= added.order) {
      at++;
    }
    now.add(at, added);
    return now.toArray(NONE);
  }

  /** Whether nobody looks: one field read. */
  public boolean empty(boolean outward) {
    return (outward ? out : in).length == 0;
  }

  /** The names of the hooks, in order. */
  public List<String> hooks(boolean outward) {
    List<String> names = new ArrayList<>();
    for (Link l : outward ? out : in) {
      names.add(l.hook.name());
    }
    return names;
  }

  /**
   * Runs the chain (pfil_run_hooks). On DROP the packet has been dropped, on CONSUMED it is taken.
   */
  public Verdict run(Mbuf m, Ifnet ifp, boolean outward) {
    for (Link l : outward ? out : in) {
      switch (l.hook.check(m, ifp, outward)) {
        case PASS -> {}
        case DROP -> {
          vnet.drop(m, DropReason.PFIL);
          return Verdict.DROP;
        }
        case CONSUMED -> {
          return Verdict.CONSUMED;
        }
      }
    }
    return Verdict.PASS;
  }
}
