package cellblock.net.ifnet;

import cellblock.kern.MachineVariable;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The machine-wide table of interface indices (ancestor: ifindex_table of net/if.c, which is
 * global, too). The lowest free index is given first. A slot is an immutable pair of interface and
 * generation.
 *
 * <p>Threading: any. Constructors of a vnet (lo0) need an index within their turn, so claims are
 * one compare-and-set of the snapshot instead of a turn of the kernel lane.
 */
public final class IfIndexTable {
  public static final MachineVariable<IfIndexTable> IFINDEX =
      MachineVariable.define("ifindex_table", m -> new IfIndexTable());

  /** One index's holder. */
  private record Slot(Ifnet ifnet, int generation) {}

  private final AtomicReference<@Nullable Slot[]> table = new AtomicReference<>(new Slot[8]);
  private final AtomicInteger generation = new AtomicInteger();

  /** A generation that no interface has had. */
  int nextGeneration() {
    return generation.incrementAndGet();
  }

  /** Claims the lowest free index. */
  int claim(Ifnet ifp) {
    while (true) {
      @Nullable Slot[] old = table.get();
      int index = 1;
      while (index < old.length && old[index] != null) {
        index++;
      }
      @Nullable Slot[] now = Arrays.copyOf(old, index < old.length ? old.length : index * 2);
      now[index] = new Slot(ifp, ifp.generation());
      if (table.compareAndSet(old, now)) {
        return index;
      }
    }
  }

  /** Publishes an interface's present generation. */
  void publish(Ifnet ifp) {
    put(ifp, new Slot(ifp, ifp.generation()));
  }

  /** Frees an index: nobody holds the interface any more. */
  void free(Ifnet ifp) {
    put(ifp, null);
  }

  private void put(Ifnet ifp, @Nullable Slot slot) {
    while (true) {
      @Nullable Slot[] old = table.get();
      Slot held = old[ifp.index()];
      if (held == null || held.ifnet != ifp) {
        throw new IllegalStateException("index " + ifp.index() + " is not of " + ifp);
      }
      @Nullable Slot[] now = old.clone();
      now[ifp.index()] = slot;
      if (table.compareAndSet(old, now)) {
        return;
      }
    }
  }

  /** Who holds an index, in any vnet and any state; or null. */
  public @Nullable Ifnet get(int index) {
    @Nullable Slot[] t = table.get();
    Slot slot = index > 0 && index < t.length ? t[index] : null;
    return slot == null ? null : slot.ifnet;
  }

  @Nullable Ifnet resolve(IfHandle handle) {
    @Nullable Slot[] t = table.get();
    Slot slot = handle.index() > 0 && handle.index() < t.length ? t[handle.index()] : null;
    if (slot == null || slot.generation != handle.generation()) {
      return null;
    }
    Ifnet ifp = slot.ifnet;
    return ifp.attachedAs(handle.generation()) && ifp.vnet().id() == handle.vnetId() ? ifp : null;
  }

  /** How many indices are in use. */
  public int inUse() {
    int n = 0;
    for (Slot s : table.get()) {
      if (s != null) {
        n++;
      }
    }
    return n;
  }
}
