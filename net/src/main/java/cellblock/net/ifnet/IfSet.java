package cellblock.net.ifnet;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of interfaces in order of coming: an array while they are few, as in most vnets, a hash set
 * from then on. Walking it goes on undisturbed while it changes. Threading: the vnet's lane.
 */
final class IfSet implements Iterable<Ifnet> {
  private static final int FEW = 8;
  private static final Ifnet[] NONE = {};

  private Ifnet[] few = NONE;
  private @Nullable Set<Ifnet> many;

  void add(Ifnet ifp) {
    if (many == null && few.length == FEW) {
      many = new LinkedHashSet<>(Arrays.asList(few));
      few = NONE;
    }
    if (many != null) {
      many.add(ifp);
    } else if (!Arrays.asList(few).contains(ifp)) {
      few = Snapshots.with(few, ifp);
    }
  }

  void remove(Ifnet ifp) {
    if (many != null) {
      many.remove(ifp);
    } else if (Arrays.asList(few).contains(ifp)) {
      few = Snapshots.without(few, ifp);
    }
  }

  @Override
  public Iterator<Ifnet> iterator() {
    return many == null ? Arrays.asList(few).iterator() : List.copyOf(many).iterator();
  }
}
