package cellblock.tunnel.wg.noise;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Handshakes and sessions by the number that this side chose by chance (ancestor: l_index_hash of
 * wg_noise.c). The low bits of a number are its place: a lookup is one load. Threading: the lane.
 */
final class IndexTable {
  private static final int FIRST = 8;

  private final RandomGenerator random;
  private int[] numbers = new int[FIRST];
  private @Nullable Object[] entries = new Object[FIRST];
  private int size;

  IndexTable(RandomGenerator random) {
    this.random = random;
  }

  /** Adds an entry under a new number. */
  int add(Object entry) {
    if (size * 2 >= numbers.length) {
      grow();
    }
    int number;
    do {
      number = random.nextInt();
    } while (entries[place(number)] != null);
    numbers[place(number)] = number;
    entries[place(number)] = entry;
    size++;
    return number;
  }

  private int place(int number) {
    return number & numbers.length - 1;
  }

  private void grow() {
    int[] oldNumbers = numbers;
    @Nullable Object[] old = entries;
    numbers = new int[old.length * 2];
    entries = new Object[old.length * 2];
    for (int i = 0; i < old.length; i++) {
      if (old[i] != null) { // what differed in few bits differs in more
        numbers[place(oldNumbers[i])] = oldNumbers[i];
        entries[place(oldNumbers[i])] = old[i];
      }
    }
  }

  @Nullable Object get(int number) {
    int at = place(number);
    return numbers[at] == number ? entries[at] : null;
  }

  /** Puts another entry in the place of one. */
  void replace(int number, Object entry) {
    if (get(number) == null) {
      throw new IllegalStateException("no entry " + number);
    }
    entries[place(number)] = entry;
  }

  void remove(int number) {
    if (get(number) != null) {
      entries[place(number)] = null;
      size--;
    }
  }

  int size() {
    return size;
  }
}
