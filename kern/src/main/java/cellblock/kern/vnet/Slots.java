package cellblock.kern.vnet;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which slot of a vnet's data holds which variable, for one machine (ancestor: the set_vnet section
 * and modspace of net/vnet.c). The table is an immutable snapshot: an open-addressing map by
 * identity. Slots of an unloaded module are used again.
 *
 * <p>Threading: changed in turns of the kernel lane, read from anywhere.
 */
final class Slots {
  /** {@code keys} has a power-of-two length, at most half full. */
  private record Table(@Nullable VnetVariable<?>[] keys, int[] slots, int used) {
    int find(VnetVariable<?> key) {
      int mask = keys.length - 1;
      for (int i = key.hash & mask; ; i = (i + 1) & mask) {
        VnetVariable<?> k = keys[i];
        if (k == key) {
          return slots[i];
        }
        if (k == null) {
          return -1;
        }
      }
    }

    Table with(VnetVariable<?> key, int slot) {
      int n = used + 1;
      int size = Math.max(16, Integer.highestOneBit(n * 2 - 1) * 2);
      Table t = new Table(new VnetVariable<?>[size], new int[size], n);
      for (int i = 0; i < keys.length; i++) {
        VnetVariable<?> k = keys[i];
        if (k != null) {
          t.put(k, slots[i]);
        }
      }
      t.put(key, slot);
      return t;
    }

    Table without(VnetVariable<?> key) {
      Table t = new Table(new VnetVariable<?>[keys.length], new int[keys.length], used - 1);
      for (int i = 0; i < keys.length; i++) {
        VnetVariable<?> k = keys[i];
        if (k != null && k != key) {
          t.put(k, slots[i]);
        }
      }
      return t;
    }

    private void put(VnetVariable<?> key, int slot) {
      int mask = keys.length - 1;
      int i = key.hash & mask;
      while (keys[i] != null) {
        i = (i + 1) & mask;
      }
      keys[i] = key;
      slots[i] = slot;
    }
  }

  private final AtomicReference<Table> table =
      new AtomicReference<>(new Table(new VnetVariable<?>[16], new int[16], 0));
  private boolean[] taken = new boolean[16];

  /** The slot of a linked variable, or -1. */
  int find(VnetVariable<?> key) {
    return table.get().find(key);
  }

  /** Gives a variable a slot: the lowest free one. */
  int link(VnetVariable<?> key) {
    Table t = table.get();
    if (t.find(key) >= 0) {
      throw new IllegalStateException(key + " is linked already");
    }
    int slot = 0;
    while (slot < taken.length && taken[slot]) {
      slot++;
    }
    if (slot == taken.length) {
      taken = Arrays.copyOf(taken, slot * 2);
    }
    taken[slot] = true;
    table.set(t.with(key, slot));
    return slot;
  }

  /** Takes the slot back; the caller has cleared it in every vnet. */
  void unlink(VnetVariable<?> key) {
    int slot = find(key);
    if (slot >= 0) {
      table.set(table.get().without(key));
      taken[slot] = false;
    }
  }

  /** The variable of that name, or null. */
  @Nullable VnetVariable<?> named(String name) {
    for (VnetVariable<?> k : table.get().keys) {
      if (k != null && k.name().equals(name)) {
        return k;
      }
    }
    return null;
  }
}
