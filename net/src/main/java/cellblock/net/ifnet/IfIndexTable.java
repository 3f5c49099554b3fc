package cellblock.net.ifnet;

import cellblock.kern.MachineVariable;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The machine-wide table of interface indices (ancestor: ifindex_table of net/if.c, which is
 * global, too). The lowest free index is given first. A slot is one word: an immutable pair of
 * interface and generation, or null. The table grows by chunks; a change costs one slot, whatever
 * the table's size.
 *
 * <p>Threading: any. Constructors of a vnet (lo0) need an index within their turn, so a claim is
 * one compare-and-set of a slot instead of a turn of the kernel lane.
 */
public final class IfIndexTable {
  public static final MachineVariable<IfIndexTable> IFINDEX =
      MachineVariable.define("ifindex_table", m -> new IfIndexTable());

  private static final int CHUNK_BITS = 8;
  private static final int CHUNK = 1 << CHUNK_BITS;

  /** One index's holder. */
  private record Slot(Ifnet ifnet, int generation) {}

  private final AtomicReference<AtomicReferenceArray<@Nullable Slot>[]> chunks =
      new AtomicReference<>(noChunks());
  private final AtomicInteger generation = new AtomicInteger();

  /** No index below this one is free, unless it is being freed right now. */
  private final AtomicInteger lowest = new AtomicInteger(1);

  private final AtomicInteger inUse = new AtomicInteger();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static AtomicReferenceArray<@Nullable Slot>[] noChunks() {
    return new AtomicReferenceArray[0];
  }

  /** A generation that no interface has had. */
  int nextGeneration() {
    return generation.incrementAndGet();
  }

  /** Claims the lowest free index. */
  int claim(Ifnet ifp) {
    Slot mine = new Slot(ifp, ifp.generation());
    int from = lowest.get();
    for (int index = from; ; index++) {
      if (chunk(index).compareAndSet(index & CHUNK - 1, null, mine)) {
        lowest.compareAndSet(from, index + 1);
        inUse.incrementAndGet();
        return index;
      }
    }
  }

  private AtomicReferenceArray<@Nullable Slot> chunk(int index) {
    int at = index >> CHUNK_BITS;
    while (true) {
      AtomicReferenceArray<@Nullable Slot>[] old = chunks.get();
      if (at < old.length) {
        return old[at];
      }
      AtomicReferenceArray<@Nullable Slot>[] now = Arrays.copyOf(old, old.length + 1);
      now[old.length] = new AtomicReferenceArray<>(CHUNK);
      chunks.compareAndSet(old, now);
    }
  }

  /** Publishes an interface's present generation. */
  void publish(Ifnet ifp) {
    put(ifp, new Slot(ifp, ifp.generation()));
  }

  /** Frees an index: nobody holds the interface any more. */
  void free(Ifnet ifp) {
    put(ifp, null);
    inUse.decrementAndGet();
    lowest.accumulateAndGet(ifp.index(), Math::min);
  }

  private void put(Ifnet ifp, @Nullable Slot slot) {
    AtomicReferenceArray<@Nullable Slot> chunk = chunk(ifp.index());
    int at = ifp.index() & CHUNK - 1;
    Slot held = chunk.get(at);
    if (held == null || held.ifnet != ifp) {
      throw new IllegalStateException("index " + ifp.index() + " is not of " + ifp);
    }
    chunk.set(at, slot);
  }

  private @Nullable Slot slot(int index) {
    AtomicReferenceArray<@Nullable Slot>[] all = chunks.get();
    return index > 0 && index >> CHUNK_BITS < all.length
        ? all[index >> CHUNK_BITS].get(index & CHUNK - 1)
        : null;
  }

  /** Who holds an index, in any vnet and any state; or null. */
  public @Nullable Ifnet get(int index) {
    Slot slot = slot(index);
    return slot == null ? null : slot.ifnet;
  }

  @Nullable Ifnet resolve(IfHandle handle, boolean inItsVnet) {
    Slot slot = slot(handle.index());
    if (slot == null || slot.generation != handle.generation()) {
      return null;
    }
    Ifnet ifp = slot.ifnet;
    boolean there = !inItsVnet || ifp.vnet().id() == handle.vnetId();
    return there && ifp.attachedAs(handle.generation()) ? ifp : null;
  }

  /** How many indices are in use. */
  public int inUse() {
    return inUse.get();
  }

  /** The highest index in use (if_index). */
  public int highest() {
    int index = chunks.get().length << CHUNK_BITS;
    while (index > 0 && slot(index) == null) {
      index--;
    }
    return index;
  }
}
