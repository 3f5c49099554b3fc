package cellblock.inet.pcb;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The pcbs of one protocol over one family, in order of birth (ancestor: ipi_listhead of struct
 * inpcbinfo, netinet/in_pcb.h). Threading: turns of the vnet's lane.
 *
 * @param <P> the protocol's side of a socket
 */
public final class PcbList<P extends Pcb> implements Iterable<P> {
  private Set<P> all = Set.of(); // an idle vnet has none

  /** Takes a new one in, and gives it back. */
  public P add(P pcb) {
    if (all.isEmpty()) {
      all = new LinkedHashSet<>(4);
    }
    all.add(pcb);
    return pcb;
  }

  /** One that has ended; again does nothing. */
  public void forget(P pcb) {
    if (!all.isEmpty()) {
      all.remove(pcb);
    }
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** All of them; a copy, for work in which some may end. */
  public List<P> list() {
    return List.copyOf(all);
  }

  @Override
  public Iterator<P> iterator() {
    return all.iterator();
  }
}
